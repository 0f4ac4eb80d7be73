import AgentJSON
import MLflowTracing
import Synchronization
import Testing
import Tracing

@Suite("A trace that goes on")
struct TraceTests {
    private let taken = TakenTraces()

    /// A large answer, as an agent gives it.
    private final class Answer: Sendable {}

    /// Leaves a trace whose outputs have an answer. Whether the answer lives on with the trace.
    private func holdsAnswer(recordsContent: Bool) -> Bool {
        weak var held: Answer?
        do {
            let answer = Answer()
            held = answer
            let trace = Trace(sink: taken, recordsContent: recordsContent)
            _ = trace.begin("agent") { "in" }
            trace.end(.finished(outputs: { withExtendedLifetime(answer) { "out" } }, format: "openai"), size: 1 << 20)
        }
        return held != nil
    }

    @Test("holds no answer that it is not to show, when it waits to be written")
    func contentIsNotHeld() throws {
        #expect(!holdsAnswer(recordsContent: false))
        #expect(holdsAnswer(recordsContent: true))
        let (without, with) = (try #require(taken.all.first), try #require(taken.all.last))
        #expect(without.root?.attributes == ["mlflow.message.format": "openai"])
        #expect(without.weight < 2_000)
        #expect(with.root?.attributes["mlflow.spanOutputs"] == "out")
        #expect(with.weight > 1 << 20)
    }

    @Test("ends with its invocation, and not when its root is ended from elsewhere")
    func rootEndedByAgent() throws {
        let trace = Trace(sink: taken)
        let root = trace.begin("agent") { "in" }
        root.end()
        root.set("after", true)
        AgentTracer().startSpan("step", context: root.context).end()
        #expect(taken.all.isEmpty)
        #expect(trace.start != nil)
        trace.end(.finished(outputs: { "out" }, format: nil))
        let finished = try #require(taken.all.first)
        #expect(finished.spans.map(\.name) == ["agent", "step"])
        #expect(finished.root?.attributes["after"] == true)
        #expect(finished.root?.attributes["mlflow.spanOutputs"] == "out")
        #expect(trace.start == nil)
    }

    // MARK: Annotations

    @Test("can be looked at, updated and given spans from within an update")
    func reentrantUpdate() throws {
        let trace = Trace(sink: taken)
        let root = trace.begin("agent") { "in" }
        trace.update { outer in
            outer.tags["outer"] = "1"
            #expect(trace.annotations.tags.isEmpty)
            trace.update { $0.tags["inner"] = "2" }
            withSpan("step", type: .tool, context: root.context) { _ in }
            outer.session = "s"
        }
        #expect(trace.annotations.tags == ["outer": "1", "inner": "2"])
        #expect(trace.annotations.session == "s")
        // A trace that ends meanwhile is as it was.
        trace.update { annotations in
            annotations.session = "late"
            trace.end(.stopped)
        }
        #expect(taken.all.first?.annotations.session == "s")
        #expect(taken.all.first?.spans.count == 2)
    }

    @Test("takes over what an update changes, and nothing else")
    func mergedUpdates() {
        let trace = Trace(sink: taken)
        _ = trace.begin("agent") { "in" }
        trace.update { first in
            (first.user, first.session) = ("ada", "one")
            first.tags = ["kept": "1", "removed": "2", "changed": "3"]
            first.metadata = ["m": "1"]
        }
        trace.update { outer in
            trace.update { inner in
                inner.session = "two"
                inner.tags["added"] = "4"
                inner.tags["changed"] = "5"
                inner.metadata = [:]
            }
            outer.user = nil
            outer.tags["removed"] = nil
            outer.tags["changed"] = "6"
            outer.requestPreview = "asked"
        }
        let annotations = trace.annotations
        #expect(annotations.user == nil)
        #expect(annotations.session == "two")
        #expect(annotations.tags == ["kept": "1", "added": "4", "changed": "6"])
        #expect(annotations.metadata.isEmpty)
        #expect(annotations.requestPreview == "asked")
    }

    @Test("is updated by several tasks at once")
    func concurrentUpdates() async {
        let trace = Trace(sink: taken)
        _ = trace.begin("agent") { "in" }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask { trace.update { $0.tags["\(number)"] = "x" } }
            }
        }
        #expect(trace.annotations.tags.count == 100)
    }

    // MARK: Ids

    @Test("has an id for clients unless it is left out")
    func idText() {
        #expect(Trace(sink: taken).idText.hasPrefix("tr-"))
        #expect(Trace(sink: taken, isLeftOut: true).idText == "MLFLOW_NO_OP_SPAN_TRACE_ID")
        #expect(Trace().idText.hasPrefix("tr-"))
    }
}

/// A place for traces.
private final class TakenTraces: TraceSink {
    private let traces = Mutex<[FinishedTrace]>([])

    /// All of them, prepared.
    var all: [FinishedTrace] {
        traces.withLock { $0 }.map { trace in
            var trace = trace
            trace.prepare()
            return trace
        }
    }

    func take(_ trace: FinishedTrace) { traces.withLock { $0.append(trace) } }
}
