package import AgentServer

/// The tools of an agent, by name.
package struct ToolBox: Sendable {
    private let tools: [Tool]
    private let byName: [String: Tool]

    /// - Throws: ``ModelSetupError`` where one of them cannot be used, or two have one name.
    package init(_ tools: [Tool]) throws(ModelSetupError) {
        var byName: [String: Tool] = [:]
        for tool in tools {
            try tool.validate()
            guard byName.updateValue(tool, forKey: tool.name) == nil else {
                throw ModelSetupError("Two tools have the name '\(tool.name)'")
            }
        }
        self.tools = tools
        self.byName = byName
    }

    package subscript(name: String) -> Tool? { byName[name] }

    /// The tools in the form of Open Responses, in the order in which they were given.
    package var functionTools: [FunctionTool] { tools.map(\.functionTool) }
}
