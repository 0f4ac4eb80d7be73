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

        var json: JSON {
            var json: JSONObject = [
                "operationId": .string(id),
                "tags": [.string(tag.rawValue)],
                "summary": .string(summary),
                "description": .string(description),
            ]
            if !parameters.isEmpty { json["parameters"] = .array(parameters.map(\.json)) }
            if let body { json["requestBody"] = body.json }
            var responses: JSONObject = [:]
            let all = (answers + [.hostRefused]).sorted { $0.status < $1.status }
            for answer in all { responses[String(answer.status)] = answer.json }
            json["responses"] = .object(responses)
            return .object(json)
        }

        /// A request header.
        struct Parameter: Sendable {
            var name: String
            var description: String
            var example: String

            /// Never required, and any text: a header that says something else is no reason to refuse a call.
            var json: JSON {
                [
                    "name": .string(name), "in": "header", "required": false, "description": .string(description),
                    "schema": ["type": "string"], "example": .string(example),
                ]
            }
        }

        /// A JSON request body.
        struct Body: Sendable {
            var description: String
            var schema: Schema
            /// Bodies to try; the first is the one to begin with.
            var examples: [Example]

            var json: JSON {
                [
                    "required": true, "description": .string(description),
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

            /// With the header that every answer carries.
            var json: JSON {
                let headers =
                    Array(headers) + [(key: "x-request-id", value: .text("The id of the call in the server's log."))]
                return [
                    "description": .string(description),
                    "headers": .object(JSONObject(headers.map { (key: $0.key, value: ["schema": $0.value.json]) })),
                    "content": .object(JSONObject(content.map { (key: $0.mediaType, value: .object($0.json)) })),
                ]
            }

            /// Any path may answer this.
            static let hostRefused = ServerDescription.failure(
                403, "The request names a host that this server does not answer for; see `--allowed-host`."
            )
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
        case server = "Server"

        private var description: String {
            switch self {
            case .agent: "Calls of the agent."
            case .server: "The server itself: its state, and what it serves."
            }
        }

        var json: JSON { ["name": .string(rawValue), "description": .string(description)] }
    }
}
