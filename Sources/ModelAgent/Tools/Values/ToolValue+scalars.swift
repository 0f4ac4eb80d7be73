public import AgentServer

extension String: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) -> JSONObject { ["type": "string"] }

    public init(toolArgument argument: ToolArgument) throws {
        guard case .string(let text) = argument.json else { throw argument.mismatch("a string") }
        self = text
    }
}

extension Bool: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) -> JSONObject { ["type": "boolean"] }

    public init(toolArgument argument: ToolArgument) throws {
        guard case .bool(let value) = argument.json else { throw argument.mismatch("a boolean") }
        self = value
    }
}

extension ToolValue where Self: FixedWidthInteger {
    public static func toolSchema(in scope: ToolSchemaScope) -> JSONObject { ["type": "integer"] }

    public init(toolArgument argument: ToolArgument) throws {
        guard case .number(let number) = argument.json else { throw argument.mismatch("an integer") }
        guard let value = try? argument.json.decode(Self.self) else {
            let isWhole = number.double.rounded(.towardZero) == number.double
            throw argument.error("must be an integer\(isWhole ? " from \(Self.min) to \(Self.max)" : "")", not: number)
        }
        self = value
    }
}

extension Int: ToolValue {}
extension Int8: ToolValue {}
extension Int16: ToolValue {}
extension Int32: ToolValue {}
extension Int64: ToolValue {}
extension UInt: ToolValue {}
extension UInt8: ToolValue {}
extension UInt16: ToolValue {}
extension UInt32: ToolValue {}
extension UInt64: ToolValue {}

extension ToolValue where Self: BinaryFloatingPoint {
    public static func toolSchema(in scope: ToolSchemaScope) -> JSONObject { ["type": "number"] }

    public init(toolArgument argument: ToolArgument) throws {
        guard case .number(let number) = argument.json else { throw argument.mismatch("a number") }
        guard let value = try? argument.json.decode(Self.self) else {
            throw argument.error("must be a smaller number", not: number)
        }
        self = value
    }
}

extension Double: ToolValue {}
extension Float: ToolValue {}

/// Any JSON value at all.
extension JSON: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) -> JSONObject { [:] }

    public init(toolArgument argument: ToolArgument) { self = argument.json }
}

/// An object with any members.
extension JSONObject: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) -> JSONObject {
        ["type": "object", "additionalProperties": true]
    }

    public init(toolArgument argument: ToolArgument) throws { self = try argument.object() }
}
