import AgentJSON
import AgentServer
import OpenResponses

/// The functions that a turn offers to the model, and which of them may or must be called.
///
/// A choice of `allowed_tools`, which few endpoints know, leaves out the client's other functions; those of the agent
/// stay, for the client does not know them.
struct ToolOffer: Sendable {
    var functions: [FunctionTool]
    /// The request's tools that are no functions, by their places.
    var others: [(place: Int, tool: JSONObject)] = []
    /// `auto`, `none`, `required`, or an object that names a tool; `nil` where the request does not say.
    var choice: JSON?

    init(_ turn: ModelTurn) {
        functions = turn.tools
        for (place, tool) in (turn.request["tools"]?.arrayValue ?? []).enumerated() {
            if let tool = tool.objectValue, tool["type"] != "function" { others.append((place, tool)) }
        }
        guard let choice = turn.request.toolChoice, !choice.isNull else { return }
        guard choice["type"] == "allowed_tools" else {
            self.choice = choice
            return
        }
        self.choice = choice["mode"]?.stringValue.map(JSON.string) ?? "auto"
        let allowed = Set((choice["tools"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue })
        let offered = Set(turn.request.tools.map(\.name))
        functions.removeAll { offered.contains($0.name) && !allowed.contains($0.name) }
    }

    var isEmpty: Bool { functions.isEmpty && others.isEmpty }
}
