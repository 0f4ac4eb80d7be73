import AgentRuns
import AgentStore
import TestSupport
import Testing

@Suite("Writing")
struct WritingTests {
    @Test("makes one commit of what gathers during another", arguments: Place.allCases)
    func groupCommit(place: Place) async throws {
        try await place.withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let before = store.commitCount
                try await store.whileWriterWaits {
                    for number in 1...100 {
                        group.addTask { try await store.insert(.sample("resp_\(number)")) }
                    }
                    try await store.waits(for: 100)
                }
                try await group.waitForAll()
                #expect(store.commitCount - before == 2)
            }
            #expect(try await store.integer("SELECT count(*) FROM runs") == 100)
        }
    }

    @Test("commits at once where nobody else writes", arguments: Place.allCases)
    func oneByOne(place: Place) async throws {
        try await place.withStore { store in
            let before = store.commitCount
            for number in 1...5 { try await store.insert(.sample("resp_\(number)")) }
            #expect(store.commitCount - before == 5)
        }
    }

    @Test("is not disturbed by an operation that fails", arguments: Place.allCases)
    func failureInBatch(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_3"))
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
            let codes = try await withThrowingTaskGroup(of: (Int, StoreError.Code?).self) { group in
                try await store.whileWriterWaits {
                    for number in 1...6 {
                        // The third one is there already, the fifth one's second item as well.
                        let items: [ConversationItem] =
                            number == 5 ? [.sample("msg_5"), .sample("msg_1")] : [.sample("msg_0\(number)")]
                        group.addTask {
                            (
                                number,
                                await code {
                                    try await store.insert(
                                        .sample(
                                            "resp_\(number)", conversation: "conv_1", items: ["out_\(number)"],
                                            conversationItems: items))
                                }
                            )
                        }
                        try await store.waits(for: number)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(codes == [3: .duplicate, 5: .duplicate])
            let items = try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 1000)
            #expect(items?.map(\.id) == ["msg_1", "msg_01", "msg_02", "msg_04", "msg_06"])
            for number in 1...6 {
                let isThere = try await store.run("resp_\(number)", of: "alice") != nil
                #expect(isThere == (number != 5))
                let isHeld = try await store.holder(ofItem: "out_\(number)", of: "alice") != nil
                #expect(isHeld == ![3, 5].contains(number))
            }
        }
    }

    @Test("refuses what is more than may wait", arguments: Place.allCases)
    func countBound(place: Place) async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.maximumWaitingWrites = 2
        try await place.withStore(configuration: configuration) { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await store.whileWriterWaits {
                    for number in 1...2 { group.addTask { try await store.insert(.sample("resp_\(number)")) } }
                    try await store.waits(for: 2)
                    #expect(await code { try await store.insert(.sample("resp_3")) } == .overloaded)
                }
                try await group.waitForAll()
            }
            #expect(try await store.run("resp_2", of: "alice") != nil)
            #expect(try await store.run("resp_3", of: "alice") == nil)
            try await store.insert(.sample("resp_3"))
        }
    }

    @Test("refuses more bytes than may wait, but takes what is large alone", arguments: Place.allCases)
    func byteBound(place: Place) async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.maximumWaitingBytes = 10_000
        try await place.withStore(configuration: configuration) { store in
            let large = String(repeating: "x", count: 20_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await store.whileWriterWaits {
                    group.addTask { try await store.insert(.sample("resp_1", result: large)) }
                    try await store.waits(for: 1)
                    #expect(await code { try await store.insert(.sample("resp_2")) } == .overloaded)
                }
                try await group.waitForAll()
            }
            #expect(try await store.run("resp_1", of: "alice")?.result?.count == 20_000)
            try await store.insert(.sample("resp_2"))
        }
    }

    @Test("drops what waits when its caller is cancelled", arguments: Place.allCases)
    func cancelledWaiting(place: Place) async throws {
        try await place.withStore { store in
            try await store.whileWriterWaits {
                let task = Task { await code { try await store.insert(.sample("resp_1")) } }
                try await store.waits(for: 1)
                task.cancel()
                // The writer is still held up: nobody waits for it.
                #expect(await task.value == .cancelled)
            }
            try await store.insert(.sample("resp_2"))
            #expect(try await store.run("resp_1", of: "alice") == nil)
        }
    }

    @Test("lets go of a caller that is cancelled during its commit, and commits", arguments: Place.allCases)
    func cancelledInCommit(place: Place) async throws {
        try await place.withStore { store in
            let door = Door()
            let task = Task { await code { try await store.occupyWriter { door.wait() } } }
            try await door.reached()
            task.cancel()
            #expect(await task.value == .cancelled)
            let before = store.commitCount
            door.open()
            try await store.insert(.sample("resp_1"))
            #expect(store.commitCount == before + 2)
        }
    }

    @Test("does nothing for a caller that is cancelled already", arguments: Place.allCases)
    func cancelledBefore(place: Place) async throws {
        try await place.withStore { store async throws in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                let write = await code { try await store.insert(.sample("resp_1")) }
                let read = await code { _ = try await store.run("resp_1", of: "alice") }
                return (write, read)
            }
            task.cancel()
            let (write, read) = await task.value
            #expect(write == .cancelled)
            #expect(read == .cancelled)
            #expect(try await store.run("resp_1", of: "alice") == nil)
        }
    }

    @Test("fails while the disk is full, and works again when it is not", arguments: Place.allCases)
    func diskFull(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("resp_0"))
            // SQLite takes the size that there is where that is more.
            try await store.execute("PRAGMA max_page_count = 1")
            let large = String(repeating: "x", count: 100_000)
            let codes = try await withThrowingTaskGroup(of: StoreError.Code?.self) { group in
                try await store.whileWriterWaits {
                    for number in 1...3 {
                        group.addTask {
                            await code { try await store.insert(.sample("resp_\(number)", result: large)) }
                        }
                    }
                    try await store.waits(for: 3)
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == [.unavailable, .unavailable, .unavailable])
            #expect(try await store.run("resp_0", of: "alice") != nil)
            #expect(try await store.run("resp_1", of: "alice") == nil)
            try await store.execute("PRAGMA max_page_count = 1000000")
            try await store.insert(.sample("resp_1", result: large))
            #expect(try await store.run("resp_1", of: "alice")?.result?.count == 100_000)
            #expect(
                try await store.integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1
            )
        }
    }

    @Test("ends with the store; what waits is still written")
    func close() async throws {
        try await TemporaryFolder.with { folder in
            let location = SQLiteStore.Location.file(folder.path + "/runs.db")
            let clock = TestClock()
            let store = try SQLiteStore(location, now: { clock.now })
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await store.whileWriterWaits {
                    group.addTask { try await store.insert(.sample("resp_1")) }
                    try await store.waits(for: 1)
                    group.addTask { await store.close() }
                    // Refused from the moment that it closes, which is when reads are, too.
                    try await waitWhile {
                        await code(of: { _ = try await store.run("resp_0", of: "alice") }) != .unavailable
                    }
                    #expect(await code { try await store.insert(.sample("resp_2")) } == .unavailable)
                }
                try await group.waitForAll()
            }
            await store.close()
            try await use(location) { store async throws in
                #expect(try await store.run("resp_1", of: "alice") != nil)
                #expect(try await store.run("resp_2", of: "alice") == nil)
            }
        }
    }
}
