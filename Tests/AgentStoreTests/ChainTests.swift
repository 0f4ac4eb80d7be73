import AgentRuns
import AgentStore
import Testing

@Suite("The chain of a run")
struct ChainTests {
    @Test("begins with the oldest and ends with the run", arguments: Place.allCases)
    func order(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", result: "1"))
            try await store.insert(.sample("resp_2", previous: "resp_1", result: "2"))
            try await store.insert(.sample("resp_3", previous: "resp_2", result: "3"))
            try await store.insert(.sample("resp_4", previous: "resp_2", result: "4"))
            let chain = try await store.chain(to: "resp_3", of: "alice", maximumBytes: 1000)
            #expect(chain?.map(\.id) == ["resp_1", "resp_2", "resp_3"])
            #expect(chain?.map(\.result) == [Array("1".utf8), Array("2".utf8), Array("3".utf8)])
            #expect(try await store.chain(to: "resp_1", of: "alice", maximumBytes: 1000)?.map(\.id) == ["resp_1"])
            #expect(try await store.chain(to: "resp_9", of: "alice", maximumBytes: 1000) == nil)
        }
    }

    @Test("is broken where a run in it is gone, or another's", arguments: Place.allCases)
    func broken(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1"))
            try await store.insert(.sample("resp_2", previous: "resp_1"))
            try await store.insert(.sample("resp_3", of: "bob", previous: "resp_1"))
            #expect(
                await code { _ = try await store.chain(to: "resp_3", of: "bob", maximumBytes: 1000) } == .chainBroken)
            #expect(try await store.deleteRun("resp_1", of: "alice"))
            #expect(
                await code { _ = try await store.chain(to: "resp_2", of: "alice", maximumBytes: 1000) }
                    == .chainBroken)
            #expect(try await store.run("resp_2", of: "alice") != nil)
        }
    }

    @Test("has at most so many bytes", arguments: Place.allCases)
    func bytes(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_1", request: "12345", result: "12345"))
            try await store.insert(.sample("resp_2", previous: "resp_1", request: "123", result: "45"))
            #expect(try await store.chain(to: "resp_2", of: "alice", maximumBytes: 15)?.count == 2)
            #expect(
                await code { _ = try await store.chain(to: "resp_2", of: "alice", maximumBytes: 14) } == .tooLarge)
        }
    }

    @Test("has at most a thousand runs, and ends where a run continues itself")
    func length() async throws {
        try await Place.memory.withStore { store in
            for number in 1...1001 {
                try await store.insert(
                    .sample("resp_\(number)", previous: number == 1 ? nil : "resp_\(number - 1)"))
            }
            let chain = try await store.chain(to: "resp_1000", of: "alice", maximumBytes: 1 << 20)
            #expect(chain?.count == 1000)
            #expect(
                await code { _ = try await store.chain(to: "resp_1001", of: "alice", maximumBytes: 1 << 20) }
                    == .tooLarge)
            try await store.insert(.sample("resp_0", previous: "resp_0"))
            #expect(
                await code { _ = try await store.chain(to: "resp_0", of: "alice", maximumBytes: 1 << 20) }
                    == .tooLarge)
        }
    }
}
