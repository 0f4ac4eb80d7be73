public import AgentJSON

/// A function that the client offers to the agent.
public struct FunctionTool: Sendable, Hashable {
    /// The tool as it was sent.
    public var json: JSONObject

    /// The function's name.
    public var name: String
    /// What the function does, in the client's words.
    public var description: String? { json["description"]?.stringValue }
    /// The JSON Schema of the arguments.
    public var parameters: JSONObject? { json["parameters"]?.objectValue }
    /// Whether arguments must match the schema exactly.
    public var isStrict: Bool { json["strict"]?.boolValue ?? false }

    /// Reads a tool of the type `function`; `nil` for tools of other types and for one without a name.
    public init?(_ json: JSONObject) {
        guard json["type"]?.stringValue == "function", let name = json["name"]?.stringValue else { return nil }
        self.json = json
        self.name = name
    }

    /// Creates a tool of the type `function`.
    package init(name: String, description: String, parameters: JSONObject, isStrict: Bool) {
        self.name = name
        json = [
            "type": "function", "name": .string(name), "description": .string(description),
            "parameters": .object(parameters), "strict": .bool(isStrict),
        ]
    }
}
