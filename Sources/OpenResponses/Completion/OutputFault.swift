/// Why a response failed: an agent that broke a rule, or that said so itself.
public struct OutputFault: Error, Sendable, Hashable {
    /// What the client reads.
    public var message: String
    /// What kind of trouble it is, `model_error` for the agent's own.
    public var type: String
    /// A name for it that programs can read.
    public var code: String

    /// An error of the response.
    public init(_ message: String, type: String = "model_error", code: String = "model_error") {
        self.message = message
        self.type = type
        self.code = code
    }
}
