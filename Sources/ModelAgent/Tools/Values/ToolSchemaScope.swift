import AgentServer

/// The schema that a schema will be part of.
public struct ToolSchemaScope: Sendable {
    /// The types of the objects around.
    private var open: [any ToolArguments.Type] = []

    init() {}

    func schema<Arguments: ToolArguments>(of type: Arguments.Type) throws -> JSONObject {
        guard !open.contains(where: { $0 == type }) else {
            throw ModelSetupError("\(type) contains itself, which its schema would do without end")
        }
        var inner = self
        inner.open.append(type)
        let parameters = try ParameterList(of: type).parameters
        return .schema(
            of: try parameters.map { key, parameter in
                do {
                    return (key, .object(try parameter.schema(in: inner)))
                } catch let error as EncodingError {
                    throw ModelSetupError("the default of \(type).\(key) has no JSON: \(error)")
                }
            },
            required: parameters.filter(\.parameter.isRequired).map { .string($0.key) }
        )
    }
}

extension JSONObject {
    /// The schema of an object that has these members and no others.
    static func schema(of members: [(String, JSON)], required: [JSON]) -> JSONObject {
        [
            "type": "object", "properties": .object(JSONObject(members)), "required": .array(required),
            "additionalProperties": false,
        ]
    }
}
