/// An error whose message is meant for the model.
///
/// Throw it from a tool where the model can do better: ask for another city, or tell the user. The client can read it, too,
/// in the output of the call. Errors of other types reach the trace, but neither of the two.
public struct ToolError: Error, Sendable, CustomStringConvertible {
    /// What the model reads.
    public let message: String

    /// Creates an error for the model.
    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
