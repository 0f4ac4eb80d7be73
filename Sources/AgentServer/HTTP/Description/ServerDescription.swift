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
    }

    /// The server's OpenAPI document, version 3.1.
    ///
    /// Describes what clients should send and may rely on. What the server takes beyond that for the sake of old
    /// clients (numbers as text, for example) stays unsaid.
    static func openAPI(_ facts: Facts) -> JSONObject {
        [
            "openapi": "3.1.1",
            "info": .object(info(facts)),
            "servers": [["url": "/", "description": "This server."]],
            "tags": .array(Tag.allCases.map(\.json)),
            "paths": .object(paths(operations(facts))),
            "components": ["schemas": .object(components(schemas(facts)))],
        ]
    }

    /// Everything the server can be asked, in the order in which it is shown.
    static func operations(_ facts: Facts) -> [Operation] {
        [
            facts.servesResponsesAgent ? invokeResponsesAgent : invokePlainAgent,
            health,
            agentInfo(facts),
            document,
            page,
        ]
    }

    /// The schemas that operations refer to by name.
    static func schemas(_ facts: Facts) -> [Components] {
        guard facts.servesResponsesAgent else { return [plainAgentSchemas, serverSchemas(facts)] }
        return [
            requestSchemas, toolSchemas, responseSchemas, itemSchemas, contentSchemas, eventSchemas,
            serverSchemas(facts),
        ]
    }

    private static func info(_ facts: Facts) -> JSONObject {
        [
            "title": .string(facts.agentName.isEmpty ? "Agent server" : facts.agentName),
            "version": .string(facts.version),
            "description": """
            An agent as an HTTP service, answer for answer compatible with MLflow's agent server.

            An agent is called with `POST /invocations`. The same call gives the whole answer at once, or, with \
            `"stream": true`, the events of the answer while it is written.
            """,
        ]
    }

    private static func paths(_ operations: [Operation]) -> JSONObject {
        var paths: JSONObject = [:]
        for operation in operations {
            var item = paths[operation.path]?.objectValue ?? [:]
            item[operation.method.rawValue] = operation.json
            paths[operation.path] = .object(item)
        }
        return paths
    }

    private static func components(_ groups: [Components]) -> JSONObject {
        var components: JSONObject = [:]
        for group in groups {
            for (name, schema) in group { components[name] = schema.json }
        }
        return components
    }
}
