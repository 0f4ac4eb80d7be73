import AgentServer
import AgentServerTesting
import TestSupport
import Testing

@Suite("What comes before a request")
struct ConversationTests {
    @Test("is the whole chain of responses, in its order, without their settings")
    func chain() async {
        let server = TestAgentServer(MemoryAgent())
        let first = await server.create(["input": "a", "instructions": "Be brief."])
        let second = await server.create(["input": "b", "previous_response_id": .string(first.responseID)])
        #expect(second.outputText == "a|a|b")
        #expect(second.json["previous_response_id"] == .string(first.responseID))
        #expect(second.json["instructions"] == .null)
        let third = await server.createStream(["input": "c", "previous_response_id": .string(second.responseID)])
        #expect(third.outputText == "a|a|b|a|a|b|c")
        // Several responses may go on with the same one.
        let other = await server.create(["input": "d", "previous_response_id": .string(first.responseID)])
        #expect(other.outputText == "a|a|d")
    }

    @Test("has to be there")
    func missing() async {
        let server = TestAgentServer(MemoryAgent())
        let answer = await server.create(["input": "x", "previous_response_id": "resp_missing"])
        #expect(answer.status == 400)
        #expect(answer.errorCode == "previous_response_not_found")
        #expect(answer.errorParam == "previous_response_id")
        let first = await server.create(["input": "a"])
        let second = await server.create(["input": "b", "previous_response_id": .string(first.responseID)])
        _ = await server.send("DELETE", "/responses/\(first.responseID)")
        let broken = await server.create(["input": "c", "previous_response_id": .string(second.responseID)])
        #expect(broken.errorCode == "previous_response_not_found")
        #expect(await server.create(["input": "x", "conversation": "conv_missing"]).status == 404)
    }

    @Test("must hold the call that an output answers")
    func orphans() async {
        let server = TestAgentServer(MemoryAgent())
        let first = await server.create(["input": "a"])
        let orphan: JSON = [["type": "function_call_output", "call_id": "call_none", "output": "y"]]
        let answer = await server.create(["input": orphan, "previous_response_id": .string(first.responseID)])
        #expect(answer.status == 400)
        #expect(answer.errorParam == "input[0].call_id")
    }

    @Test("may be given by references to stored items")
    func references() async {
        let server = TestAgentServer(MemoryAgent())
        let first = await server.create(["input": "a"])
        let id = first.json["output"]?[0]?["id"] ?? .null
        let input: JSON = [["type": "item_reference", "id": id], ["role": "user", "content": "b"]]
        #expect(await server.create(["input": input]).outputText == "a|b")
        let unknown: JSON = [["type": "item_reference", "id": "msg_none"]]
        for path in ["/responses", "/responses/compact", "/responses/input_tokens"] {
            let answer = await server.post(path, ["model": "m", "input": unknown])
            #expect(answer.status == 400)
            #expect(answer.errorCode == "item_not_found")
            #expect(answer.errorParam == "input[0].id")
        }
        // What is counted is the item, not the reference to it.
        let long = String(repeating: "a long text ", count: 100)
        let second = await server.create(["input": .string(long)])
        let reference: JSON = [["type": "item_reference", "id": second.json["output"]?[0]?["id"] ?? .null]]
        let count = await server.post("/responses/input_tokens", ["input": reference])
        #expect(count.json["input_tokens"]?.intValue ?? 0 > 100)
    }

    @Test("may be given by references only as far as its items are short enough")
    func largeReferences() async {
        let agent = ClosureAgent { request, response in
            if request.lastUserText == "a" { try await response.text(String(repeating: "x", count: 100_000)) }
            try await response.text("\(request.input.count)")
        }
        var configuration = AgentServer.Configuration()
        configuration.limits.bodyBytes = 300_000
        let server = TestAgentServer(agent, configuration: configuration)
        let first = await server.create(["input": "a"])
        let reference: JSON = ["type": "item_reference", "id": first.json["output"]?[0]?["id"] ?? .null]
        #expect(await server.create(["input": .array([reference, reference])]).outputText == "2")
        let large = await server.create(["input": .array(Array(repeating: reference, count: 3))])
        #expect(large.status == 400)
        #expect(large.errorCode == "context_length_exceeded")
        #expect(large.errorParam == "input")
        // What comes before counts too.
        let second = await server.create(["input": "a", "previous_response_id": .string(first.responseID)])
        let other = await server.create(["input": "a"])
        let more: JSON = [["type": "item_reference", "id": other.json["output"]?[0]?["id"] ?? .null]]
        let next = await server.create(["input": more, "previous_response_id": .string(second.responseID)])
        #expect(next.errorCode == "context_length_exceeded")
        let many = await server.create(["input": .array(Array(repeating: reference, count: 1001))])
        #expect(many.errorCode == "invalid_value")
        #expect(many.errorParam == "input")
    }

    @Test("may be a conversation, which takes what was said")
    func conversations() async {
        let server = TestAgentServer(MemoryAgent())
        let items: JSON = [["role": "user", "content": "before"]]
        let body: JSON = ["items": items, "metadata": ["a": "b"]]
        let made = await server.post("/v1/conversations", body)
        #expect(made.json["object"] == "conversation")
        #expect(made.json["metadata"] == ["a": "b"])
        let id = made.json["id"]?.stringValue ?? ""
        let answer = await server.create(["input": "now", "conversation": .string(id)])
        #expect(answer.outputText == "before|now")
        #expect(answer.json["conversation"] == ["id": .string(id)])
        let listed = await server.get("/conversations/\(id)/items?order=asc").json["data"]?.arrayValue ?? []
        #expect(listed.compactMap { $0["content"]?[0]?["text"] } == ["before", "now", "before|now"])
        #expect(listed.compactMap { $0["role"] } == ["user", "user", "assistant"])
        // A response that failed leaves nothing.
        let tools: JSON = [["type": "function", "name": "f"]]
        let failing: JSON = [
            "input": "x", "conversation": ["id": .string(id)], "tools": tools, "tool_choice": "required",
        ]
        #expect(await server.create(failing).status == 500)
        #expect(await server.get("/conversations/\(id)/items").json["data"]?.arrayValue?.count == 3)
    }

    @Test("keeps its ids, whatever ids an agent gives its items")
    func ids() async {
        struct Forgetful: ResponsesAgent {
            func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
                try await response.item(.message("hi", id: "msg_1"))
            }
        }
        let server = TestAgentServer(Forgetful())
        let id = await server.post("/conversations").json["id"]?.stringValue ?? ""
        for _ in 0..<2 {
            #expect(await server.create(["input": "x", "conversation": .string(id)]).status == 200)
            let stream = await server.createStream(["input": "x", "conversation": .string(id)])
            #expect(stream.final["status"] == "completed")
        }
        let listed = await server.get("/conversations/\(id)/items?order=asc").json["data"]?.arrayValue ?? []
        #expect(listed.count == 8)
        #expect(listed[1]["id"] == "msg_1")
        #expect(Set(listed.compactMap { $0["id"]?.stringValue }).count == 8)
        // Without a conversation too, no two items of a chain have the same.
        let first = await server.create(["input": "x"])
        let second = await server.create(["input": "x", "previous_response_id": .string(first.responseID)])
        #expect(first.json["output"]?[0]?["id"] == "msg_1")
        #expect(second.json["output"]?[0]?["id"] != "msg_1")
    }

    @Test("takes what two responses at the same time say under the same ids, each under an id of its own")
    func concurrentIDs() async {
        let (first, second) = (Signal(), Signal())
        let agent = ClosureAgent { request, response in
            // Both have read the conversation before either one is stored.
            let (mine, others) = request.lastUserText == "1" ? (first, second) : (second, first)
            mine.set()
            await others.wait()
            try await response.item(.message(request.lastUserText, id: "msg_1"))
        }
        let server = TestAgentServer(agent)
        let id = await server.post("/conversations").json["id"]?.stringValue ?? ""
        @Sendable func ask(_ text: String) async -> TestAnswer {
            let input: JSON = [["role": "user", "content": .string(text), "id": "msg_mine"]]
            return await server.create(["input": input, "conversation": .string(id)])
        }
        async let one = ask("1")
        async let two = ask("2")
        let answers = await [one, two]
        #expect(answers.map(\.status) == [200, 200])
        #expect(answers.map(\.outputText) == ["1", "2"])
        let listed = await server.get("/conversations/\(id)/items?order=asc").json["data"]?.arrayValue ?? []
        #expect(listed.count == 4)
        #expect(listed[0]["id"] == "msg_mine" && listed[1]["id"] == "msg_1")
        #expect(Set(listed.compactMap { $0["id"]?.stringValue }).count == 4)
        for item in listed {
            let path = "/conversations/\(id)/items/\(item["id"]?.stringValue ?? "")"
            #expect(await server.get(path).json == item)
        }
    }

    @Test("gets nothing from a response that is not to be kept")
    func unstored() async {
        let server = TestAgentServer(MemoryAgent())
        let created = await server.post("/conversations", ["items": [["role": "user", "content": "before"]]])
        let id = created.json["id"]?.stringValue ?? ""
        let answer = await server.create(["input": "now", "conversation": .string(id), "store": false])
        #expect(answer.outputText == "before|now")
        #expect(await server.get("/conversations/\(id)/items").json["data"]?.arrayValue?.count == 1)
    }

    @Test("takes no item again that it has")
    func repeatedItems() async {
        let server = TestAgentServer(MemoryAgent())
        let item: JSON = ["role": "user", "content": "a", "id": "msg_a"]
        let id = await server.post("/conversations", ["items": [item]]).json["id"]?.stringValue ?? ""
        let input: JSON = [["role": "user", "content": "b"], item]
        let again = await server.create(["input": input, "conversation": .string(id)])
        #expect(again.status == 400)
        #expect(again.errorParam == "input[1].id")
        let other: JSON = ["role": "user", "content": "c", "id": "msg_c"]
        let twice = await server.create(["input": [other, other], "conversation": .string(id)])
        #expect(twice.errorParam == "input[1].id")
        #expect(await server.get("/conversations/\(id)/items").json["data"]?.arrayValue?.count == 1)
    }

    @Test("in a conversation can be added to, looked at and deleted, item by item")
    func items() async {
        let server = TestAgentServer(MemoryAgent())
        let id = await server.post("/conversations").json["id"]?.stringValue ?? ""
        let added = await server.post("/conversations/\(id)/items", ["items": [["role": "user", "content": "a"]]])
        #expect(added.json["object"] == "list")
        let item = added.json["data"]?[0]?["id"]?.stringValue ?? ""
        #expect(await server.get("/conversations/\(id)/items/\(item)").json["content"]?[0]?["text"] == "a")
        let afterwards = await server.send("DELETE", "/conversations/\(id)/items/\(item)")
        #expect(afterwards.json["object"] == "conversation")
        #expect(await server.get("/conversations/\(id)/items/\(item)").errorCode == "item_not_found")
        let updated = await server.post("/conversations/\(id)", ["metadata": ["x": "y"]])
        #expect(updated.json["metadata"] == ["x": "y"])
        let deleted = await server.send("DELETE", "/conversations/\(id)")
        #expect(deleted.json == ["id": .string(id), "object": "conversation.deleted", "deleted": true])
        #expect(await server.get("/conversations/\(id)").errorCode == "conversation_not_found")
    }

    @Test("may be given by references to items of an input, or of a conversation, whose owner asks")
    func referencesToInput() async {
        var configuration = AgentServer.Configuration()
        configuration.access.trustsForwardedUser = true
        let server = TestAgentServer(MemoryAgent(), configuration: configuration)
        let ada = ["x-forwarded-user": "ada"], bob = ["x-forwarded-user": "bob"]
        let made = await server.create(["input": "a"], headers: ada)
        let listed = await server.send("GET", "/responses/\(made.responseID)/input_items", headers: ada)
        let body: JSON = ["items": [["role": "user", "content": "b"]]]
        let conversation = await server.send("POST", "/conversations", headers: ada, body: body.encoded())
        let items = await server.send(
            "GET", "/conversations/\(conversation.json["id"]?.stringValue ?? "")/items", headers: ada
        )
        let ids = [listed, items].map { $0.json["data"]?[0]?["id"] ?? .null }
        let input = JSON.array(ids.map { ["type": "item_reference", "id": $0] })
        #expect(await server.create(["input": input], headers: ada).outputText == "a|b")
        for id in ids {
            let reference: JSON = [["type": "item_reference", "id": id]]
            #expect(await server.create(["input": reference], headers: bob).errorCode == "item_not_found")
        }
    }

    @Test("in a conversation is kept itself where it was given by a reference")
    func referencesInConversations() async {
        let server = TestAgentServer(MemoryAgent())
        let item = await server.create(["input": "a"]).json["output"]?[0] ?? .null
        let reference: JSON = ["type": "item_reference", "id": item["id"] ?? .null]
        let unknown: JSON = ["type": "item_reference", "id": "msg_none"]
        let id = await server.post("/conversations", ["items": [reference]]).json["id"]?.stringValue ?? ""
        #expect(await server.get("/conversations/\(id)/items").json["data"] == [item])
        #expect(await server.create(["input": "b", "conversation": .string(id)]).outputText == "a|b")
        for path in ["/conversations", "/conversations/\(id)/items"] {
            let answer = await server.post(path, ["items": [["role": "user", "content": "x"], unknown]])
            #expect(answer.status == 400)
            #expect(answer.errorCode == "item_not_found")
            #expect(answer.errorParam == "items[1].id")
        }
        let again = await server.post("/conversations/\(id)/items", ["items": [reference]])
        #expect(again.status == 400)
        let missing = await server.post("/conversations/conv_none/items", ["items": [unknown]])
        #expect(missing.errorCode == "conversation_not_found")
        #expect(await server.get("/conversations/\(id)/items").json["data"]?.arrayValue?.count == 3)
    }

    @Test("is answered for with members in the same order each time")
    func order() async throws {
        let server = TestAgentServer(MemoryAgent())
        // A dictionary would have others in other processes, and other objects of the same keys.
        func keys(_ answer: TestAnswer) -> [String] { answer.json.objectValue.map { Array($0.keys) } ?? [] }
        let conversation = await server.post("/conversations", ["metadata": ["a": "b"]])
        #expect(keys(conversation) == ["id", "object", "created_at", "metadata"])
        let path = "/conversations/\(conversation.json["id"]?.stringValue ?? "")"
        #expect(keys(await server.get(path)) == ["id", "object", "created_at", "metadata"])
        #expect(keys(await server.send("DELETE", path)) == ["id", "object", "deleted"])
        let made = await server.create(["input": "a"])
        #expect(keys(await server.send("DELETE", "/responses/\(made.responseID)")) == ["id", "object", "deleted"])
        let count = await server.post("/responses/input_tokens", ["input": "x"])
        #expect(keys(count) == ["object", "input_tokens"])
        #expect(keys(await server.get("/models")) == ["object", "data"])
    }
}
