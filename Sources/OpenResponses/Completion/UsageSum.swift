import AgentJSON

/// Adds up the usages that an agent reports, one for each of its model calls, say.
struct UsageSum: Sendable {
    private var input = 0
    private var cached = 0
    private var cacheWritten = 0
    private var output = 0
    private var reasoning = 0
    /// Whether anything was reported.
    private(set) var isKnown = false

    init() {}

    /// Adds a usage object; members that are missing or no counts are zero.
    mutating func add(_ usage: JSON?) {
        guard let usage = usage?.objectValue else { return }
        isKnown = true
        input = Self.sum(input, usage["input_tokens"])
        cached = Self.sum(cached, usage["input_tokens_details"]?["cached_tokens"])
        cacheWritten = Self.sum(cacheWritten, usage["input_tokens_details"]?["cache_write_tokens"])
        output = Self.sum(output, usage["output_tokens"])
        reasoning = Self.sum(reasoning, usage["output_tokens_details"]?["reasoning_tokens"])
    }

    /// The object of the standard. `cache_write_tokens` is what the `openai` client's own model requires besides.
    var json: JSON {
        func count(_ value: Int) -> JSON { .number(JSONNumber(value)) }
        return [
            "input_tokens": count(input),
            "input_tokens_details": ["cached_tokens": count(cached), "cache_write_tokens": count(cacheWritten)],
            "output_tokens": count(output),
            "output_tokens_details": ["reasoning_tokens": count(reasoning)],
            "total_tokens": count(input &+ output),
        ]
    }

    private static func sum(_ sum: Int, _ value: JSON?) -> Int {
        guard let number = value?.numberValue else { return sum }
        let count = number.int ?? Int(exactly: number.double.rounded()) ?? 0
        // Far above any real count, far below an overflow.
        return min(sum + min(max(count, 0), 1 << 60), 1 << 61)
    }
}
