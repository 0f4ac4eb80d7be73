import AgentJSON
import MLflowTracing
import Synchronization
import TestSupport
import Testing
import Tracing

@Suite("Kept traces")
struct KeptTracesTests {
    private let store = MemoryTraceStore()

    private func kept(_ change: (inout KeptTraces.Limits) -> Void = { _ in }) -> KeptTraces {
        var limits = KeptTraces.Limits()
        limits.gatheringTime = .zero
        change(&limits)
        return KeptTraces(in: store, limits: limits)
    }

    private func ids(_ traces: KeptTraces, _ change: (inout TraceQuery) -> Void = { _ in }) async throws -> [UInt64] {
        var query = TraceQuery()
        change(&query)
        return try await traces.page(query).rows.map(\.id.low)
    }

    @Test("are in the store when the writer has ended, with inputs and outputs")
    func writing() async throws {
        let kept = kept()
        let trace = Trace(sink: kept, principal: "alice")
        let root = trace.begin("agent") { ["input": [["role": "user", "content": "hi"]]] }
        #expect(root.isRecording)
        trace.update { $0.session = "s" }
        trace.end(.finished(outputs: { ["output": [["role": "assistant", "content": "ho"]]] }, format: nil))
        kept.finish()
        await kept.run()
        let found = try #require(try await store.trace(TraceReference(trace.id), of: "alice"))
        #expect(found.row.requestPreview == "hi")
        #expect(found.row.responsePreview == "ho")
        #expect(found.row.session == "s")
        let body = try JSON(parsing: found.body)
        #expect(body["trace_metadata"]?["mlflow.trace.session"] == "s")
        let span = try #require(body["spans"]?[0])
        #expect(span["attributes"]?["mlflow.spanInputs"]?["input"]?[0]?["content"] == "hi")
        #expect(span["status"]?["code"] == "OK")
        #expect(span["end_time_unix_nano"]?.intValue != nil)
    }

    @Test("are written as they come, and seen wherever they are")
    func running() async throws {
        let kept = kept()
        let writer = Task { await kept.run() }
        for number in 1...300 { kept.take(.sample(UInt64(number), at: UInt64(number))) }
        #expect(try await ids(kept) { $0.limit = 3 } == [300, 299, 298])
        try await waitWhile { store.count < 300 }
        #expect(try await ids(kept) { $0.limit = 3 } == [300, 299, 298])
        kept.take(.sample(301, at: 301))
        kept.finish()
        await writer.value
        #expect(store.count == 301)
        kept.take(.sample(302, at: 302))
        #expect(kept.droppedCount == 1)
    }

    @Test("wait within bounds: the oldest go")
    func bounds() async throws {
        let kept = kept { $0.waitingCount = 3 }
        for number in 1...5 { kept.take(.sample(UInt64(number), at: UInt64(number))) }
        #expect(try await ids(kept) == [5, 4, 3])
        #expect(kept.droppedCount == 2)
        let small = self.kept { $0.waitingBytes = 5_000 }
        for number in 1...5 { small.take(.sample(UInt64(number), at: UInt64(number), weight: 2_000)) }
        #expect(try await ids(small) == [5, 4])
        small.take(.sample(6, at: 6, weight: 9_000))
        #expect(try await ids(small) == [5, 4])
        #expect(small.droppedCount == 4)
    }

    @Test("that cannot be written are counted and told")
    func failure() async throws {
        struct Broken: Error {}
        store.fail(with: Broken())
        let told = Mutex(0)
        let kept = KeptTraces(in: store) { report in
            if case .failed(let count, is Broken) = report { told.withLock { $0 += count } }
        }
        for number in 1...3 { kept.take(.sample(UInt64(number), at: 1)) }
        kept.finish()
        await kept.run()
        #expect(told.withLock { $0 } == 3)
        #expect(kept.droppedCount == 3)
    }

    @Test("can be looked at while they go on")
    func live() async throws {
        let kept = kept()
        let trace = Trace(sink: kept, principal: "alice")
        let root = trace.begin("agent") { ["input": "hi"] }
        let span = AgentTracer().startSpan("step", context: root.context)
        kept.take(.sample(1, of: "bob", at: 1))
        var query = TraceQuery()
        query.state = .running
        let rows = try await kept.page(query).rows
        #expect(rows.map(\.id) == [trace.id])
        #expect(rows.first?.state == .running)
        #expect(try await kept.trace(TraceReference(trace.id), of: "bob") == nil)
        let now = try #require(try await kept.trace(TraceReference(trace.id), of: "alice"))
        let spans = try JSON(parsing: now.body)["spans"]?.arrayValue ?? []
        #expect(spans.count == 2)
        #expect(spans.allSatisfy { $0["end_time_unix_nano"] == .null && $0["status"]?["code"] == "UNSET" })
        span.end()
        trace.end(.stopped)
        #expect(try await kept.page(query).rows.isEmpty)
        #expect(try await kept.trace(TraceReference(trace.id), of: "alice")?.row.state == .ok)
    }

    @Test("come page by page, from memory and the store, each once")
    func pages() async throws {
        let kept = kept()
        try await store.insert((1...5).compactMap { KeptTrace(.sample($0, at: $0)) })
        for number in 4...9 { kept.take(.sample(UInt64(number), at: UInt64(number))) }
        var seen: [UInt64] = []
        var query = TraceQuery()
        query.limit = 2
        while true {
            let page = try await kept.page(query)
            seen += page.rows.map(\.id.low)
            guard page.hasMore, let last = page.rows.last else { break }
            query.after = try await kept.position(of: last.reference, principal: nil)
            #expect(query.after == last.position)
        }
        #expect(seen == [9, 8, 7, 6, 5, 4, 3, 2, 1])
        #expect(try await ids(kept) { $0.principal = "bob" } == [])
    }

    @Test("that go on with one caller's trace are apart, while they go on and later")
    func callers() async throws {
        let kept = kept()
        let caller = TraceParent(trace: .random(), span: .random(), isSampled: true)
        func begin(_ name: String, of principal: String) -> Trace {
            let trace = Trace(id: caller.trace, sink: kept, principal: principal, caller: caller)
            _ = trace.begin(name) { "in" }
            return trace
        }
        let calls = [begin("first", of: "alice"), begin("second", of: "alice"), begin("other", of: "bob")]
        func names(_ state: TraceSummary.State) async throws -> Set<String> {
            var query = TraceQuery()
            (query.principal, query.state) = ("alice", state)
            return Set(try await kept.page(query).rows.map(\.name))
        }
        #expect(try await names(.running) == ["first", "second"])
        calls[0].end(.stopped)
        #expect(try await names(.running) == ["second"])
        #expect(try await names(.ok) == ["first"])
        for call in calls.dropFirst() { call.end(.stopped) }
        for isWritten in [false, true] {
            if isWritten {
                kept.finish()
                await kept.run()
                #expect(store.count == 3)
            }
            #expect(try await names(.ok) == ["first", "second"])
            for (call, name) in zip(calls, ["first", "second"]) {
                let reference = TraceReference(call.id, root: call.rootID)
                let row = try await kept.trace(reference, of: "alice")?.row
                #expect(row?.name == name)
                #expect(row?.reference == reference)
                #expect(try await kept.position(of: reference, principal: "alice") == row?.position)
            }
            #expect(try await kept.trace(TraceReference(caller.trace, root: calls[2].rootID), of: "alice") == nil)
            #expect(try await kept.trace(TraceReference(caller.trace), of: "bob")?.row.name == "other")
            let newest = try await kept.trace(TraceReference(caller.trace), of: "alice")?.row
            #expect(newest == (try await kept.page(TraceQuery())).rows.first { $0.principal == "alice" })
        }
    }

    @Test(
        "by their bare id are the call that began the trace, before newer ones that go on with it",
        arguments: [0, 1, 2])
    func ranks(waiting: Int) async throws {
        let kept = kept()
        let id = TraceID.random()
        func sample(_ root: UInt64, isRemote: Bool) -> FinishedTrace {
            var trace = FinishedTrace.sample(root, at: root)
            (trace.id, trace.isRemote) = (id, isRemote)
            return trace
        }
        let traces = [sample(1, isRemote: false), sample(2, isRemote: true)]
        // Some are written, others not yet.
        try await store.insert(traces.dropFirst(waiting).compactMap { KeptTrace($0) })
        for trace in traces.prefix(waiting) { kept.take(trace) }
        let found = try #require(try await kept.trace(TraceReference(id), of: nil)?.row)
        #expect(found.root.value == 1)
        #expect(found.reference == TraceReference(id))
        #expect(try await kept.position(of: TraceReference(id), principal: nil) == found.position)
        let newer = try #require(try await kept.trace(TraceReference(id, root: SpanID(value: 2)), of: nil)?.row)
        #expect(newer.root.value == 2)
        // Its root may be named as well.
        #expect(try await kept.trace(TraceReference(id, root: found.root), of: nil)?.row == found)
    }

    @Test("have a document that is cut where it would be too large")
    func size() throws {
        var trace = FinishedTrace.sample(1, at: 1)
        trace.spans[0].attributes["large"] = .string(String(repeating: "ä", count: 9 << 20))
        trace.spans[0].attributes["small"] = [1, 2]
        let kept = try #require(KeptTrace(trace))
        #expect(kept.body.count < 10_000)
        let attributes = try JSON(parsing: kept.body)["spans"]?[0]?["attributes"]
        #expect(attributes?["small"] == [1, 2])
        #expect(attributes?["large"]?.stringValue?.hasSuffix("ä...") == true)
    }
}

extension FinishedTrace {
    fileprivate static func sample(
        _ number: UInt64, of principal: String = "alice", at time: UInt64, weight: Int = 1_024
    ) -> FinishedTrace {
        let span = FinishedSpan(
            id: SpanID(value: number), parent: nil, name: "agent", type: .unknown, start: time * 1_000_000,
            end: (time + 1) * 1_000_000)
        var trace = FinishedTrace(id: TraceID(high: 0, low: number), spans: [span], principal: principal)
        trace.weight = weight
        return trace
    }
}

/// A store of traces in memory.
private final class MemoryTraceStore: TraceStore {
    private struct State {
        var traces: [TraceReference: KeptTrace] = [:]
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.traces.count } }

    func fail(with error: any Error) { state.withLock { $0.failure = error } }

    func insert(_ traces: [KeptTrace]) async throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            for trace in traces { state.traces[trace.row.reference] = trace }
        }
    }

    func traces(_ query: TraceQuery) async throws -> [TraceRow] {
        let all = state.withLock { $0.traces.values.map(\.row) }
        let rows = all.filter { row in
            if let principal = query.principal, row.principal != principal { return false }
            if let state = query.state, row.state != state { return false }
            if let after = query.after, row.position >= after { return false }
            return query.times.contains(row.requestTime)
        }
        return Array(rows.sorted { $0.position > $1.position }.prefix(query.limit))
    }

    func trace(_ reference: TraceReference, of principal: String?) async throws -> KeptTrace? {
        let all = state.withLock { Array($0.traces.values) }
        let meant = all.filter { trace in
            trace.row.id == reference.trace && reference.root ?? trace.row.root == trace.row.root
                && principal ?? trace.row.principal == trace.row.principal
        }
        return meant.max { $0.row.rank < $1.row.rank }
    }

    func row(_ reference: TraceReference, of principal: String?) async throws -> TraceRow? {
        try await trace(reference, of: principal)?.row
    }
}
