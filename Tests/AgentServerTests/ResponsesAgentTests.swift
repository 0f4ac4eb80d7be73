import AgentServer
import AgentServerTesting
import Testing

@Suite("A ResponsesAgent, called through the whole server")
struct ResponsesAgentTests {
    @Test("answers a synchronous call with the items it wrote")
    func synchronous() async throws {
        let answer = await TestAgentServer(ClosureAgent()).invoke(userMessage("Ada"))
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        let item = try #require(answer.json["output"]?[0])
        #expect(item["type"] == "message")
        #expect(item["role"] == "assistant")
        #expect(item["content"] == [["type": "output_text", "text": "Hello, Ada"]])
        #expect(item["id"]?.stringValue?.hasPrefix("msg_") == true)
    }

    @Test("streams the same text as deltas of one item, then the item, then [DONE]")
    func streamed() async throws {
        let agent = ClosureAgent { _, response in
            for word in ["one ", "two ", "three"] { try await response.text(word) }
        }
        let answer = await TestAgentServer(agent).stream(userMessage("count"))
        #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
        let events = answer.events
        #expect(events.compactMap { $0["delta"]?.stringValue } == ["one ", "two ", "three"])
        let item = try #require(events.last?["item"])
        #expect(events.last?["type"] == "response.output_item.done")
        #expect(item["content"] == [["type": "output_text", "text": "one two three"]])
        #expect(events.dropLast().allSatisfy { $0["item_id"] == item["id"] })
        #expect(answer.isDone)
    }

    @Test("gets its open message closed before whatever comes next")
    func closing() async throws {
        let agent = ClosureAgent { _, response in
            try await response.reasoning("why")
            try await response.text("Let me see. ")
            let call = try await response.functionCall(name: "look", arguments: "{}")
            try await response.functionCallOutput(callID: call, output: "it is there")
            try await response.text("It is there.")
            try await response.refusal("No more.")
        }
        let server = TestAgentServer(agent)
        let types = ["reasoning", "message", "function_call", "function_call_output", "message", "message"]
        let synchronous = await server.invoke(userMessage("?")).json["output"]?.arrayValue ?? []
        #expect(synchronous.compactMap { $0["type"]?.stringValue } == types)
        #expect(synchronous[2]["call_id"] == synchronous[3]["call_id"])
        #expect(synchronous[5]["content"] == [["type": "refusal", "refusal": "No more."]])
        let streamed = await server.stream(userMessage("?")).events.compactMap { $0["item"]?["type"]?.stringValue }
        #expect(streamed == types)
    }

    @Test("keeps events of the current message inside it")
    func annotations() async throws {
        let citation: JSONObject = [
            "type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 1,
        ]
        let agent = ClosureAgent { _, response in
            try await response.text("A")
            try await response.annotation(citation)
            try await response.text("B")
        }
        let events = await TestAgentServer(agent).stream(userMessage("?")).events
        #expect(
            events.compactMap { $0["type"]?.stringValue } == [
                "response.output_text.delta", "response.output_text.annotation.added", "response.output_text.delta",
                "response.output_item.done",
            ]
        )
        #expect(events[3]["item"]?["content"]?[0]?["annotations"] == [.object(citation)])
        #expect(events[3]["item"]?["content"]?[0]?["text"] == "AB")
    }

    @Test("says usage, metadata and custom outputs of the whole response")
    func extras() async throws {
        let agent = ClosureAgent { _, response in
            try await response.text("Hi")
            try await response.usage(Usage(inputTokens: 3, outputTokens: 4))
            try await response.metadata(["a": "b"])
            try await response.customOutputs(["score": 1])
            try await response.customOutputs(["more": true])
        }
        let server = TestAgentServer(agent)
        let synchronous = await server.invoke(userMessage("?")).json
        #expect(synchronous["usage"]?["total_tokens"] == 7)
        #expect(synchronous["metadata"] == ["a": "b"])
        #expect(synchronous["custom_outputs"] == ["score": 1, "more": true])

        let events = await server.stream(userMessage("?")).events
        let done = try #require(events.first { $0["type"] == "response.output_item.done" })
        #expect(done["custom_outputs"] == ["score": 1, "more": true])
        let last = try #require(events.last)
        #expect(last["type"] == "response.completed")
        #expect(last["response"]?["usage"]?["total_tokens"] == 7)
        #expect(last["response"]?["output"] == [try #require(done["item"])])
    }

    @Test("writes from several tasks at once, and every event stays whole")
    func concurrentWriters() async throws {
        let agent = ClosureAgent { _, response in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        for _ in 0..<50 { try await response.text("x") }
                        try await response.functionCall(name: "f\(number)", arguments: "{}")
                    }
                }
                try await group.waitForAll()
            }
        }
        let answer = await TestAgentServer(agent).stream(userMessage("?"))
        #expect(answer.isDone)
        var open: String?
        var texts: [String: String] = [:]
        for event in answer.events {
            if event["type"] == "response.output_text.delta" {
                let id = try #require(event["item_id"]?.stringValue)
                #expect(open == nil || open == id, "a delta came after its message was closed")
                open = id
                texts[id, default: ""] += event["delta"]?.stringValue ?? ""
            } else if event["item"]?["type"] == "message" {
                let item = try #require(event["item"])
                let id = try #require(item["id"]?.stringValue)
                #expect(item["content"]?[0]?["text"]?.stringValue == texts[id])
                open = nil
            }
        }
        #expect(texts.values.map(\.count).reduce(0, +) == 400)
    }

    @Test("reads what the request says, by typed names")
    func request() async throws {
        let agent = ClosureAgent { request, response in
            try await response.customOutputs([
                "text": .string(request.lastUserText),
                "tools": .array(request.tools.map { .string($0.name) }),
                "user": request.userID.map { .string($0) } ?? .null,
                "conversation": request.conversationID.map { .string($0) } ?? .null,
                "format": request.text?["format"]?["type"] ?? .null,
                "inputs": .object(request.customInputs),
                "tokens": request.maxOutputTokens.map { .number(JSONNumber($0)) } ?? .null,
            ])
        }
        let answer = await TestAgentServer(agent).invoke([
            "input": [
                ["role": "user", "content": "first"],
                [
                    "role": "user",
                    "content": [["type": "input_text", "text": "a"], ["type": "input_text", "text": "b"]],
                ],
            ],
            "tools": [["type": "function", "name": "f", "parameters": [:]], ["type": "web_search"]],
            "context": ["conversation_id": "c", "user_id": "u"],
            "text": ["format": ["type": "json_object"]],
            "custom_inputs": ["k": nil],
            "max_output_tokens": "12",
        ])
        #expect(
            answer.json["custom_outputs"] == [
                "text": "ab", "tools": ["f"], "user": "u", "conversation": "c", "format": "json_object",
                "inputs": ["k": nil], "tokens": 12,
            ]
        )
    }
}
