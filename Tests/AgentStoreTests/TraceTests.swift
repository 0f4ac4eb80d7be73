import AgentRuns
import MLflowTracing
import TestSupport
import Testing

@testable import AgentStore

@Suite("Traces in a store")
struct TraceTests {
    private func list(_ store: SQLiteStore, _ change: (inout TraceQuery) -> Void = { _ in }) async throws -> [UInt64] {
        var query = TraceQuery()
        change(&query)
        return try await store.traces(query).map(\.id.low)
    }

    @Test("come back as they were kept", arguments: Place.allCases)
    func whole(place: Place) async throws {
        try await place.withStore { store in
            let row = TraceRow(
                id: TraceID(high: 1 << 63, low: 7), root: SpanID(value: 1 << 63), isRemote: true, principal: "al\0ice",
                session: "s", user: "u", name: "agent",
                state: .failed, requestTime: UInt64(TestClock().now.milliseconds), duration: 12,
                usage: TokenUsage(input: 3, output: 4), requestPreview: "hi", responsePreview: nil)
            try await store.insert([KeptTrace(row: row, body: Array(#"{"spans":[]}"#.utf8))])
            let found = try #require(try await store.trace(row.reference, of: "al\0ice"))
            #expect(found.row == row)
            #expect(found.body == Array(#"{"spans":[]}"#.utf8))
            #expect(try await store.traces(TraceQuery()) == [row])
            #expect(try await store.trace(row.reference, of: nil)?.row == row)
            #expect(try await store.trace(row.reference, of: "al") == nil)
            #expect(try await store.trace(TraceReference(TraceID(high: 0, low: 7)), of: nil) == nil)
        }
    }

    @Test("are found by principal, session, state and time, the newest first", arguments: Place.allCases)
    func queries(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert([
                .sample(1, at: 0), .sample(2, of: "bob", at: 10), .sample(3, session: "s", at: 20),
                .sample(4, session: "s", state: .failed, at: 30), .sample(5, of: "bob", session: "s", at: 40),
            ])
            #expect(try await list(store) == [5, 4, 3, 2, 1])
            #expect(try await list(store) { $0.principal = "bob" } == [5, 2])
            #expect(try await list(store) { $0.session = "s" } == [5, 4, 3])
            #expect(try await list(store) { ($0.principal, $0.session) = ("alice", "s") } == [4, 3])
            #expect(try await list(store) { $0.state = .failed } == [4])
            #expect(try await list(store) { $0.state = .ok } == [5, 3, 2, 1])
            #expect(try await list(store) { $0.state = .running } == [])
            let start = UInt64(TestClock().now.milliseconds)
            #expect(try await list(store) { $0.times = (start + 10)...(start + 30) } == [4, 3, 2])
        }
    }

    @Test("come page by page, also those of the same time", arguments: Place.allCases)
    func pages(place: Place) async throws {
        try await place.withStore { store in
            // In no order, and four of them at once.
            try await store.insert([3, 1, 4, 2].map { .sample($0, at: 5) } + [.sample(9, at: 1), .sample(8, at: 7)])
            var seen: [UInt64] = []
            var query = TraceQuery()
            query.limit = 2
            while true {
                let page = try await store.traces(query)
                guard let last = page.last else { break }
                seen += page.map(\.id.low)
                query.after = try await store.row(last.reference, of: "alice")?.position
                #expect(query.after == last.position)
            }
            #expect(seen == [8, 4, 3, 2, 1, 9])
            #expect(try await store.row(TraceReference(TraceID(high: 0, low: 1)), of: "bob") == nil)
        }
    }

    @Test("replace others of the same id and root")
    func twice() async throws {
        try await Place.memory.withStore { store in
            try await store.insert([.sample(1, at: 0)])
            try await store.insert([.sample(1, state: .failed, at: 0)])
            #expect(try await store.traces(TraceQuery()).map(\.state) == [.failed])
        }
    }

    @Test("that have one caller's id are apart by their roots", arguments: Place.allCases)
    func callers(place: Place) async throws {
        try await place.withStore { store in
            let id = TraceID(high: 0, low: 1)
            let others = [(2, "alice", 5), (3, "alice", 5), (4, "bob", 7)] as [(UInt64, String, UInt64)]
            try await store.insert(others.map { .sample(1, root: $0.0, isRemote: true, of: $0.1, at: $0.2) })
            func root(_ reference: TraceReference, of principal: String?) async throws -> UInt64? {
                let found = try await store.trace(reference, of: principal)?.row
                #expect(try await store.row(reference, of: principal) == found)
                return found?.root.value
            }
            #expect(try await root(TraceReference(id), of: "alice") == 3)
            #expect(try await root(TraceReference(id), of: nil) == 4)
            #expect(try await root(TraceReference(id, root: SpanID(value: 2)), of: "alice") == 2)
            #expect(try await root(TraceReference(id, root: SpanID(value: 4)), of: "alice") == nil)
            var query = TraceQuery()
            query.principal = "alice"
            // Of one time and one id.
            query.limit = 1
            let first = try #require(try await store.traces(query).first)
            query.after = first.position
            #expect(try await store.traces(query).map(\.root.value) == [2])
            // The call that began the trace, though it is older.
            try await store.insert([.sample(1, of: "alice", at: 1)])
            #expect(try await root(TraceReference(id), of: "alice") == 1)
        }
    }

    @Test("of a store that an earlier version has made are there, with their roots")
    func migration() async throws {
        try await TemporaryFolder.with { folder in
            let location = SQLiteStore.Location.file(folder.path + "/traces.db")
            let old = try SQLiteStore(location, migrations: Array(Migration.all.prefix(3)), now: { TestClock().now })
            var own = FinishedTrace(
                id: TraceID(high: 0, low: 1),
                spans: [
                    FinishedSpan(
                        id: SpanID(value: 10), parent: nil, name: "agent", type: .unknown,
                        start: UInt64(TestClock().now.milliseconds) * 1_000_000,
                        end: UInt64(TestClock().now.milliseconds) * 1_000_000)
                ])
            // What looks like the beginning of the spans and is none.
            own.annotations.tags["t"] = #""spans":[{"span_id":"0123456789abcdef"#
            var remote = own
            (remote.id, remote.isRemote) = (TraceID(high: 0, low: 2), true)
            (remote.spans[0].id, remote.spans[0].parent) = (SpanID(value: 1 << 63), SpanID(value: 3))
            let kept = [own, remote].compactMap { KeptTrace($0) }
            for trace in kept {
                let body = trace.body.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                try await old.execute(
                    """
                    INSERT INTO traces (trace_id, principal, name, state, request_time, duration, body) VALUES
                    (x'\(trace.row.id.hex)', '', 'agent', 'OK', \(trace.row.requestTime), 0, x'\(body)')
                    """)
            }
            await old.close()
            let store = try SQLiteStore(location) { TestClock().now }
            #expect(try await store.traces(TraceQuery()) == [kept[1].row, kept[0].row])
            for trace in kept {
                #expect(try await store.trace(trace.row.reference, of: "")?.body == trace.body)
            }
            await store.close()
        }
    }

    @Test("expire seven days after their requests", arguments: Place.allCases)
    func age(place: Place) async throws {
        let clock = TestClock()
        try await place.withStore(clock: clock) { store in
            try await store.insert([.sample(1, at: 0), .sample(2, at: 10)])
            clock.advance(by: .seconds(7 * 24 * 3600) + .milliseconds(5))
            // Before anything is swept.
            #expect(try await list(store) == [2])
            #expect(try await store.trace(TraceReference(TraceID(high: 0, low: 1)), of: nil) == nil)
            try await store.sweep()
            #expect(try await store.integer("SELECT count(*) FROM traces") == 1)
        }
    }

    @Test("are kept up to a number, the newest ones", arguments: Place.allCases)
    func count(place: Place) async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.maximumTraces = 700
        try await place.withStore(configuration: configuration) { store in
            try await store.insert((1...1300).map { .sample($0, at: $0) })
            try await store.sweep()
            #expect(try await store.integer("SELECT count(*) FROM traces") == 700)
            #expect(
                try await store.integer("SELECT min(request_time) FROM traces") == TestClock().now.milliseconds + 601)
        }
    }

    @Test("do not pile up between sweeps")
    func trimming() async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.maximumTraces = 100
        try await Place.memory.withStore(configuration: configuration) { store in
            for batch in 0..<60 {
                try await store.insert((1...20).map { .sample(UInt64(batch * 20) + $0, at: UInt64(batch * 20) + $0) })
            }
            #expect(try await store.integer("SELECT count(*) FROM traces") ?? 0 <= 200)
            #expect(try await list(store) { $0.limit = 1 } == [1200])
        }
    }

    @Test("count in the store's size, and go with what has rested longest", arguments: Place.allCases)
    func size(place: Place) async throws {
        let clock = TestClock()
        var configuration = SQLiteStore.Configuration()
        configuration.maximumBytes = 1_000_000
        try await place.withStore(configuration: configuration, clock: clock) { store in
            for number in 1...12 {
                try await store.insert([.sample(UInt64(number), at: UInt64(number), bytes: 100_000)])
            }
            clock.advance(by: .seconds(1))
            try await store.insert(.sample("resp_1", at: clock.now))
            try await store.sweep()
            let left = try await list(store)
            #expect(left.first == 12)
            #expect((5...9).contains(left.count))
            #expect(try await store.run("resp_1", of: "alice") != nil)
        }
    }
}

extension KeptTrace {
    /// A trace of a request so many milliseconds after the clock's beginning.
    fileprivate static func sample(
        _ number: UInt64, root: UInt64 = 1, isRemote: Bool = false, of principal: String = "alice",
        session: String? = nil, state: TraceSummary.State = .ok,
        at time: UInt64, bytes: Int = 20
    ) -> KeptTrace {
        KeptTrace(
            row: TraceRow(
                id: TraceID(high: 0, low: number), root: SpanID(value: root), isRemote: isRemote, principal: principal,
                session: session, name: "agent", state: state,
                requestTime: UInt64(TestClock().now.milliseconds) + time, duration: 1),
            body: Array(repeating: 0x20, count: bytes))
    }
}
