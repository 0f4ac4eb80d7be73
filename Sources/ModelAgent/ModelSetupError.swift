/// A model, or a tool, that cannot be used as it is described.
public struct ModelSetupError: Error, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
