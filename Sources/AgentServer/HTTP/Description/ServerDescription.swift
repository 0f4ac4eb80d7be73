import AgentJSON

/// What the server says of itself: the document at `/openapi.json`, which ``DocsPage`` shows at `/docs`.
///
/// The document is put together from two lists: ``operations(_:)``, what the server can be asked, and
/// ``schemas(_:)``, what goes in and out. A new route is a new ``Operation`` in the first one; the page reads the
/// document, and needs no change.
enum ServerDescription {
    /// What the description says of one server.
    struct Facts: Sendable {
        var agentName: String
        var version: String
        /// Whether requests and answers are those of MLflow's `ResponsesAgent`; any JSON object otherwise.
        var servesResponsesAgent: Bool
        /// Whether all but open paths want a key.
        var needsKey = false
        /// Whether requests are counted, and refused where they are too many.
        var limitsRate = false
        /// Whether there is `/metrics`.
        var hasMetrics = true
    }

    /// The name of the one way to show who asks: a bearer token.
    static let keyScheme = "key"

    /// The server's OpenAPI document, version 3.1.
    ///
    /// Describes what clients should send and may rely on. What the server takes beyond that for the sake of old
    /// clients (numbers as text, for example) stays unsaid.
    static func openAPI(_ facts: Facts) -> JSONObject {
        let operations = operations(facts)
        let tags = Tag.allCases.filter { tag in operations.contains { $0.tag == tag } }
        var components: JSONObject = ["schemas": .object(merged(schemas(facts)))]
        if facts.needsKey {
            components["securitySchemes"] = [
                keyScheme: [
                    "type": "http", "scheme": "bearer",
                    "description": "A key of this server, or a token that it trusts.",
                ]
            ]
        }
        return [
            "openapi": "3.1.1",
            "info": .object(info(facts)),
            "servers": [["url": "/", "description": "This server."]],
            "tags": .array(tags.map(\.json)),
            "paths": .object(paths(operations, facts)),
            "components": .object(components),
        ]
    }

    /// Everything the server can be asked, in the order in which it is shown.
    static func operations(_ facts: Facts) -> [Operation] {
        let own =
            [
                facts.servesResponsesAgent ? invokeResponsesAgent : invokePlainAgent,
                agentInfo(facts), health, document, page,
            ] + (facts.hasMetrics ? [metrics] : []) + traceOperations
        guard facts.servesResponsesAgent else { return own }
        return own + responseOperations + storedResponseOperations + conversationOperations + modelOperations
    }

    /// The schemas that operations refer to by name.
    static func schemas(_ facts: Facts) -> [Components] {
        guard facts.servesResponsesAgent else { return [plainAgentSchemas, traceSchemas, serverSchemas(facts)] }
        return [
            requestSchemas, toolSchemas, responseSchemas, itemSchemas, contentSchemas, eventSchemas,
            createSchemas, settingSchemas, newItemSchemas, newPartSchemas, resourceSchemas, standardItemSchemas,
            standardPartSchemas, standardEventSchemas, storeSchemas, traceSchemas, serverSchemas(facts),
        ]
    }

    private static func info(_ facts: Facts) -> JSONObject {
        let invocations = """
            An agent is called with `POST /invocations`. The same call gives the whole answer at once, or, with \
            `"stream": true`, the events of the answer while it is written.
            """
        let responses = """
            Clients of the standard Open Responses, the `openai` client among them, call it with `POST /responses`. \
            All paths from `/responses`, `/conversations` and `/models` on exist with the prefix `/v1` as well.
            """
        let paragraphs =
            ["An agent as an HTTP service, answer for answer compatible with MLflow's agent server.", invocations]
            + (facts.servesResponsesAgent ? [responses] : [])
        return [
            "title": .string(facts.agentName.isEmpty ? "Agent server" : facts.agentName),
            "version": .string(facts.version),
            "description": .string(paragraphs.joined(separator: "\n\n")),
        ]
    }

    private static func paths(_ operations: [Operation], _ facts: Facts) -> JSONObject {
        var paths: JSONObject = [:]
        for operation in operations {
            var item = paths[operation.path]?.objectValue ?? [:]
            item[operation.method.rawValue] = operation.json(facts)
            paths[operation.path] = .object(item)
        }
        return paths
    }

    private static func merged(_ groups: [Components]) -> JSONObject {
        var components: JSONObject = [:]
        for group in groups {
            for (name, schema) in group { components[name] = schema.json }
        }
        return components
    }
}
