import AgentJSON

extension ServerDescription {
    /// Schemas by the name that others refer to.
    typealias Components = KeyValuePairs<String, Schema>

    /// A JSON Schema (2020-12, as OpenAPI 3.1 has it), written as it reads.
    ///
    /// Objects are open: a member that a schema does not name is allowed, and ignored or passed on.
    struct Schema: Sendable {
        private var keywords: JSONObject

        /// A schema of these keywords, for what the forms below do not say.
        init(_ keywords: JSONObject) {
            self.keywords = keywords
        }

        var json: JSON { .object(keywords) }

        /// Any value at all.
        static func anything(_ description: String) -> Schema {
            Schema(["description": .string(description)])
        }

        static func text(_ description: String) -> Schema {
            simple("string", description)
        }

        static func integer(_ description: String) -> Schema {
            simple("integer", description)
        }

        static func number(_ description: String) -> Schema {
            simple("number", description)
        }

        static func flag(_ description: String) -> Schema {
            simple("boolean", description)
        }

        /// One text and no other.
        static func constant(_ value: String) -> Schema {
            Schema(["type": "string", "const": .string(value)])
        }

        /// One of these texts.
        static func choice(_ values: [String], _ description: String) -> Schema {
            var schema = simple("string", description)
            schema.keywords["enum"] = .array(values.map(JSON.string))
            return schema
        }

        /// Any text but these.
        static func text(except values: [String], _ description: String) -> Schema {
            var schema = simple("string", description)
            schema.keywords["not"] = ["enum": .array(values.map(JSON.string))]
            return schema
        }

        /// A text of at most so many characters.
        static func text(_ description: String, upTo limit: Int) -> Schema {
            text(description).with(["maxLength": .number(JSONNumber(limit))])
        }

        /// An integer within bounds.
        static func integer(_ description: String, _ bounds: ClosedRange<Int>) -> Schema {
            integer(description).with([
                "minimum": .number(JSONNumber(bounds.lowerBound)), "maximum": .number(JSONNumber(bounds.upperBound)),
            ])
        }

        static func integer(_ description: String, atLeast minimum: Int) -> Schema {
            integer(description).with(["minimum": .number(JSONNumber(minimum))])
        }

        /// A number within bounds.
        static func number(_ description: String, _ bounds: ClosedRange<Int>) -> Schema {
            number(description).with([
                "minimum": .number(JSONNumber(bounds.lowerBound)), "maximum": .number(JSONNumber(bounds.upperBound)),
            ])
        }

        static func array(_ description: String, of element: Schema) -> Schema {
            var schema = simple("array", description)
            schema.keywords["items"] = element.json
            return schema
        }

        /// An object with these members.
        static func object(
            _ description: String, _ members: KeyValuePairs<String, Schema>, required: [String] = []
        ) -> Schema {
            object(description, members: Array(members), required: required)
        }

        /// An object with these members, for lists that are put together.
        static func object(
            _ description: String, members: [(key: String, value: Schema)], required: [String]
        ) -> Schema {
            var schema = simple("object", description)
            schema.keywords["properties"] = .object(JSONObject(members.map { (key: $0.key, value: $0.value.json) }))
            if !required.isEmpty { schema.keywords["required"] = .array(required.map(JSON.string)) }
            return schema
        }

        /// An object whose members have any name, and values of one kind.
        static func dictionary(_ description: String, of value: Schema? = nil) -> Schema {
            var schema = simple("object", description)
            if let value { schema.keywords["additionalProperties"] = value.json }
            return schema
        }

        /// A schema that stands among the components.
        static func reference(_ name: String) -> Schema {
            Schema(["$ref": .string(path(of: name))])
        }

        /// Whatever fits one of these.
        static func any(_ description: String, of schemas: [Schema]) -> Schema {
            Schema(["description": .string(description), "anyOf": .array(schemas.map(\.json))])
        }

        /// One of the components, told apart by `type`.
        ///
        /// - Parameter components: The component for each value of `type`.
        static func typed(_ description: String, as components: KeyValuePairs<String, String>) -> Schema {
            var names: [String] = []
            for (_, name) in components where !names.contains(name) { names.append(name) }
            let mapping = JSONObject(components.map { (key: $0.key, value: .string(path(of: $0.value))) })
            return Schema([
                "description": .string(description),
                "oneOf": .array(names.map { Schema.reference($0).json }),
                "discriminator": ["propertyName": "type", "mapping": .object(mapping)],
            ])
        }

        /// The same, or null.
        var orNull: Schema {
            var schema = self
            if let type = keywords["type"], !keywords.contains("enum"), !keywords.contains("const") {
                schema.keywords["type"] = [type, "null"]
                return schema
            }
            guard let choices = keywords["anyOf"]?.arrayValue else {
                return Schema(["anyOf": [json, ["type": "null"]]])
            }
            schema.keywords["anyOf"] = .array(choices + [["type": "null"]])
            return schema
        }

        /// The same, with further keywords.
        func with(_ more: JSONObject) -> Schema {
            var schema = self
            for (key, value) in more { schema.keywords[key] = value }
            return schema
        }

        /// The same, with a description of its own; for a reference that means more where it stands.
        func described(_ description: String) -> Schema {
            var schema = self
            schema.keywords["description"] = .string(description)
            return schema
        }

        private static func simple(_ type: String, _ description: String) -> Schema {
            Schema(["type": .string(type), "description": .string(description)])
        }

        private static func path(of component: String) -> String { "#/components/schemas/\(component)" }
    }
}
