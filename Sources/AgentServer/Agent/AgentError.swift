/// An error whose message is meant for the client.
///
/// Throw it from an agent: a synchronous call answers with the status and the message, a stream ends with an event
/// that carries the message. Errors of any other type reach the log and the trace, but not the client.
public struct AgentError: Error, Sendable, CustomStringConvertible {
    /// What the client reads.
    public var message: String

    /// The HTTP status of a synchronous answer. MLflow answers every error of an agent with 500.
    public private(set) var status: Int

    /// A name for the error that programs can read, `context_length_exceeded` for example. Only Open Responses has a
    /// place for it.
    public var code: String?

    /// Seconds after which the client may try again, for the statuses 429 and 503.
    public var retryAfter: Int?

    /// What led to the error; for the log, never for the client.
    public var cause: (any Error)?

    /// Whether the agent is to blame, rather than the server.
    package var isAgents = true

    /// Creates an error for the client.
    ///
    /// - Parameters:
    ///   - message: What the client reads.
    ///   - status: An HTTP status of 400...599; anything else counts as 500.
    ///   - code: A name for the error that programs can read.
    ///   - retryAfter: Seconds after which the client may try again.
    ///   - cause: What led to the error.
    public init(
        _ message: String, status: Int = 500, code: String? = nil, retryAfter: Int? = nil, cause: (any Error)? = nil
    ) {
        self.message = message
        self.status = (400...599).contains(status) ? status : 500
        self.code = code
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// An error of the server itself.
    package static func server(_ message: String, status: Int, code: String) -> AgentError {
        var error = AgentError(message, status: status, code: code)
        error.isAgents = false
        return error
    }

    public var description: String { message }
}
