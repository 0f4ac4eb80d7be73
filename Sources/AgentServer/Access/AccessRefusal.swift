import HTTPTypes

/// Why a request may not pass.
enum AccessRefusal: Error, Equatable {
    case noKey
    case wrongKey
    /// The forwarded user cannot be a principal's name.
    case wrongUser
    /// Too many requests; more may come after so many seconds.
    case tooMany(retryAfter: Int)

    private var status: Int {
        if case .tooMany = self { 429 } else { 401 }
    }

    private var message: String {
        switch self {
        case .noKey: "A key is missing: send it as 'Authorization: Bearer KEY'"
        case .wrongKey: "The key or token is not valid"
        case .wrongUser: "The forwarded user is not valid"
        case .tooMany: "Too many requests: slow down"
        }
    }

    /// The answer, in the form of the dialect at a path.
    func reply(at target: String) -> Reply {
        var reply = Form(target).reply(self)
        switch self {
        case .noKey, .wrongKey, .wrongUser:
            reply.headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer"))
        case .tooMany(let seconds):
            reply.headers.append(HTTPField(name: .retryAfter, value: "\(seconds)"))
        }
        return reply
    }

    /// How a dialect writes it: the one place that knows which paths have which.
    private enum Form {
        case mlflow
        case openResponses

        init(_ target: String) {
            let path = RequestTarget(target).path
            let isOpenResponses = ["/responses", "/conversations", "/models", "/v1"].contains { root in
                path.hasPrefix(root) && (path.utf8.count == root.utf8.count || path.dropFirst(root.count).first == "/")
            }
            self = isOpenResponses ? .openResponses : .mlflow
        }

        func reply(_ refusal: AccessRefusal) -> Reply {
            guard self == .openResponses else { return .detail(refusal.message, status: refusal.status) }
            return OpenResponsesError.reply(
                DialectError(
                    status: refusal.status, message: refusal.message,
                    code: refusal.status == 429 ? "rate_limit_exceeded" : "invalid_api_key"
                )
            )
        }
    }
}
