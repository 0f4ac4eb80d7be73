public import AgentJSON

/// The functions that the agent may ask the client to call: what is left of a request's tools by its `tool_choice`.
///
/// The choice is a hard limit. The agent is shown no other functions (``agentView(of:context:)``), and what it asks
/// for can be held against the set.
public struct ToolSet: Sendable, Hashable {
    /// The functions that may be called, in the order of the request.
    public let tools: [FunctionTool]
    /// Whether there must be a call, or must be none.
    public let mode: ToolChoice.Mode
    /// The one function that must be called, where the choice names it.
    public let forcedName: String?
    /// Whether the choice leaves out tools that the request has.
    private let isReduced: Bool

    /// Takes the tools and the choice of a request.
    public init(_ request: CreateRequest) {
        let offered = request.tools.compactMap(FunctionTool.init)
        switch request.toolChoice {
        case .any(.none), .allowed(_, .none):
            (tools, mode, forcedName, isReduced) = ([], .none, nil, true)
        case .any(let mode):
            (tools, self.mode, forcedName, isReduced) = (offered, mode, nil, false)
        case .function(let name):
            (tools, mode, forcedName, isReduced) = (offered.filter { $0.name == name }, .required, name, true)
        case .allowed(let names, let mode):
            (tools, self.mode, forcedName, isReduced) = (offered.filter { names.contains($0.name) }, mode, nil, true)
        }
    }

    /// Whether a function may be called.
    ///
    /// Only what the client shall run is asked of it. A function that the agent has and runs itself is in no set.
    public func allows(_ name: String) -> Bool {
        tools.contains { $0.name == name }
    }
}

extension ToolSet {
    /// The request as the agent sees it.
    ///
    /// The whole conversation is its `input`. Its `tools` are those of the set, and `tool_choice` is one that needs no
    /// knowledge of `allowed_tools`: `auto`, `none`, `required` or one function. How the answer travels (`stream`,
    /// `stream_options`) is none of the agent's business. All else is as it was sent.
    ///
    /// - Parameters:
    ///   - request: The request that this is the set of.
    ///   - context: The items before the new input, oldest first.
    public func agentView(of request: CreateRequest, context: [Item] = []) -> JSONObject {
        agentView(of: request, input: context + request.input)
    }

    /// The request as the agent sees it, with another input than its own: references resolved, for example.
    ///
    /// - Parameters:
    ///   - request: The request that this is the set of.
    ///   - items: The whole conversation, oldest item first.
    public func agentView(of request: CreateRequest, input items: [Item]) -> JSONObject {
        let input = items.map { JSON.object($0.json) }
        var view = request.json
        view["input"] = .array(input)
        view.removeValue(forKey: "stream")
        view.removeValue(forKey: "stream_options")
        // What they refer to is in the input; an agent that hands its request on would send it twice.
        view.removeValue(forKey: "previous_response_id")
        view.removeValue(forKey: "conversation")
        guard isReduced else { return view }
        if tools.isEmpty {
            view.removeValue(forKey: "tools")
        } else {
            view["tools"] = .array(tools.map { .object($0.json) })
        }
        if forcedName == nil { view["tool_choice"] = .string(mode.rawValue) }
        return view
    }
}
