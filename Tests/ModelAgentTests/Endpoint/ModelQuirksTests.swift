import Testing

@testable import ModelAgent

@Suite("Of its refusals, an endpoint's ways are learned from")
struct ModelQuirksTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var message: String
        var code: String?
        var status = 400
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
            // These are about a value, or not about the request.
            Refusal(message: "max_tokens is too large: this model supports at most 4096 completion tokens"),
            Refusal(message: "Unsupported value: 'temperature'", code: "unsupported_value"),
            Refusal(message: "max_completion_tokens", status: 500),
        ])
    func learning(refusal: Refusal) {
        let failure = ModelFailure(.status(refusal.status), refusal.message, code: refusal.code)
        #expect(ModelQuirks().learning(from: failure) == refusal.teaches)
    }
}
