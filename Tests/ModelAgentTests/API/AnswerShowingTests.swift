import AgentJSON
import AgentServer
import AgentServerTesting
import Testing

@testable import ModelAgent

/// Shows an answer that was recorded.
private struct Replay: ResponsesAgent {
    var events: [StreamEvent] = []

    func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        for event in events { try await response.event(event) }
    }
}

@Suite("An answer that is shown")
struct AnswerShowingTests {
    private static let chat = DecodedAnswer(
        ChatCompletionsAPI.self,
        [
            Chat.chunk(["reasoning": "hm"]), Chat.text("Hel"), Chat.text("lo"),
            Chat.chunk(["annotations": [["type": "url_citation", "url_citation": ["url": "u"]]]]),
            Chat.chunk(["refusal": "no"]), Chat.call(0, id: "a", name: "f", "{}"), Chat.end("tool_calls"),
        ]
    )

    @Test("passes at either path, streamed or not")
    func paths() async {
        let server = TestAgentServer(Replay(events: Self.chat.events))
        let question: JSONObject = ["input": [["role": "user", "content": "Hi"]]]
        let types: [JSON] = ["reasoning", "message", "function_call"]
        let answer = await server.invoke(.object(question))
        #expect(
            answer.status == 200 && answer.json["output"]?.arrayValue?.compactMap { $0["type"] } == types,
            "\(answer.text)")
        let stream = await server.stream(.object(question))
        #expect(stream.isDone && stream.outputText == "Hello", "\(stream.text)")
        #expect(!stream.events.contains { $0["error"] != nil })

        let response = await server.send("POST", "/responses", body: question.encoded())
        #expect(response.status == 200 && response.json["status"] == "completed", "\(response.text)")
        #expect(response.json["output"]?.arrayValue?.compactMap { $0["type"] } == types)
        #expect(response.json["output"]?[1]?["content"]?[0]?["annotations"]?[0]?["url"] == "u")
    }

    @Test("keeps what Gemini wants back with a call, also when the client sends the item again")
    func signature() async throws {
        let extra: JSON = ["google": ["thought_signature": "c2ln"]]
        var call = try #require(Chat.callJSON(0, id: "a", name: "f", "{}").objectValue)
        call["extra_content"] = extra
        let answer = DecodedAnswer(
            ChatCompletionsAPI.self, [Chat.chunk(["tool_calls": [.object(call)]]), Chat.end("tool_calls")]
        )
        let server = TestAgentServer(Replay(events: answer.events))
        let question: JSON = ["input": "Hi", "tools": [["type": "function", "name": "f"]]]
        let response = await server.send("POST", "/responses", body: question.encoded()).json
        let item = try #require(response["output"]?[0])
        #expect(item["extra_content"] == extra, "\(response)")
        let turn = try ModelTurn(request: [:], input: [#require(item.objectValue)])
        let sent = try ChatCompletionsAPI.body(of: turn, quirks: ModelQuirks())["messages"]?[0]?["tool_calls"]?[0]
        #expect(sent?["extra_content"] == extra)
        #expect(try ResponsesAPI.body(of: turn, quirks: ModelQuirks())["input"]?[0]?["extra_content"] == nil)
        let again: JSON = ["input": [["role": "user", "content": "Hi"], item]]
        let second = await server.send("POST", "/responses", body: again.encoded())
        #expect(second.status == 200, "\(second.text)")
    }
}
