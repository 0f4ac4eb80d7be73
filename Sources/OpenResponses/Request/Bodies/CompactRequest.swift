public import AgentJSON

/// A request to replace a conversation by something shorter.
public struct CompactRequest: Sendable {
    /// The body as it was sent.
    public let json: JSONObject
    /// The name of the agent or model, in the client's words.
    public let model: String
    /// The items to compact, after those of the previous response.
    public let input: [Item]
    /// The response whose conversation comes first.
    public let previousResponseID: String?
    /// What a system message would say.
    public let instructions: String?
    /// What the client would have a cache of prompts look for.
    public let promptCacheKey: String?

    /// Reads a request's body.
    ///
    /// - Throws: The first fault.
    public init(_ body: JSONObject) throws(RequestFault) {
        json = body
        model = try body.required("model", .text)
        input = try body.field("input", .input) ?? []
        previousResponseID = try body.field("previous_response_id", .text)
        instructions = try body.field("instructions", .text)
        promptCacheKey = try body.field("prompt_cache_key", .text(upTo: 64))
    }
}
