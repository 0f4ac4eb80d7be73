/// An error whose message is meant for the client.
///
/// Throw it from an agent: a synchronous call answers with the status and the message, a stream ends with an event
/// that carries the message. Errors of any other type reach the log and the trace, but not the client.
public struct AgentError: Error, Sendable, CustomStringConvertible {
    /// What the client reads.
    public var message: String

    /// The HTTP status of a synchronous answer. MLflow answers every error of an agent with 500.
    public private(set) var status: Int

    /// What led to the error; for the log, never for the client.
    public var cause: (any Error)?

    /// Creates an error for the client.
    ///
    /// - Parameters:
    ///   - message: What the client reads.
    ///   - status: An HTTP status of 400...599; anything else counts as 500.
    ///   - cause: What led to the error.
    public init(_ message: String, status: Int = 500, cause: (any Error)? = nil) {
        self.message = message
        self.status = (400...599).contains(status) ? status : 500
        self.cause = cause
    }

    public var description: String { message }
}
