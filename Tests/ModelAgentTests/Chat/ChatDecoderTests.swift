import AgentJSON
import AgentServer
import OpenResponses
import Testing

@testable import ModelAgent

@Suite("The answer of chat completions")
struct ChatDecoderTests {
    private func read(_ data: [String], location: SourceLocation = #_sourceLocation) -> DecodedAnswer {
        DecodedAnswer(valid: ChatCompletionsAPI.self, data, location: location)
    }

    @Test("is a message, with usage in a chunk of its own, as OpenAI streams it")
    func text() {
        let answer = read([
            Chat.chunk(["role": "assistant", "content": "", "refusal": .null]), Chat.text("Hel"), Chat.text("lo"),
            Chat.end("stop"), Chat.usage, Chat.done,
        ])
        #expect(answer.sketch == ["+ message", "text Hel", "text lo", "- message"])
        #expect(answer.items == ["message Hello"])
        #expect(
            answer.answer.usage == Usage(inputTokens: 9, outputTokens: 12, cachedTokens: 4, reasoningTokens: 5)
        )
        #expect(answer.answer.model == "gpt-x" && answer.answer.incompleteReason == nil)
        #expect(answer.events[1].json["content_index"] == 0)
        #expect(
            answer.answer.wire == [
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "gpt-x",
                "choices": [
                    ["index": 0, "message": ["role": "assistant", "content": "Hello"], "finish_reason": "stop"]
                ],
                "usage": [
                    "prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21,
                    "prompt_tokens_details": ["cached_tokens": 4],
                    "completion_tokens_details": ["reasoning_tokens": 5],
                ],
            ]
        )
    }

    @Test(
        "is reasoning and then a message, whatever the reasoning is called",
        arguments: ["reasoning_content", "reasoning"])
    func reasoning(key: String) {
        let answer = read([
            Chat.chunk(["role": "assistant", "content": .null, key: "Let "]),
            Chat.chunk(["content": .null, key: "me see"]),
            Chat.chunk(["content": "Yes", key: .null]), Chat.end("stop"), Chat.done,
        ])
        #expect(
            answer.sketch == [
                "+ reasoning", "think Let ", "think me see", "- reasoning", "+ message", "text Yes", "- message",
            ])
        #expect(answer.items == ["reasoning Let me see", "message Yes"])
        #expect(answer.answer.items[0].json["summary"] == [])
        #expect(answer.answer.wire["choices"]?[0]?["message"]?[key] == "Let me see")
    }

    @Test("takes reasoning once that is there under both names")
    func reasoningTwice() {
        let answer = read([Chat.chunk(["reasoning_content": "a", "reasoning": "a"]), Chat.text("b"), Chat.end("stop")])
        #expect(answer.items == ["reasoning a", "message b"])
    }

    @Test("is read from content in parts, as Mistral and Databricks write it")
    func parts() {
        let answer = read([
            Chat.chunk(["content": [["type": "thinking", "thinking": [["type": "text", "text": "hm"]]]]]),
            Chat.chunk(["content": [["type": "reasoning", "summary": [["type": "summary_text", "text": "m"]]]]]),
            Chat.chunk(["content": [["type": "text", "text": "Yes"]]]), Chat.chunk(["content": "."]), Chat.end("stop"),
        ])
        #expect(answer.items == ["reasoning hmm", "message Yes."])
    }

    @Test("is a refusal, in a part of its own")
    func refusal() {
        let answer = read([
            Chat.text("Well, "), Chat.chunk(["refusal": "I "]), Chat.chunk(["refusal": "can't"]), Chat.end("stop"),
        ])
        #expect(answer.sketch == ["+ message", "text Well, ", "refusal I ", "refusal can't", "- message"])
        #expect(answer.items == ["message Well, |refusal I can't"])
        #expect(answer.events.dropFirst().prefix(3).map { $0.json["content_index"] } == [0, 1, 1])
        #expect(answer.answer.wire["choices"]?[0]?["message"]?["refusal"] == "I can't")
    }

    @Test("keeps citations and log probabilities")
    func extras() {
        let token: JSON = ["token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []]
        let chunk = Chat.chunk(["content": "Hi"]).replacing(
            "\"logprobs\":null", with: "\"logprobs\":{\"content\":[\(token)]}")
        let citation: JSON = [
            "type": "url_citation",
            "url_citation": ["url": "http://x", "title": "X", "start_index": 0, "end_index": 2],
        ]
        let early = Chat.chunk(["annotations": [["type": "url_citation", "url_citation": ["url": "http://y"]]]])
        let answer = read([early, chunk, Chat.chunk(["content": "", "annotations": [citation]]), Chat.end("stop")])
        #expect(answer.events[1].json["logprobs"] == [token])
        let part = answer.answer.items.first?.json["content"]?[0]
        #expect(part?["logprobs"] == [token])
        #expect(
            part?["annotations"] == [
                ["type": "url_citation", "url": "http://y", "title": ""],
                ["type": "url_citation", "url": "http://x", "title": "X", "start_index": 0, "end_index": 2],
            ]
        )
        #expect(answer.sketch.count { $0 == "response.output_text.annotation.added" } == 2)
    }

    @Test(
        "says why it is not whole, whatever the endpoint calls it",
        arguments: [
            ("length", "max_output_tokens"), ("model_length", "max_output_tokens"), ("MAX_TOKENS", "max_output_tokens"),
            ("content_filter", "content_filter"), ("SAFETY", "content_filter"),
        ]
    )
    func incomplete(reason: String, expected: String) {
        let text = read([Chat.text("Once"), Chat.end(reason), Chat.done])
        #expect(text.answer.incompleteReason == expected)
        #expect(text.sketch.last == "- message incomplete")
        let call = read([Chat.call(0, id: "c", name: "f", "{\"a\":"), Chat.end(reason)])
        #expect(call.sketch.last == "- function_call incomplete" && call.items == ["f {\"a\": c"])
        let thought = read([Chat.chunk(["reasoning": "hm"]), Chat.end(reason)])
        #expect(thought.sketch.last == "- reasoning incomplete")
        #expect(read([Chat.chunk(["role": "assistant"]), Chat.end(reason)]).items.isEmpty)
    }

    @Test("is whole with a finish_reason, without [DONE], and broken without both")
    func ends() {
        #expect(read([Chat.text("Hi"), Chat.chunk(["content": "!"], finish: "stop")]).items == ["message Hi!"])
        for data in [[], [Chat.text("Hi")], [Chat.text("Hi"), Chat.done], [Chat.done], [Chat.usage]] as [[String]] {
            #expect(DecodedAnswer(ChatCompletionsAPI.self, data).failure?.kind == .broken, "\(data)")
        }
    }

    @Test("reads nothing behind [DONE], and nothing of other choices")
    func others() {
        let other = #"{"choices":[{"index":1,"delta":{"content":"No"},"finish_reason":"length"}]}"#
        let answer = read([Chat.text("Yes"), other, Chat.end("stop"), Chat.done, "garbage"])
        #expect(answer.items == ["message Yes"] && answer.answer.incompleteReason == nil)
    }

    @Test("passes over chunks that say nothing")
    func empty() {
        let answer = read([
            "", #"{"choices":[],"prompt_filter_results":[]}"#, #"{"type":"ping"}"#, #"{"choices":[{"index":0}]}"#,
            #"{"choices":[{"index":0,"delta":null}]}"#, Chat.chunk([:]),
            Chat.chunk(["content": .null, "tool_calls": .null]),
            Chat.text(""), Chat.text("Hi"), Chat.end("stop"),
        ])
        #expect(answer.items == ["message Hi"])
    }

    @Test("begins no message with white space alone, unless there is nothing else")
    func blanks() {
        let answer = read([
            Chat.chunk(["reasoning": "hm"]), Chat.text("\n\n"), Chat.call(0, id: "c", name: "f", "{}"), Chat.text("\n"),
            Chat.end("tool_calls"),
        ])
        #expect(answer.items == ["reasoning hm", "f {} c"])
        #expect(read([Chat.text("\n"), Chat.text(" Hi"), Chat.end("stop")]).items == ["message \n Hi"])
        #expect(read([Chat.text(" "), Chat.text("\n"), Chat.end("stop")]).items == ["message  \n"])
        let spaces = read([Chat.text(" "), Chat.text(String(repeating: "\n", count: 1024)), Chat.end("stop")])
        #expect(spaces.sketch.count == 3 && spaces.sketch[1].utf8.count == "text ".utf8.count + 1025)
    }

    @Test("is read whole where nothing is streamed")
    func whole() {
        let body = """
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":\
            {"role":"assistant","content":"Hi","reasoning_content":"hm","tool_calls":[{"id":"a","type":"function",\
            "function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"f",\
            "arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}
            """
        let answer = read([body])
        #expect(answer.items == ["reasoning hm", "message Hi", "f {} a", "f {} b"])
        #expect(answer.answer.usage == Usage(inputTokens: 1, outputTokens: 2))
        #expect(read([#"{"choices":[{"message":{"content":"Hi"}}]}"#]).items == ["message Hi"])
    }

    @Test(
        "fails with what the model reports amid the stream",
        arguments: [
            (#"{"error":{"message":"boom","type":"server_error","code":"internal"}}"#, "boom", "internal"),
            (#"{"error":"boom"}"#, "boom", nil),
            (#"{"object":"error","message":"boom","type":"BadRequestError","code":400}"#, "boom", "BadRequestError"),
            (
                #"{"error":{"code":502,"message":"boom"},"choices":[{"delta":{},"finish_reason":"error"}]}"#, "boom",
                "502"
            ),
            (#"{"choices":[{"index":0,"error":{"message":"boom","code":1},"finish_reason":"error"}]}"#, "boom", "1"),
            (#"{"type":"error","error":{"type":"overloaded_error","message":"boom"}}"#, "boom", "overloaded_error"),
            (#"[{"error":{"code":400,"message":"boom","status":"INVALID"}}]"#, "boom", "INVALID"),
            (#"{"error":{"message":"This model's maximum context length is 5"}}"#, nil, "context_length_exceeded"),
        ] as [(String, String?, String?)]
    )
    func reported(chunk: String, message: String?, code: String?) {
        let failure = DecodedAnswer(ChatCompletionsAPI.self, [Chat.text("Hi"), chunk]).failure
        #expect(failure?.kind == .reported && failure?.code == code)
        if let message { #expect(failure?.message == message) }
    }

    @Test("fails where the endpoint stopped the model", arguments: ["error", "abort", "insufficient_system_resource"])
    func stopped(reason: String) {
        let failure = DecodedAnswer(ChatCompletionsAPI.self, [Chat.text("Hi"), Chat.end(reason)]).failure
        #expect(failure?.kind == .reported && failure?.code == reason)
    }

    @Test("fails where it is none of the format", arguments: ["<html>", "7", "null", "[]", "{\"status\":\"ok\"}", "{"])
    func malformed(data: String) {
        #expect(DecodedAnswer(ChatCompletionsAPI.self, [data]).failure?.kind == .malformed)
    }

    @Test("takes the usage of the last chunk that has one, and no absurd counts")
    func usage() {
        let absurd = #"{"choices":[],"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":-1}}"#
        let usage = read([Chat.text("Hi"), Chat.end("stop"), Chat.usage, absurd]).answer.usage
        #expect(usage?.totalTokens == 1 << 60)
        let groq = #"{"choices":[],"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":4}}}"#
        #expect(read([Chat.end("stop"), groq]).answer.usage == Usage(inputTokens: 3, outputTokens: 4))
        #expect(read([Chat.end("stop")]).answer.usage == nil)
    }
}
