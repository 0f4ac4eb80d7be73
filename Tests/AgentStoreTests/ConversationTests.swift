import AgentRuns
import AgentStore
import Testing

@Suite("Conversations")
struct ConversationTests {
    @Test("come back as they were, and change their labels", arguments: Place.allCases)
    func metadata(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: [])
            let stored = try #require(try await store.conversation("conv_1", of: "alice"))
            #expect(stored.id == "conv_1")
            #expect(stored.principal == "alice")
            #expect(stored.metadata == Array(#"{"topic":"a"}"#.utf8))
            #expect(stored.createdAt == TestClock().now)
            let changed = try await store.update("conv_1", of: "alice", metadata: [7])
            #expect(changed?.metadata == [7])
            #expect(changed?.createdAt == stored.createdAt)
            #expect(try await store.conversation("conv_1", of: "alice")?.metadata == [7])
            #expect(try await store.update("conv_2", of: "alice", metadata: [7]) == nil)
            #expect(try await store.conversation("conv_2", of: "alice") == nil)
        }
    }

    @Test("are there once", arguments: Place.allCases)
    func duplicate(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
            #expect(await code { try await store.insert(.sample("conv_1"), items: []) } == .duplicate)
            #expect(
                await code { try await store.insert(.sample("conv_2"), items: [.sample("a"), .sample("a")]) }
                    == .duplicate)
            #expect(try await store.conversation("conv_2", of: "alice") == nil)
        }
    }

    @Test("are nobody else's", arguments: Place.allCases)
    func isolation(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
            let page = ItemPageRequest(isAscending: true, limit: 10)
            #expect(try await store.conversation("conv_1", of: "bob") == nil)
            #expect(try await store.update("conv_1", of: "bob", metadata: []) == nil)
            #expect(try await store.deleteConversation("conv_1", of: "bob") == false)
            #expect(try await store.append([.sample("msg_2")], to: "conv_1", of: "bob") == false)
            #expect(try await store.items(of: "conv_1", of: "bob", page: page) == nil)
            #expect(try await store.allItems(of: "conv_1", of: "bob", maximumBytes: 1000) == nil)
            #expect(try await store.item("msg_1", of: "conv_1", of: "bob") == nil)
            #expect(try await store.conversationItem("msg_1", of: "bob") == nil)
            #expect(try await store.deleteItem("msg_1", of: "conv_1", of: "bob") == false)
            #expect(
                await code { try await store.insert(.sample("resp_1", of: "bob", conversation: "conv_1")) }
                    == .conversationNotFound)
            #expect(try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 1000) == [.sample("msg_1")])
        }
    }

    @Test("let their items be found without them, the latest of an id", arguments: Place.allCases)
    func itemsOfAny(place: Place) async throws {
        let clock = TestClock()
        try await place.withStore(clock: clock) { store in
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1", "1"), .sample("msg_2", "2")])
            try await store.insert(.sample("conv_2", of: "bob"), items: [.sample("msg_1", "his")])
            try await store.insert(.sample("conv_3"), items: [.sample("msg_1", "3")])
            #expect(try await store.conversationItem("msg_1", of: "alice") == .sample("msg_1", "3"))
            #expect(try await store.conversationItem("msg_2", of: "alice") == .sample("msg_2", "2"))
            #expect(try await store.conversationItem("msg_3", of: "alice") == nil)
            _ = try await store.deleteItem("msg_2", of: "conv_1", of: "alice")
            _ = try await store.deleteConversation("conv_3", of: "alice")
            #expect(try await store.conversationItem("msg_1", of: "alice") == .sample("msg_1", "1"))
            #expect(try await store.conversationItem("msg_2", of: "alice") == nil)
            clock.advance(by: .seconds(8 * 24 * 3600))
            #expect(try await store.conversationItem("msg_1", of: "alice") == nil)
        }
    }

    @Test("keep their items in order, each once", arguments: Place.allCases)
    func items(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: [.sample("b", "1"), .sample("a", "2")])
            try await store.insert(.sample("conv_2"), items: [.sample("a", "9")])
            #expect(try await store.append([.sample("c", "3")], to: "conv_1", of: "alice"))
            #expect(
                await code { _ = try await store.append([.sample("d"), .sample("a")], to: "conv_1", of: "alice") }
                    == .duplicate)
            #expect(try await store.append([.sample("d")], to: "conv_3", of: "alice") == false)
            let all: [ConversationItem] = [.sample("b", "1"), .sample("a", "2"), .sample("c", "3")]
            #expect(try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 3) == all)
            #expect(
                await code { _ = try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 2) } == .tooLarge)
            #expect(try await store.item("a", of: "conv_1", of: "alice") == .sample("a", "2"))
            #expect(try await store.item("d", of: "conv_1", of: "alice") == nil)
            #expect(try await store.allItems(of: "conv_3", of: "alice", maximumBytes: 1000) == nil)

            // The last one's place is free again; what comes then is still the last.
            #expect(try await store.deleteItem("c", of: "conv_1", of: "alice"))
            #expect(try await store.deleteItem("c", of: "conv_1", of: "alice") == false)
            #expect(try await store.append([.sample("e", "5")], to: "conv_1", of: "alice"))
            let left = try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 1000)
            #expect(left?.map(\.id) == ["b", "a", "e"])
            #expect(try await store.allItems(of: "conv_2", of: "alice", maximumBytes: 1000)?.map(\.id) == ["a"])
        }
    }

    @Test("give their items in pages", arguments: Place.allCases)
    func pages(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: (1...5).map { .sample("msg_\($0)") })
            func page(_ isAscending: Bool, _ limit: Int, after: String? = nil) async throws -> [String] {
                let request = ItemPageRequest(isAscending: isAscending, limit: limit, after: after)
                let page = try #require(try await store.items(of: "conv_1", of: "alice", page: request))
                return page.items.map(\.id) + (page.hasMore ? ["…"] : [])
            }
            #expect(try await page(true, 2) == ["msg_1", "msg_2", "…"])
            #expect(try await page(true, 2, after: "msg_2") == ["msg_3", "msg_4", "…"])
            #expect(try await page(true, 2, after: "msg_4") == ["msg_5"])
            #expect(try await page(true, 5) == ["msg_1", "msg_2", "msg_3", "msg_4", "msg_5"])
            #expect(try await page(true, 5, after: "msg_5") == [])
            #expect(try await page(false, 2) == ["msg_5", "msg_4", "…"])
            #expect(try await page(false, .max, after: "msg_3") == ["msg_2", "msg_1"])
            #expect(try await page(false, -1) == ["…"])
            #expect(await code { _ = try await page(true, 2, after: "msg_9") } == .itemNotFound)
            let request = ItemPageRequest(isAscending: true, limit: 2)
            #expect(try await store.items(of: "conv_2", of: "alice", page: request) == nil)
        }
    }

    @Test("go with their items", arguments: Place.allCases)
    func deletion(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
            #expect(try await store.deleteConversation("conv_1", of: "alice"))
            #expect(try await store.deleteConversation("conv_1", of: "alice") == false)
            #expect(try await store.conversation("conv_1", of: "alice") == nil)
            #expect(try await store.integer("SELECT count(*) FROM conversation_items") == 0)
        }
    }

    @Test("get the items of a run together with it, or neither", arguments: Place.allCases)
    func runs(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
            try await store.insert(
                .sample("resp_1", conversation: "conv_1", conversationItems: [.sample("msg_2")]))
            #expect(try await store.run("resp_1", of: "alice")?.conversationID == "conv_1")
            #expect(
                await code {
                    try await store.insert(
                        .sample(
                            "resp_2", conversation: "conv_1",
                            conversationItems: [.sample("msg_3"), .sample("msg_1")]))
                } == .duplicate)
            #expect(
                await code { try await store.insert(.sample("resp_3", conversation: "conv_9")) }
                    == .conversationNotFound)
            #expect(
                await code {
                    try await store.insert(
                        .sample("resp_1", conversation: "conv_1", conversationItems: [.sample("msg_4")]))
                } == .duplicate)
            #expect(try await store.run("resp_2", of: "alice") == nil)
            #expect(try await store.run("resp_3", of: "alice") == nil)
            let items = try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 1000)
            #expect(items?.map(\.id) == ["msg_1", "msg_2"])
        }
    }
    @Test("give an item of a run another id where its own is taken, if the run says how", arguments: Place.allCases)
    func renaming(place: Place) async throws {
        try await place.withStore { store in
            try await store.insert(.sample("conv_1"), items: [.sample("a", "1")])
            let plain = FinishedRun.sample(
                "resp_1", conversation: "conv_1", conversationItems: [.sample("a", "2"), .sample("b", "3")])
            var (futile, renaming) = (plain, plain)
            futile.renaming = { _ in .sample("a", "4") }
            renaming.renaming = { ConversationItem(id: $0.id + "2", data: $0.data + $0.data) }
            for run in [plain, futile] {
                #expect(await code { try await store.insert(run) } == .duplicate)
            }
            try await store.insert(renaming)
            let items = try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 1000)
            #expect(items == [.sample("a", "1"), .sample("a2", "22"), .sample("b", "3")])
            #expect(try await store.run("resp_1", of: "alice")?.conversationID == "conv_1")
        }
    }
}
