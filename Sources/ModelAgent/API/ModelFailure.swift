import AgentServer

/// Why a call of a model came to nothing.
struct ModelFailure: Error, Sendable, CustomStringConvertible {
    enum Kind: Sendable, Hashable {
        /// The format of the endpoint has no place for something of the request, which the message names.
        case unsupported
        /// Nobody answered, or not in time.
        case unreachable
        /// The answer broke off.
        case broken
        /// What came is none of the format's.
        case malformed
        /// The endpoint refused, with this status.
        case status(Int)
        /// The model itself reported an error in its answer.
        case reported
        /// Too many calls wait already.
        case overloaded
    }

    var kind: Kind
    /// What happened, in the endpoint's own words where it has some.
    var message: String
    /// The endpoint's name for it: `context_length_exceeded` for example.
    var code: String?
    /// When it may be tried again, where the endpoint says so.
    var retryAfter: Duration?

    init(_ kind: Kind, _ message: String, code: String? = nil, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.code = code
        self.retryAfter = retryAfter
    }

    var description: String { message }
}
