import AgentJSON
import OpenResponses
import Testing

@Suite("Whatever an agent yields at random")
struct RandomStreamTests {
    /// Lets agents yield, and checks what comes out of each.
    private func check(
        _ seeds: Range<UInt64>, contradicts: Bool, _ yields: (inout RandomAgent) -> [Yield]
    ) -> (completed: Int, failed: Int) {
        var counts = (completed: 0, failed: 0)
        for seed in seeds {
            var agent = RandomAgent(seed: seed)
            let rules = agent.rules()
            let yielded = yields(&agent)
            let run = CompleterRun.run(yielded, rules, .test, makesEvents: true)
            let faults = StreamRules.faults(run.events, response: run.response, allowsContradictions: contradicts)
            let silent = CompleterRun.run(yielded, rules, .test, makesEvents: false)
            if !faults.isEmpty || silent.response != run.response {
                let lines = run.sketch.joined(separator: "\n")
                Issue.record("Seed \(seed): \(faults) in\n\(lines)\nof\n\(yielded)")
                break
            }
            if run.fault == nil { counts.completed += 1 } else { counts.failed += 1 }
        }
        return counts
    }

    @Test("becomes a full stream where it makes sense")
    func truthful() {
        let counts = check(0..<4000, contradicts: false) { $0.truthful() }
        #expect(counts.completed > 2000)
    }

    @Test("becomes a full stream where its events come in no order")
    func chaotic() {
        let counts = check(10_000..<14_000, contradicts: true) { $0.chaotic() }
        #expect(counts.completed > 1000 && counts.failed > 500)
    }

    @Test("becomes a full stream where it is a model's with mistakes")
    func mutated() {
        let counts = check(20_000..<21_500, contradicts: true) { $0.mutated(recorded: FullStreamTests.recorded) }
        #expect(counts.completed > 500)
    }
}
