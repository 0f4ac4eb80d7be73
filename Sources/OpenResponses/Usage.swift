public import AgentJSON

/// How many tokens a response took.
public struct Usage: Sendable, Hashable {
    /// Tokens of the request.
    public var inputTokens: Int
    /// Tokens of the request that came from a cache.
    public var cachedTokens: Int
    /// Tokens of the request that went into a cache.
    public var cacheWriteTokens: Int
    /// Tokens of the response.
    public var outputTokens: Int
    /// Tokens of the response that went into reasoning.
    public var reasoningTokens: Int

    /// Creates a count; the total is the sum of both directions.
    public init(
        inputTokens: Int, outputTokens: Int, cachedTokens: Int = 0, reasoningTokens: Int = 0, cacheWriteTokens: Int = 0
    ) {
        self.inputTokens = inputTokens
        self.cachedTokens = cachedTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.outputTokens = outputTokens
        self.reasoningTokens = reasoningTokens
    }

    /// All tokens.
    public var totalTokens: Int { inputTokens + outputTokens }

    /// The object of the standard, with both details. `cache_write_tokens` is what the `openai` client's own model
    /// requires besides.
    public var json: JSONObject {
        [
            "input_tokens": .number(JSONNumber(inputTokens)),
            "input_tokens_details": [
                "cached_tokens": .number(JSONNumber(cachedTokens)),
                "cache_write_tokens": .number(JSONNumber(cacheWriteTokens)),
            ],
            "output_tokens": .number(JSONNumber(outputTokens)),
            "output_tokens_details": ["reasoning_tokens": .number(JSONNumber(reasoningTokens))],
            "total_tokens": .number(JSONNumber(totalTokens)),
        ]
    }
}
