import AgentServer
import OpenResponses

extension ModelQuirks {
    /// With what a refusal of chat completions teaches, if anything.
    ///
    /// - Parameter sentReasoning: Whether the request had reasoning to give back.
    func learning(from failure: ModelFailure, sentReasoning: Bool = false) -> ModelQuirks {
        guard failure.kind == .status(400) || failure.kind == .status(422) else { return self }
        var quirks = self
        let message = failure.message.lowercased()
        let isUnknown =
            failure.code == "unsupported_parameter" || message.contains("unsupported")
            || message.contains("not supported")
        if message.contains("stream_options") { quirks.lacksStreamOptions = true }
        // Another complaint about `max_tokens` is one about its value.
        if message.contains("max_completion_tokens") || isUnknown && message.contains("max_tokens") {
            quirks.wantsMaxCompletionTokens = true
        }
        // The effort is a setting of the client's.
        if message.contains(reasoningKey ?? Self.usualReasoningKey), !message.contains("effort") {
            let isMissed = ["missing", "must be", "required", "passed back"].contains { message.contains($0) }
            if isMissed || reasoningKey == nil {
                // It may have been given before this process began.
                quirks.reasoningKey = reasoningKey ?? Self.usualReasoningKey
                quirks.reasoning = .demanded
            } else if sentReasoning, reasoning == .taken {
                quirks.reasoning = .refused
            }
        }
        return quirks
    }

    private static let usualReasoningKey = "reasoning_content"

    /// With what other calls have taught: a call that was accepted with them.
    mutating func add(_ other: ModelQuirks) {
        if other.lacksStreamOptions { lacksStreamOptions = true }
        if other.wantsMaxCompletionTokens { wantsMaxCompletionTokens = true }
        if let key = other.reasoningKey { reasoningKey = key }
        if other.reasoning != .taken { reasoning = other.reasoning }
    }
}

extension ModelTurn {
    /// Whether there is reasoning that can be given back.
    var hasReasoning: Bool { input.contains { $0.type == "reasoning" && !$0.text.isEmpty } }
}
