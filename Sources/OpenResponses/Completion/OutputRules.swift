/// What a request demands of the output, and a response is held to.
public struct OutputRules: Sendable {
    /// The names of the functions that the client offers.
    public var offered: Set<String>
    /// Those of them that may be called; `nil` where the request does not say.
    public var allowed: Set<String>?
    /// Whether there must be a call.
    public var isCallRequired: Bool
    /// Whether several functions may be called.
    public var allowsParallelCalls: Bool
    /// Whether reasoning may carry its encrypted content, which a client has to ask for.
    public var includesEncryptedContent: Bool

    /// No demands.
    public init(
        offered: Set<String> = [], allowed: Set<String>? = nil, isCallRequired: Bool = false,
        allowsParallelCalls: Bool = true, includesEncryptedContent: Bool = false
    ) {
        self.offered = offered
        self.allowed = allowed
        self.isCallRequired = isCallRequired
        self.allowsParallelCalls = allowsParallelCalls
        self.includesEncryptedContent = includesEncryptedContent
    }

    /// How a call of a function is to be taken.
    enum Verdict {
        case fine
        /// Fine as long as the agent brings the output itself: the function is none of the client's.
        case agentsOwn
        case forbidden
    }

    func verdict(onCallOf name: String) -> Verdict {
        guard let allowed else { return .fine }
        if allowed.contains(name) { return .fine }
        // With an empty set nothing may be called at all: `tool_choice` is `none`.
        return allowed.isEmpty || offered.contains(name) ? .forbidden : .agentsOwn
    }
}
