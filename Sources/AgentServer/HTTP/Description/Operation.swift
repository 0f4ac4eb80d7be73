import AgentJSON

extension ServerDescription {
    /// One thing the server can be asked: a method on a path, with all its answers.
    struct Operation: Sendable {
        enum Method: String, Sendable {
            case get
            case post
            case delete
        }

        /// The name that generated clients give to the call.
        var id: String
        var method: Method
        var path: String
        var tag: Tag
        var summary: String
        var description: String
        var parameters: [Parameter] = []
        var body: Body?
        var answers: [Answer]
        /// The form of the path's errors.
        var failures = FailureForm.mlflow
        /// Whether everybody may ask this, a key or not.
        var isOpen = false

        func json(_ facts: Facts) -> JSON {
            var json: JSONObject = [
                "operationId": .string(id),
                "tags": [.string(tag.rawValue)],
                "summary": .string(summary),
                "description": .string(description),
            ]
            if !parameters.isEmpty { json["parameters"] = .array(parameters.map(\.json)) }
            if let body { json["requestBody"] = body.json }
            var responses: JSONObject = [:]
            let all = (answers + doorAnswers(facts) + [.hostRefused]).sorted { $0.status < $1.status }
            for answer in all { responses[String(answer.status)] = answer.json }
            json["responses"] = .object(responses)
            if facts.needsKey, !isOpen { json["security"] = [[ServerDescription.keyScheme: []]] }
            return .object(json)
        }

        /// What the server answers before it looks at what is asked.
        private func doorAnswers(_ facts: Facts) -> [Answer] {
            guard !isOpen else { return [] }
            var answers: [Answer] = []
            if facts.needsKey {
                answers.append(
                    failures.answer(
                        401, "The request has no key, or not a valid one.",
                        headers: ["WWW-Authenticate": .text("`Bearer`.")]
                    )
                )
            }
            if facts.limitsRate, !self.answers.contains(where: { $0.status == 429 }) {
                answers.append(failures.tooMany)
            }
            return answers
        }

        /// A part of the request beside its body.
        struct Parameter: Sendable {
            enum Place: String, Sendable {
                case header
                case path
                case query
            }

            var place = Place.header
            var name: String
            var description: String
            /// Any text for headers: one that says something else is no reason to refuse a call.
            var schema = Schema(["type": "string"])
            /// A value to try; null where there is none.
            var example = JSON.null

            /// Never required, but for what is in the path.
            var json: JSON {
                var json: JSONObject = [
                    "name": .string(name), "in": .string(place.rawValue), "required": .bool(place == .path),
                    "description": .string(description), "schema": schema.json,
                ]
                // As if it were not there.
                if place == .query { json["allowEmptyValue"] = true }
                if !example.isNull { json["example"] = example }
                return .object(json)
            }
        }

        /// A JSON request body.
        struct Body: Sendable {
            var isRequired = true
            var description: String
            var schema: Schema
            /// Bodies to try; the first is the one to begin with.
            var examples: [Example]

            var json: JSON {
                [
                    "required": .bool(isRequired), "description": .string(description),
                    "content": ["application/json": .object(Content.json(schema, examples: examples).json)],
                ]
            }
        }

        /// A named value for the reader to try or to compare with.
        struct Example: Sendable {
            var name: String
            var summary: String
            var value: JSON
        }

        /// One answer, by its status.
        struct Answer: Sendable {
            var status: Int
            var description: String
            /// Headers of the answer, and what they say.
            var headers: KeyValuePairs<String, Schema> = [:]
            var content: [Content]
            /// Operations that take what is in the answer.
            var links: [Link] = []

            /// With the header that every answer carries.
            var json: JSON {
                let headers =
                    Array(headers) + [(key: "x-request-id", value: .text("The id of the call in the server's log."))]
                var json: JSONObject = [
                    "description": .string(description),
                    "headers": .object(JSONObject(headers.map { (key: $0.key, value: ["schema": $0.value.json]) })),
                    "content": .object(JSONObject(content.map { (key: $0.mediaType, value: .object($0.json)) })),
                ]
                if !links.isEmpty {
                    json["links"] = .object(JSONObject(links.map { (key: $0.operation, value: $0.json) }))
                }
                return .object(json)
            }

            /// Any path may answer this.
            static let hostRefused = FailureForm.mlflow.answer(
                403, "The request names a host that this server does not answer for; see `--allowed-host`."
            )
        }

        /// An operation to go on with, and where its parameters are: runtime expressions of OpenAPI.
        struct Link: Sendable {
            var operation: String
            var parameters: KeyValuePairs<String, String>

            var json: JSON {
                [
                    "operationId": .string(operation),
                    "parameters": .object(JSONObject(parameters.map { (key: $0.key, value: .string($0.value)) })),
                ]
            }
        }

        /// What an answer or a request holds.
        struct Content: Sendable {
            var mediaType: String
            var schema: Schema
            var examples: [Example] = []

            static func json(_ schema: Schema, examples: [Example] = []) -> Content {
                Content(mediaType: "application/json", schema: schema, examples: examples)
            }

            var json: JSONObject {
                var json: JSONObject = ["schema": schema.json]
                if !examples.isEmpty {
                    let members = examples.map { example in
                        (
                            key: example.name,
                            value: ["summary": .string(example.summary), "value": example.value] as JSON
                        )
                    }
                    json["examples"] = .object(JSONObject(members))
                }
                return json
            }
        }
    }

    /// A group of operations.
    enum Tag: String, Sendable, CaseIterable {
        case agent = "Agent"
        case responses = "Responses"
        case conversations = "Conversations"
        case models = "Models"
        case traces = "Traces"
        case server = "Server"

        private var description: String {
            switch self {
            case .agent: "Calls of the agent as MLflow's clients make them."
            case .responses: "Calls of the agent by the standard Open Responses, and what is kept of them."
            case .conversations: "Items that are kept under one id, for responses to go on with."
            case .models: "The agents, as clients list them."
            case .traces: "What the agent did in its calls, step by step, as far as it is kept here."
            case .server: "The server itself: its state, and what it serves."
            }
        }

        var json: JSON { ["name": .string(rawValue), "description": .string(description)] }
    }
}
