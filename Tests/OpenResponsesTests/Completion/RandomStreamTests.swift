import AgentJSON
import OpenResponses
import TestSupport
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
            if !faults.isEmpty {
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
        let counts = check(0..<1200, contradicts: false) { $0.truthful() }
        #expect(counts.completed > 500 && counts.failed > 50)
    }

    @Test("becomes a full stream where its events come in no order")
    func chaotic() {
        let counts = check(10_000..<11_200, contradicts: true) { $0.chaotic() }
        #expect(counts.completed > 500 && counts.failed > 300)
    }

    @Test("becomes a full stream where it is a model's with mistakes")
    func mutated() {
        let counts = check(20_000..<20_300, contradicts: true) { $0.mutated(recorded: FullStreamTests.recorded) }
        #expect(counts.completed > 100)
    }

    /// Agents of both kinds, with what is demanded of them.
    private func agents(_ seeds: Range<UInt64>) -> [(seed: UInt64, rules: OutputRules, yields: [Yield])] {
        seeds.map { seed in
            var agent = RandomAgent(seed: seed)
            return (seed, agent.rules(), seed % 2 == 0 ? agent.truthful() : agent.chaotic())
        }
    }

    @Test("gives the same response where nobody reads the events")
    func silent() {
        for (seed, rules, yields) in agents(30_000..<30_300) {
            let loud = CompleterRun.run(yields, rules, .test, makesEvents: true)
            let silent = CompleterRun.run(yields, rules, .test, makesEvents: false)
            #expect(silent.response == loud.response && silent.events.isEmpty, "Seed \(seed)")
        }
    }

    @Test("may come back as input, unchanged")
    func returned() throws {
        for (seed, rules, yields) in agents(50_000..<50_600) {
            let run = CompleterRun.run(yields, rules, .test, makesEvents: false)
            let items = run.output.compactMap { $0.objectValue.map(Item.init) }
            do throws(RequestFault) {
                #expect(try CreateRequest(["input": .array(run.output)]).input == items, "Seed \(seed)")
            } catch {
                Issue.record("Seed \(seed): \(error) in \(run.output)")
                break
            }
        }
    }

    @Test("can be streamed again from its response")
    func replayed() {
        for (seed, rules, yields) in agents(40_000..<40_300) {
            let response = CompleterRun.run(yields, rules, .test, makesEvents: true).response
            let events = StreamCompleter.events(ofFinished: response).map(\.json)
            let faults = StreamRules.faults(events, response: response, allowsContradictions: seed % 2 == 1)
            #expect(faults.isEmpty, "Seed \(seed)")
        }
    }
}
