import AgentJSON
import Synchronization
import Testing
import Tracing

@testable import MLflowTracing

@Suite("What traces hold")
struct WeightTests {
    @Test("what is kept parsed weighs more than its text")
    func heldSize() {
        #expect(HeldSize.of(Array("[0,0,0]".utf8)) >= 7 + 4 * MemoryLayout<JSON>.stride)
        #expect(HeldSize.of(Array(#"{"text": "a, b, [c], {d: \", e, f}"}"#.utf8)) < 200)
    }

    @Test("a large request leaves room for the spans of its trace")
    func roomForSpans() throws {
        let places = Places()
        let trace = Trace(sink: places)
        let root = trace.begin("invoke", inputs: { nil }, size: 64 << 20)
        let span = trace.open(
            "step", type: .tool, parent: root.id, start: 1, attributes: [:], surroundings: .topLevel,
            place: AgentSpan.Place(function: "f", file: "f", line: 1)
        )
        span.end()
        trace.end(.stopped)
        let taken = try #require(places.traces.withLock { $0.first })
        #expect(taken.spans.count == 2)
        #expect(taken.droppedSpans == 0)
        #expect(taken.weight > 64 << 20)
    }

    private final class Places: TraceSink {
        let traces = Mutex<[FinishedTrace]>([])

        func take(_ trace: FinishedTrace) { traces.withLock { $0.append(trace) } }
    }
}
