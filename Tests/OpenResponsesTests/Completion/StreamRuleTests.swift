import AgentJSON
import OpenResponses
import TestSupport
import Testing

/// The checker that the other tests rely on: it has to notice what is wrong.
@Suite("The rules of a stream")
struct StreamRuleTests {
    private static let good = CompleterRun.run(
        FullStreamTests.recorded.map(Yield.event), OutputRules(), .test, makesEvents: true
    )

    private func faults(_ events: [JSONObject]) -> [String] {
        StreamRules.faults(events, response: Self.good.response)
    }

    /// Events numbered anew.
    private func numbered(_ events: [JSONObject]) -> [JSONObject] {
        events.enumerated().map { index, event in
            var event = event
            event["sequence_number"] = .number(JSONNumber(index))
            return event
        }
    }

    @Test("notice each event that is lost, doubled or exchanged", arguments: good.events.indices)
    func order(_ index: Int) {
        let events = Self.good.events
        #expect(faults(events) == [])
        var lost = events
        lost.remove(at: index)
        #expect(faults(lost) != [])
        #expect(faults(numbered(lost)) != [])
        var doubled = events
        doubled.insert(events[index], at: index)
        #expect(faults(numbered(doubled)) != [])
        guard index > 0 else { return }
        var exchanged = events
        exchanged.swapAt(index, index - 1)
        // Those of different items, and a text and its citation, may come in either order.
        let (first, second) = (events[index - 1], events[index])
        let isOpening = second["type"] == "response.output_item.added" && first["type"] == second["type"]
        let isFree =
            first["output_index"] != second["output_index"] || Self.isCitation(first) || Self.isCitation(second)
        #expect(faults(numbered(exchanged)) != [] || isFree && !isOpening)
    }

    private static func isCitation(_ event: JSONObject) -> Bool {
        event["type"] == "response.output_text.annotation.added"
    }

    @Test("notice each member that is missing or of another kind", arguments: good.events.indices)
    func members(_ index: Int) {
        for key in Self.good.events[index].keys {
            var events = Self.good.events
            events[index][key] = nil
            #expect(faults(events) != [], "\(key) is missing")
            events[index][key] = ["wrong"]
            #expect(faults(events) != [], "\(key) is wrong")
        }
    }

    @Test("notice each member of the response that is missing", arguments: Array(good.response.keys))
    func response(_ key: String) {
        var events = Self.good.events
        var response = Self.good.response
        response[key] = nil
        events[events.count - 1]["response"] = .object(response)
        #expect(StreamRules.faults(events, response: response) != [])
    }
}
