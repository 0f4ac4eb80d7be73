import AgentJSON

extension Rule where Value == JSONObject {
    /// How text shall be written, as the response repeats it.
    static var textSettings: Rule {
        Rule { value throws(RequestFault) in
            let text = try Rule.object.read(value)
            var settings: JSONObject = ["format": .object(try text.field("format", .textFormat) ?? ["type": "text"])]
            if let verbosity = try text.field("verbosity", .word("low", "medium", "high")) {
                settings["verbosity"] = .string(verbosity)
            }
            return settings
        }
    }

    private static var textFormat: Rule {
        Rule { value throws(RequestFault) in
            let format = try Rule.object.read(value)
            let type = try format.required("type", .word("text", "json_schema", "json_object"))
            guard type == "json_schema" else { return ["type": .string(type)] }
            let name = try format.required("name", .text)
            let description = try format.field("description", .text)
            try format.field("schema", .object)
            let isStrict = try format.field("strict", .flag) ?? false
            return [
                "type": "json_schema", "name": .string(name), "description": description.map { .string($0) } ?? .null,
                // The standard's response has no place for the schema.
                "schema": nil, "strict": .bool(isStrict),
            ]
        }
    }

    /// How much the agent shall think, and say of it, as the response repeats it.
    static var reasoningSettings: Rule {
        Rule { value throws(RequestFault) in
            let reasoning = try Rule.object.read(value)
            // The standard describes `minimal`, though its list lacks it.
            let effort = try reasoning.field("effort", .word("none", "minimal", "low", "medium", "high", "xhigh"))
            let summary = try reasoning.field("summary", .word("concise", "detailed", "auto"))
            return [
                "effort": effort.map { .string($0) } ?? .null, "summary": summary.map { .string($0) } ?? .null,
            ]
        }
    }
}

extension Rule where Value == String {
    /// The id of a conversation: a text, or an object with it.
    static var conversation: Rule {
        Rule { value throws(RequestFault) in
            switch value {
            case .string(let id): return id
            case .object(let object): return try object.required("id", .text)
            default: throw .mustBe("a string or an object with an 'id'", value)
            }
        }
    }

    /// A hint; the last three are OpenAI's.
    static var serviceTier: Rule { word("auto", "default", "flex", "priority", "scale", "fast", "ultrafast") }
}

extension Rule where Value == Truncation {
    static var truncation: Rule {
        Rule { value throws(RequestFault) in
            guard let truncation = value.stringValue.flatMap(Truncation.init) else {
                throw .invalid("must be 'auto' or 'disabled'")
            }
            return truncation
        }
    }
}
