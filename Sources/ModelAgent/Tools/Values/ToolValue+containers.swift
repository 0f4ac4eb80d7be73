public import AgentServer

extension Array: ToolValue where Element: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) throws -> JSONObject {
        ["type": "array", "items": .object(try Element.toolSchema(in: scope))]
    }

    public init(toolArgument argument: ToolArgument) throws {
        guard case .array(let elements) = argument.json else { throw argument.mismatch("an array") }
        self = try elements.enumerated().map { try Element(toolArgument: argument.at($0, $1)) }
    }
}

extension Dictionary: ToolValue where Key == String, Value: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) throws -> JSONObject {
        ["type": "object", "additionalProperties": .object(try Value.toolSchema(in: scope))]
    }

    public init(toolArgument argument: ToolArgument) throws {
        self.init()
        for (key, value) in try argument.object() {
            self[key] = try Value(toolArgument: argument.at(key, value))
        }
    }
}

extension Optional: ToolValue where Wrapped: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) throws -> JSONObject {
        let schema = try Wrapped.toolSchema(in: scope)
        // A schema without demands takes null already.
        return schema.isEmpty ? schema : ["anyOf": [.object(schema), ["type": "null"]]]
    }

    public init(toolArgument argument: ToolArgument) throws {
        self = argument.json.isNull ? nil : try Wrapped(toolArgument: argument)
    }
}

/// An optional, of whatever type.
protocol OptionalValue {
    static var wrapped: any ToolValue.Type { get }
    static var absent: Self { get }
}

extension Optional: OptionalValue where Wrapped: ToolValue {
    static var wrapped: any ToolValue.Type { Wrapped.self }
    static var absent: Self { nil }
}
