import AgentRuns
import AgentStore
import TestSupport
import Testing

@Suite("What is kept")
struct RetentionTests {
    private func ids(_ store: SQLiteStore, _ candidates: [String]) async throws -> [String] {
        var found: [String] = []
        for id in candidates
        where try await store.integer("SELECT count(*) FROM runs WHERE run_id = '\(id)'") == 1 {
            found.append(id)
        }
        return found
    }

    @Test("is seven days old at most", arguments: Place.allCases)
    func age(place: Place) async throws {
        let clock = TestClock()
        try await place.withStore(clock: clock) { store in
            try await store.insert(.sample("resp_1", events: [.sample(0...1)], items: ["msg_1"], at: clock.now))
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
            clock.advance(by: .seconds(7 * 24 * 3600) - .milliseconds(1))
            try await store.sweep()
            #expect(try await store.run("resp_1", of: "alice") != nil)
            #expect(try await store.conversation("conv_1", of: "alice") != nil)

            clock.advance(by: .milliseconds(1))
            // Before anything is swept.
            #expect(try await store.run("resp_1", of: "alice") == nil)
            #expect(try await store.holder(ofItem: "msg_1", of: "alice") == nil)
            #expect(try await store.chain(to: "resp_1", of: "alice", maximumBytes: 1000) == nil)
            #expect(try await store.deleteRun("resp_1", of: "alice") == false)
            #expect(try await store.conversation("conv_1", of: "alice") == nil)
            #expect(try await store.append([], to: "conv_1", of: "alice") == false)
            #expect(try await store.integer("SELECT count(*) FROM runs") == 1)
            try await store.sweep()
            for table in ["runs", "run_events", "run_items", "conversations", "conversation_items"] {
                #expect(try await store.integer("SELECT count(*) FROM \(table)") == 0)
            }
        }
    }

    @Test("of a conversation counts from its last change", arguments: Place.allCases)
    func conversations(place: Place) async throws {
        let clock = TestClock()
        var configuration = SQLiteStore.Configuration()
        configuration.maximumAge = .seconds(10)
        try await place.withStore(configuration: configuration, clock: clock) { store in
            for id in ["conv_0", "conv_1", "conv_2", "conv_3", "conv_4"] {
                try await store.insert(.sample(id), items: [.sample("msg_1")])
            }
            clock.advance(by: .seconds(6))
            #expect(try await store.append([.sample("msg_2")], to: "conv_1", of: "alice"))
            #expect(try await store.update("conv_2", of: "alice", metadata: []) != nil)
            #expect(try await store.deleteItem("msg_1", of: "conv_3", of: "alice"))
            try await store.insert(.sample("resp_1", conversation: "conv_4", at: clock.now))
            clock.advance(by: .seconds(6))
            try await store.sweep()
            #expect(try await store.conversation("conv_0", of: "alice") == nil)
            for id in ["conv_1", "conv_2", "conv_3", "conv_4"] {
                #expect(try await store.conversation(id, of: "alice") != nil)
            }
            #expect(try await store.integer("SELECT count(*) FROM conversations") == 4)
        }
    }

    @Test("of a living chain is all of it", arguments: Place.allCases)
    func chains(place: Place) async throws {
        let clock = TestClock()
        var configuration = SQLiteStore.Configuration()
        configuration.maximumAge = .seconds(10)
        try await place.withStore(configuration: configuration, clock: clock) { store in
            // 1 ← 2 ← 3, 2 ← 4, and 5 alone.
            try await store.insert(.sample("resp_1", at: clock.now))
            try await store.insert(.sample("resp_2", previous: "resp_1", at: clock.now))
            try await store.insert(.sample("resp_4", previous: "resp_2", at: clock.now))
            try await store.insert(.sample("resp_5", at: clock.now))
            clock.advance(by: .seconds(6))
            try await store.insert(.sample("resp_3", previous: "resp_2", at: clock.now))
            clock.advance(by: .seconds(6))
            try await store.sweep()
            let all = (1...5).map { "resp_\($0)" }
            #expect(try await ids(store, all) == ["resp_1", "resp_2", "resp_3"])
            #expect(try await store.run("resp_1", of: "alice") == nil)
            let chain = try await store.chain(to: "resp_3", of: "alice", maximumBytes: 1000)
            #expect(chain?.map(\.id) == ["resp_1", "resp_2", "resp_3"])
            clock.advance(by: .seconds(6))
            try await store.sweep()
            #expect(try await ids(store, all) == [])
        }
    }

    @Test("goes in batches, all of it", arguments: Place.allCases)
    func batches(place: Place) async throws {
        let clock = TestClock()
        try await place.withStore(clock: clock) { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...1200 {
                    let previous = number.isMultiple(of: 3) ? nil : "resp_\(number + 1)"
                    group.addTask { try await store.insert(.sample("resp_\(number)", previous: previous)) }
                }
                try await group.waitForAll()
            }
            clock.advance(by: .seconds(8 * 24 * 3600))
            let before = store.commitCount
            try await store.sweep()
            #expect(store.commitCount - before >= 3)
            #expect(try await store.integer("SELECT count(*) FROM runs") == 0)
        }
    }

    @Test("has a size: what has rested longest goes first", arguments: Place.allCases)
    func size(place: Place) async throws {
        let clock = TestClock()
        var configuration = SQLiteStore.Configuration()
        configuration.maximumBytes = 1_040_000
        try await place.withStore(configuration: configuration, clock: clock) { store in
            let large = String(repeating: "x", count: 100_000)
            for number in 1...15 {
                clock.advance(by: .seconds(1))
                // The last one continues the first.
                let previous = number == 15 ? "resp_1" : nil
                try await store.insert(.sample("resp_\(number)", previous: previous, result: large, at: clock.now))
            }
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
            try await store.sweep()
            let left = try await ids(store, (1...15).map { "resp_\($0)" })
            // Nine fit in, beside the schema's pages.
            #expect(left == ["resp_1"] + (8...15).map { "resp_\($0)" })
            #expect(try await store.conversation("conv_1", of: "alice") != nil)
            let pages = try await store.integer("SELECT count(*) FROM runs")
            #expect(pages == 9)
            try await store.sweep()
            #expect(try await store.integer("SELECT count(*) FROM runs") == 9)
        }
    }

    @Test("may be a chain that is too large: it goes from its end", arguments: Place.allCases)
    func largeChain(place: Place) async throws {
        let clock = TestClock()
        var configuration = SQLiteStore.Configuration()
        configuration.maximumBytes = 600_000
        try await place.withStore(configuration: configuration, clock: clock) { store in
            let large = String(repeating: "x", count: 100_000)
            for number in 1...8 {
                clock.advance(by: .seconds(1))
                try await store.insert(
                    .sample(
                        "resp_\(number)", previous: number > 1 ? "resp_\(number - 1)" : nil, result: large,
                        at: clock.now))
            }
            try await store.sweep()
            let left = try await ids(store, (1...8).map { "resp_\($0)" })
            #expect(left == (1...5).map { "resp_\($0)" })
        }
    }

    @Test("is swept for as long as somebody does")
    func service() async throws {
        let clock = TestClock()
        try await Place.memory.withStore(clock: clock) { store in
            try await store.insert(.sample("resp_1"))
            clock.advance(by: .seconds(8 * 24 * 3600))
            let sweeps = Task { await store.runSweeps(every: .seconds(3600)) }
            try await waitWhile { try await store.integer("SELECT count(*) FROM runs") != 0 }
            sweeps.cancel()
            await sweeps.value
        }
    }

    @Test("never expires where the age is beyond all bounds")
    func endlessAge() async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.maximumAge = .seconds(Int64.max)
        try await Place.memory.withStore(configuration: configuration) { store in
            try await store.insert(.sample("resp_1", at: RunTime(milliseconds: 0)))
            try await store.sweep()
            #expect(try await store.run("resp_1", of: "alice") != nil)
        }
    }
}
