import AgentServer

/// What OpenAI's strict mode takes of JSON Schema.
///
/// The bounds are the tighter ones that Azure has: a schema that is wrongly called strict is refused with every request, one
/// that is not called so costs no more than a guarantee.
struct StrictSchema {
    private var properties = 0
    private var values = 0
    private var characters = 0

    /// Whether a schema of arguments may be called strict.
    static func takes(_ schema: JSONObject) -> Bool {
        var rules = StrictSchema()
        return schema["type"] == "object" && rules.take(schema, level: 0)
            && rules.properties <= 100 && rules.values <= 500 && rules.characters <= 15_000
    }

    private mutating func take(_ schema: JSONObject, level: Int) -> Bool {
        guard level <= 5 else { return false }
        for key in schema.keys where !Self.keywords.contains(key) { return false }
        guard takeValues(schema["enum"]) else { return false }
        if let choices = schema["anyOf"]?.arrayValue {
            return !choices.isEmpty && choices.allSatisfy { take($0.objectValue ?? [:], level: level + 1) }
        }
        switch schema["type"]?.stringValue {
        case "string", "integer", "number", "boolean", "null": return true
        case "array": return take(schema["items"]?.objectValue ?? [:], level: level + 1)
        case "object": return takeProperties(of: schema, level: level)
        default: return false
        }
    }

    private mutating func takeProperties(of schema: JSONObject, level: Int) -> Bool {
        guard schema["additionalProperties"] == false, let members = schema["properties"]?.objectValue else {
            return false
        }
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        guard required == Set(members.keys) else { return false }
        properties += members.count
        for (key, value) in members {
            characters += key.utf8.count
            guard take(value.objectValue ?? [:], level: level + 1) else { return false }
        }
        return true
    }

    private mutating func takeValues(_ list: JSON?) -> Bool {
        guard let list else { return true }
        guard let elements = list.arrayValue, !elements.isEmpty else { return false }
        values += elements.count
        for element in elements { characters += element.stringValue?.utf8.count ?? 0 }
        return true
    }

    private static let keywords: Set = [
        "type", "description", "properties", "required", "additionalProperties", "items", "enum", "anyOf",
    ]
}
