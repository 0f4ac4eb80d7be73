import AgentJSON
import AgentServer
import Testing

@testable import ModelAgent

@Suite("Answers at random")
struct RandomAnswerTests {
    @Test("are valid streams, however calls, texts and reasoning are mixed")
    func chunks() {
        for seed in 0..<2000 as Range<UInt64> {
            var random = RandomAnswer(seed: seed)
            let chunks = random.chunks()
            let answer = DecodedAnswer(ChatCompletionsAPI.self, chunks)
            if let failure = answer.failure {
                // A call without a name, and one that goes on after a text.
                #expect(failure.kind == .malformed, "seed \(seed): \(failure)")
            } else {
                let faults = answer.streamFaults(hasLooseArguments: true)
                #expect(faults.isEmpty, "seed \(seed): \(faults) in\n\(chunks.joined(separator: "\n"))")
            }
        }
    }

    @Test("never trap, whatever is in the place of what")
    func anything() {
        for seed in 0..<2000 as Range<UInt64> {
            var random = RandomAnswer(seed: seed)
            let data = (0..<4).map { _ in random.value(6).description }
            _ = DecodedAnswer(ChatCompletionsAPI.self, data + random.chunks())
            _ = DecodedAnswer(ResponsesAPI.self, data + random.events())
            _ = DecodedAnswer(ResponsesAPI.self, random.events())
            for data in data { _ = ModelFailure.refusal(status: 400, body: Array(data.utf8)) }
            let request = random.value(5).objectValue ?? [:]
            let turn = ModelTurn(request: request, input: (0..<3).map { _ in random.value(4).objectValue ?? [:] })
            _ = try? ChatCompletionsAPI.body(of: turn, quirks: ModelQuirks())
            _ = try? ResponsesAPI.body(of: turn, quirks: ModelQuirks())
        }
    }
}
