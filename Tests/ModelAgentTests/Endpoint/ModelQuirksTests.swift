import Testing

@testable import ModelAgent

@Suite("Of its refusals, an endpoint's ways are learned from")
struct ModelQuirksTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var message: String
        var code: String?
        var status = 400
        var sentReasoning = true
        var before = ModelQuirks()
        var teaches = ModelQuirks()

        var testDescription: String { message }
    }

    private static let withoutOptions = ModelQuirks(lacksStreamOptions: true)
    private static let withNewLimit = ModelQuirks(wantsMaxCompletionTokens: true)

    @Test(
        "what they say of a field",
        arguments: [
            Refusal(message: "Use 'max_completion_tokens' instead.", teaches: withNewLimit),
            Refusal(message: "What is max_tokens?", code: "unsupported_parameter", teaches: withNewLimit),
            Refusal(message: "Unsupported parameter: 'max_tokens'", status: 422, teaches: withNewLimit),
            Refusal(message: "stream_options: extra inputs are not permitted", teaches: withoutOptions),
            Refusal(
                message: "Missing `reasoning_content` field in the assistant message at index 1",
                teaches: ModelQuirks(reasoningKey: "reasoning_content", reasoning: .demanded)
            ),
            Refusal(
                message: "The `reasoning_content` in the thinking mode must be passed back to the API.",
                before: ModelQuirks(reasoningKey: "reasoning_content", reasoning: .refused),
                teaches: ModelQuirks(reasoningKey: "reasoning_content", reasoning: .demanded)
            ),
            Refusal(
                message: "messages.1.reasoning: Extra inputs are not permitted",
                before: ModelQuirks(reasoningKey: "reasoning"),
                teaches: ModelQuirks(reasoningKey: "reasoning", reasoning: .refused)
            ),
            Refusal(
                message: "'reasoning_effort' must be one of low, high", before: ModelQuirks(reasoningKey: "reasoning"),
                teaches: ModelQuirks(reasoningKey: "reasoning")
            ),
            Refusal(
                message: "what does reasoning mean?", sentReasoning: false,
                before: ModelQuirks(reasoningKey: "reasoning"), teaches: ModelQuirks(reasoningKey: "reasoning")
            ),
            // These are about a value, or not about the request.
            Refusal(message: "max_tokens is too large: this model supports at most 4096 completion tokens"),
            Refusal(message: "Unsupported value: 'temperature'", code: "unsupported_value"),
            Refusal(message: "max_completion_tokens", status: 500),
        ])
    func learning(refusal: Refusal) {
        let failure = ModelFailure(.status(refusal.status), refusal.message, code: refusal.code)
        #expect(refusal.before.learning(from: failure, sentReasoning: refusal.sentReasoning) == refusal.teaches)
    }
}
