import AgentJSON

/// Adds up the usages that an agent reports, one for each of its model calls, say.
struct UsageSum: Sendable {
    private var sum = Usage(inputTokens: 0, outputTokens: 0)
    /// Whether anything was reported.
    private(set) var isKnown = false

    init() {}

    /// Adds a usage object; members that are missing or no counts are zero.
    mutating func add(_ usage: JSON?) {
        guard let usage = usage?.objectValue else { return }
        isKnown = true
        let (input, output) = (usage["input_tokens_details"], usage["output_tokens_details"])
        Self.add(usage["input_tokens"], to: &sum.inputTokens)
        Self.add(input?["cached_tokens"], to: &sum.cachedTokens)
        Self.add(input?["cache_write_tokens"], to: &sum.cacheWriteTokens)
        Self.add(usage["output_tokens"], to: &sum.outputTokens)
        Self.add(output?["reasoning_tokens"], to: &sum.reasoningTokens)
    }

    /// The object of the standard.
    var json: JSON { isKnown ? .object(sum.json) : Self.nothing }

    private static let nothing = JSON.object(Usage(inputTokens: 0, outputTokens: 0).json)

    private static func add(_ value: JSON?, to sum: inout Int) {
        guard let number = value?.numberValue else { return }
        let count = number.int ?? Int(exactly: number.double.rounded()) ?? 0
        // Far above any real count, far below an overflow, also of two of them.
        sum = min(sum + min(max(count, 0), 1 << 60), 1 << 61)
    }
}
