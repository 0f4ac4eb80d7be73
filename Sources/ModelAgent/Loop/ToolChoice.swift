import AgentServer

/// Which functions the model may call in a turn.
struct ToolChoice {
    private let request: AgentRequest
    private let own: [FunctionTool]
    private let clientNames: Set<String>
    private let mode: String
    /// Whether a call is demanded that the agent answers itself.
    private let isAgents: Bool

    /// - Throws: ``ModelFailure`` where a tool of the client has the name of one of the agent's.
    init(_ request: AgentRequest, own tools: ToolBox) throws(ModelFailure) {
        for (index, tool) in (request.json["tools"]?.arrayValue ?? []).enumerated() {
            guard let name = tool["name"]?.stringValue, tools[name] != nil else { continue }
            throw ModelFailure(
                .unsupported, "tools[\(index)].name: the agent has a function '\(name)' of its own",
                code: "invalid_value"
            )
        }
        self.request = request
        clientNames = Set(request.tools.map(\.name))
        mode = request.toolChoice?.stringValue ?? (request.toolChoice?.objectValue == nil ? "auto" : "forced")
        // Where the client demands a call of one of its functions, there is no choice.
        isAgents =
            switch mode {
            case "required": request.tools.isEmpty
            case "forced": tools[Self.forcedName(request) ?? ""] != nil
            default: false
            }
        own = mode == "auto" || isAgents ? tools.functionTools : []
        if mode == "required", isAgents, own.isEmpty, (request.json["tools"]?.arrayValue ?? []).isEmpty {
            throw ModelFailure(.unsupported, "tool_choice: there is no tool to be called", code: "invalid_value")
        }
    }

    /// The function that is demanded.
    private static func forcedName(_ request: AgentRequest) -> String? {
        let choice = request.toolChoice
        return choice?["name"]?.stringValue ?? choice?["function"]?["name"]?.stringValue
    }

    /// Whether a call is the client's to answer. All others are the agent's: a name that the model made up, too.
    func isClients(_ name: String) -> Bool { clientNames.contains(name) }

    /// The functions: those of the client, and the agent's.
    func tools(inTurn turn: Int) -> [FunctionTool] { mode == "none" ? [] : request.tools + own }

    /// The request. A demand for a call is met by the first one, and would have the agent go round for ever.
    func request(inTurn turn: Int) -> AgentRequest {
        guard turn > 1, isAgents else { return request }
        var json = request.json
        json["tool_choice"] = "auto"
        return AgentRequest(json)
    }
}
