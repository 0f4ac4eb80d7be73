import HTTPTypes

/// Why a request may not pass.
enum AccessRefusal: Error, Equatable {
    case noKey
    case wrongKey
    /// The forwarded user cannot be a principal's name.
    case wrongUser
    /// Too many requests; more may come after so many seconds.
    case tooMany(retryAfter: Int)

    private var message: String {
        switch self {
        case .noKey: "A key is missing: send it as 'Authorization: Bearer KEY'"
        case .wrongKey: "The key or token is not valid"
        case .wrongUser: "The forwarded user is not valid"
        // A WebSocket has no header to say it in.
        case .tooMany(let seconds): "Too many requests: try again in \(seconds) s"
        }
    }

    /// The error as dialects write it.
    var dialectError: DialectError {
        if case .tooMany(let seconds) = self {
            return DialectError(
                status: 429, message: message, code: "rate_limit_exceeded", retryAfter: seconds
            )
        }
        return DialectError(status: 401, message: message, code: "invalid_api_key")
    }

    /// The answer, in the form of the dialect at a path.
    func reply(at target: String) -> Reply {
        var reply = ErrorForm(at: target).reply(to: dialectError)
        if dialectError.status == 401 { reply.headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer")) }
        return reply
    }
}
