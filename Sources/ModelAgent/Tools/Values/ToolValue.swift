public import AgentServer

/// A type that a parameter of a tool can have.
///
/// Texts, numbers and truth values are such types, enums with raw values, and ``ToolArguments``, which are objects; and arrays,
/// optionals and dictionaries of them. An enum says so, and that its cases can be listed:
///
///     enum Unit: String, ToolValue, CaseIterable { case celsius, fahrenheit }
///
/// Any other `Codable` type becomes one by its schema:
///
///     extension Day: ToolValue {
///         static func toolSchema(in scope: ToolSchemaScope) -> JSONObject {
///             ["type": "string", "format": "date"]
///         }
///     }
public protocol ToolValue: Codable, Sendable {
    /// The JSON Schema of the type's values.
    ///
    /// - Parameter scope: What the schema will be part of; a type that is made of others gives it to their schemas.
    static func toolSchema(in scope: ToolSchemaScope) throws -> JSONObject

    /// Reads a value that a model gave. Unless a type says otherwise, it is decoded.
    ///
    /// - Throws: ``ToolError`` that names the argument; see ``ToolArgument/error(_:)``.
    init(toolArgument argument: ToolArgument) throws
}

extension ToolValue {
    public init(toolArgument argument: ToolArgument) throws {
        self = try argument.naming { try argument.json.decode() }
    }
}

extension ToolValue where Self: RawRepresentable & CaseIterable, RawValue: ToolValue {
    public static func toolSchema(in scope: ToolSchemaScope) throws -> JSONObject {
        var schema = try RawValue.toolSchema(in: scope)
        let values = try allCases.map { try JSON(encoding: $0.rawValue) }
        // A list of none is not a schema.
        if !values.isEmpty { schema["enum"] = .array(values) }
        return schema
    }

    public init(toolArgument argument: ToolArgument) throws {
        guard let value = Self(rawValue: try RawValue(toolArgument: argument)) else {
            let values = try Self.allCases.map { try JSON(encoding: $0.rawValue).description }
            throw argument.error(
                "must be one of \(values.joined(separator: ", ")), not \(argument.json.description.prefix(100))"
            )
        }
        self = value
    }
}
