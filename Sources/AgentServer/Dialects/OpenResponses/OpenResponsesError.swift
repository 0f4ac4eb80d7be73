import AgentJSON
import HTTPTypes

/// Errors in the form of Open Responses, with MLflow's `detail` beside it.
enum OpenResponsesError {
    /// The body of an error answer.
    static func body(_ error: DialectError) -> [UInt8] {
        let body: JSONObject = ["error": .object(object(error)), "detail": .string(error.message)]
        return body.encoded()
    }

    /// The error itself, with all four members.
    static func object(_ error: DialectError) -> JSONObject {
        [
            "message": .string(error.message),
            "type": .string(type(status: error.status, isAgents: error.isAgents)),
            "code": .string(code(error)),
            "param": error.param.map(JSON.string) ?? .null,
        ]
    }

    /// The type that belongs to a status.
    static func type(status: Int, isAgents: Bool) -> String {
        switch status {
        case 404: "not_found"
        case 429: "too_many_requests"
        case ..<500: "invalid_request"
        default: isAgents ? "model_error" : "server_error"
        }
    }

    private static func code(_ error: DialectError) -> String {
        if let code = error.code { return code }
        switch error.status {
        case 404: return "not_found"
        case 405: return "method_not_allowed"
        case 413: return "payload_too_large"
        case 429: return "rate_limit_exceeded"
        case ..<500: return "invalid_value"
        default: return error.isAgents ? "model_error" : "server_error"
        }
    }

    /// An error answer.
    static func reply(_ error: DialectError) -> Reply {
        var reply = Reply.json(body(error), status: error.status)
        for field in headers(error) { reply.headers.append(field) }
        if let seconds = error.retryAfter {
            reply.headers.append(HTTPField(name: .retryAfter, value: String(seconds)))
        }
        return reply
    }

    /// The `openai` client repeats requests that failed with 408, 409, 429 and 5xx. One that ran the agent must not be
    /// repeated by that; unless the agent says that it may be.
    static func headers(_ error: DialectError) -> HTTPFields {
        guard error.hasRun, error.retryAfter == nil, error.status != 429 else { return [:] }
        return [.shouldRetry: "false"]
    }
}
