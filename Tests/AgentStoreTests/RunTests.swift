import AgentRuns
import AgentStore
import Testing

@Suite("Runs that are kept")
struct RunTests {
    @Test("come back as they were", arguments: Place.allCases)
    func wholeRun(place: Place) async throws {
        try await place.withStore { store in
            // Bytes that no JSON library would give back.
            let request = "{\"b\":1.0,\"a\":\"\\u0000\", \"n\":-0}"
            let run = FinishedRun(
                id: "resp_1", surface: "responses", principal: "alice", previousID: "resp_0",
                conversationID: nil, status: .failed, request: Array(request.utf8), requestHash: [9],
                result: [0x7B, 0x00, 0xFF], error: [1], traceID: "tr-7", events: [.sample(0...2), .sample(3...3)],
                itemIDs: ["msg_1"], createdAt: RunTime(milliseconds: 1_799_999_999_001),
                finishedAt: RunTime(milliseconds: 1_799_999_999_999))
            try await store.insert(run)
            let stored = try #require(try await store.run("resp_1", of: "alice"))
            #expect(stored.id == run.id)
            #expect(stored.surface == run.surface)
            #expect(stored.principal == run.principal)
            #expect(stored.previousID == run.previousID)
            #expect(stored.conversationID == nil)
            #expect(stored.status == .failed)
            #expect(stored.request == run.request)
            #expect(stored.result == run.result)
            #expect(stored.error == run.error)
            #expect(stored.traceID == run.traceID)
            #expect(stored.lastSequence == 3)
            #expect(stored.createdAt == run.createdAt)
            #expect(stored.finishedAt == run.finishedAt)
        }
    }

    @Test("have no log, error or bytes where they had none", arguments: Place.allCases)
    func sparseRun(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", request: "", result: ""))
            let stored = try #require(try await store.run("resp_1", of: "alice"))
            #expect(stored.request == [])
            #expect(stored.result == [])
            #expect(stored.error == nil)
            #expect(stored.lastSequence == nil)
            #expect(try await store.events(of: "resp_1", after: -1, maximumBytes: 1000) == [])
        }
    }

    @Test("may have every state", arguments: RunStatus.allCases)
    func states(status: RunStatus) async throws {
        try await Place.memory.withStore { store in
            try await store.insert(.sample("resp_1", status: status))
            #expect(try await store.run("resp_1", of: "alice")?.status == status)
        }
    }

    @Test("are there once", arguments: Place.allCases)
    func duplicate(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", result: "first", items: ["msg_1"]))
            #expect(
                await code { try await store.insert(.sample("resp_1", result: "second", items: ["msg_2"])) }
                    == .duplicate)
            #expect(await code { try await store.insert(.sample("resp_1", of: "bob")) } == .duplicate)
            #expect(try await store.run("resp_1", of: "alice")?.result == Array("first".utf8))
            #expect(try await store.holder(ofItem: "msg_2", of: "alice") == nil)
        }
    }

    @Test("are nobody else's", arguments: Place.allCases)
    func isolation(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", items: ["msg_1"]))
            // The last one is the same to a reader that stops at a NUL.
            for other in ["bob", "", "Alice", "alice\u{0}x"] {
                #expect(try await store.run("resp_1", of: other) == nil)
                #expect(try await store.chain(to: "resp_1", of: other, maximumBytes: 1000) == nil)
                #expect(try await store.holder(ofItem: "msg_1", of: other) == nil)
                #expect(try await store.deleteRun("resp_1", of: other) == false)
            }
            #expect(try await store.run("resp_1\u{0}", of: "alice") == nil)
            #expect(try await store.run("resp_1", of: "alice") != nil)
        }
    }

    @Test("are found by the items of their results, the latest first", arguments: Place.allCases)
    func items(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", items: ["msg_1", "msg_2", "msg_1"]))
            try await store.insert(.sample("resp_2", items: ["msg_1"]))
            #expect(try await store.holder(ofItem: "msg_1", of: "alice") == "resp_2")
            #expect(try await store.holder(ofItem: "msg_2", of: "alice") == "resp_1")
            #expect(try await store.holder(ofItem: "msg_3", of: "alice") == nil)
            #expect(try await store.deleteRun("resp_2", of: "alice"))
            #expect(try await store.holder(ofItem: "msg_1", of: "alice") == "resp_1")
        }
    }

    @Test("are given once for all the items that are looked for, within a size", arguments: Place.allCases)
    func results(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", result: "first", items: ["msg_1", "msg_2", "msg_3"]))
            try await store.insert(.sample("resp_2", result: "second", items: ["msg_3", "msg_4"]))
            try await store.insert(.sample("resp_3", of: "bob", result: "third", items: ["msg_5"]))
            let wanted: Set = ["msg_1", "msg_2", "msg_3", "msg_5", "msg_6"]
            let results = try await store.results(holdingItems: wanted, of: "alice", maximumBytes: 11 + 2 * 15)
                .sorted { $0.runID < $1.runID }
            #expect(results.map(\.runID) == ["resp_1", "resp_2"])
            #expect(results.map { $0.itemIDs.sorted() } == [["msg_1", "msg_2"], ["msg_3"]])
            #expect(results.map(\.data) == [Array("first".utf8), Array("second".utf8)])
            #expect(results.map(\.request) == [Array(#"{"input": "hi"}"#.utf8), Array(#"{"input": "hi"}"#.utf8)])
            let tooLarge = await code {
                _ = try await store.results(holdingItems: wanted, of: "alice", maximumBytes: 10 + 2 * 15)
            }
            #expect(tooLarge == .tooLarge)
        }
    }

    @Test("go with all that is theirs", arguments: Place.allCases)
    func deletion(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", events: [.sample(0...4)], items: ["msg_1"]))
            #expect(try await store.deleteRun("resp_1", of: "alice"))
            #expect(try await store.deleteRun("resp_1", of: "alice") == false)
            #expect(try await store.run("resp_1", of: "alice") == nil)
            #expect(try await store.events(of: "resp_1", after: -1, maximumBytes: 1000) == [])
            #expect(try await store.holder(ofItem: "msg_1", of: "alice") == nil)
            for table in ["runs", "run_events", "run_items"] {
                #expect(try await store.integer("SELECT count(*) FROM \(table)") == 0)
            }
        }
    }

    @Test("give their events from where a reader stands", arguments: Place.allCases)
    func events(place: Place) async throws {
        try await place.withStore { store in
            let segments: [EventSegment] = [.sample(0...3), .sample(4...4), .sample(5...9)]
            try await store.insert(.sample("resp_1", events: segments))
            try await store.insert(.sample("resp_2", events: [.sample(0...0)]))
            func events(after: Int, maximumBytes: Int = 1 << 20) async throws -> [EventSegment] {
                try await store.events(of: "resp_1", after: after, maximumBytes: maximumBytes)
            }
            #expect(try await events(after: -1) == segments)
            #expect(try await events(after: 2) == segments)
            #expect(try await events(after: 3) == Array(segments[1...]))
            #expect(try await events(after: 4) == Array(segments[2...]))
            #expect(try await events(after: 8) == Array(segments[2...]))
            #expect(try await events(after: 9) == [])
            #expect(try await events(after: .max) == [])
            #expect(try await events(after: .min) == segments)
            #expect(try await events(after: -1, maximumBytes: 0) == Array(segments[..<1]))
            #expect(
                try await events(after: -1, maximumBytes: segments[0].data.count + 1) == Array(segments[..<2]))
            #expect(try await store.events(of: "resp_3", after: -1, maximumBytes: 1000) == [])
        }
    }
}
