import HTTPTypes

/// How an error looks that no dialect's own code has made: the one place that knows which paths have which form.
enum ErrorForm {
    case mlflow
    case openResponses

    /// The form at a path.
    init(at target: String) {
        self.init(atPath: RequestTarget(target).path)
    }

    /// - Parameter path: A path, percent-decoded.
    init(atPath path: String) {
        let path = path.hasPrefix("/v1/") ? path.dropFirst(3) : path[...]
        let isOpenResponses = Self.roots.contains { root in
            path.hasPrefix(root) && (path.utf8.count == root.utf8.count || path.dropFirst(root.count).first == "/")
        }
        self = isOpenResponses ? .openResponses : .mlflow
    }

    /// The paths of Open Responses: these, and all below them, with and without `/v1`.
    private static let roots = ["/responses", "/conversations", "/models"]

    /// The answer to a request that failed.
    func reply(to error: DialectError) -> Reply {
        switch self {
        case .openResponses: return OpenResponsesError.reply(error)
        case .mlflow:
            var reply = Reply.detail(error.message, status: error.status)
            if let seconds = error.retryAfter {
                reply.headers.append(HTTPField(name: .retryAfter, value: String(seconds)))
            }
            return reply
        }
    }
}
