import AgentJSON
import OpenResponses
import Testing

@testable import ModelAgent

@Suite("The answer of the Responses API")
struct ResponsesDecoderTests {
    private func read(_ data: [String], location: SourceLocation = #_sourceLocation) -> DecodedAnswer {
        DecodedAnswer(valid: ResponsesAPI.self, data, location: location)
    }

    private static func event(_ type: String, _ members: JSONObject) -> String {
        var event: JSONObject = ["type": .string("response.\(type)"), "sequence_number": 3]
        for (key, value) in members { event[key] = value }
        return event.description
    }

    private static func end(_ type: String, _ members: JSONObject = [:]) -> String {
        var response: JSONObject = ["id": "resp_x", "object": "response", "model": "gpt-x", "output": []]
        for (key, value) in members { response[key] = value }
        return event(type, ["response": .object(response)])
    }

    private static let message: JSON = [
        "id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
        "content": [["type": "output_text", "text": "Hello", "annotations": [], "logprobs": []]],
    ]

    private static let text = [
        end("created", ["status": "in_progress"]), end("in_progress", ["status": "in_progress"]),
        event(
            "output_item.added",
            [
                "output_index": 0,
                "item": [
                    "id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant", "content": [],
                ],
            ]
        ),
        event(
            "content_part.added",
            [
                "item_id": "msg_1", "output_index": 0, "content_index": 0,
                "part": ["type": "output_text", "text": "", "annotations": [], "logprobs": []],
            ]
        ),
        delta("Hel"), delta("lo"),
        event(
            "output_text.done",
            ["item_id": "msg_1", "output_index": 0, "content_index": 0, "text": "Hello", "logprobs": []]),
        event(
            "content_part.done",
            [
                "item_id": "msg_1", "output_index": 0, "content_index": 0,
                "part": ["type": "output_text", "text": "Hello", "annotations": [], "logprobs": []],
            ]
        ),
        event("output_item.done", ["output_index": 0, "item": message]),
    ]

    private static func delta(_ text: String, of id: String = "msg_1") -> String {
        event(
            "output_text.delta",
            [
                "item_id": .string(id), "output_index": 0, "content_index": 0, "delta": .string(text), "logprobs": [],
                "obfuscation": "abc",
            ]
        )
    }

    private static let usage: JSON = [
        "input_tokens": 9, "input_tokens_details": ["cached_tokens": 4], "output_tokens": 12,
        "output_tokens_details": ["reasoning_tokens": 5], "total_tokens": 21,
    ]

    @Test("goes on as it is, without what is of the endpoint's own stream")
    func text() {
        let answer = read(Self.text + [Self.end("completed", ["status": "completed", "usage": Self.usage])])
        #expect(
            answer.sketch == [
                "+ message", "response.content_part.added", "text Hel", "text lo", "response.output_text.done",
                "response.content_part.done", "- message",
            ]
        )
        for event in answer.events {
            for key in ["sequence_number", "output_index", "obfuscation"] { #expect(!event.json.contains(key)) }
        }
        #expect(answer.items == ["message Hello"])
        #expect(answer.answer.usage == Usage(inputTokens: 9, outputTokens: 12, cachedTokens: 4, reasoningTokens: 5))
        #expect(answer.answer.model == "gpt-x" && answer.answer.incompleteReason == nil)
        #expect(answer.answer.wire["output"] == [Self.message] && answer.answer.wire["id"] == "resp_x")
    }

    @Test("has calls, reasoning and what the endpoint's own tools do")
    func items() {
        let call: JSON = ["id": "fc_1", "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"]
        let search: JSON = ["id": "ws_1", "type": "web_search_call", "status": "completed"]
        let reasoning: JSON = ["id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "x"]
        let answer = read([
            Self.event("output_item.done", ["item": reasoning]),
            Self.event("output_item.added", ["item": search]),
            Self.event("web_search_call.searching", ["item_id": "ws_1", "output_index": 1]),
            Self.event("output_item.done", ["item": search]),
            Self.event("output_item.added", ["item": call]),
            Self.event("function_call_arguments.delta", ["item_id": "fc_1", "delta": "{}"]),
            Self.event("output_item.done", ["item": call]), Self.end("completed"),
        ])
        #expect(answer.answer.items.map(\.type) == ["reasoning", "web_search_call", "function_call"])
        #expect(answer.sketch.contains("response.web_search_call.searching"))
    }

    @Test("has its items in the end where they did not come on their own")
    func itemsAtEnd() {
        let answer = read([Self.delta("Hel"), Self.end("completed", ["output": [Self.message]])])
        #expect(answer.sketch == ["text Hel", "- message"] && answer.items == ["message Hello"])
    }

    @Test("is read whole where nothing is streamed")
    func whole() {
        let body: JSONObject = [
            "id": "resp_x", "object": "response", "status": "completed", "error": .null, "output": [Self.message],
            "usage": Self.usage,
        ]
        let answer = read([body.description])
        #expect(answer.items == ["message Hello"] && answer.answer.usage?.totalTokens == 21)
        #expect(answer.answer.wire == body)
    }

    @Test("says why it is not whole")
    func incomplete() {
        let cut = ["incomplete_details": ["reason": "content_filter"]] as JSONObject
        #expect(read(Self.text + [Self.end("incomplete", cut)]).answer.incompleteReason == "content_filter")
        #expect(read(Self.text + [Self.end("incomplete")]).answer.incompleteReason == "max_output_tokens")
    }

    @Test("leaves out events and items that nobody knows, but keeps the items for the model")
    func unknown() {
        let thing: JSON = ["id": "x_1", "type": "new_thing", "status": "completed"]
        let answer = DecodedAnswer(
            ResponsesAPI.self,
            [
                Self.event("keepalive", [:]), Self.event("output_item.added", ["item": thing]),
                Self.delta("no", of: "x_1"),
                Self.event("output_item.done", ["item": thing]),
            ] + Self.text + [Self.event("new_thing.done", [:]), Self.end("completed"), "garbage", "[DONE]"]
        )
        #expect(answer.failure == nil && answer.sketch.count == 7)
        #expect(answer.answer.items.map(\.type) == ["new_thing", "message"])
    }

    @Test(
        "fails with what the model reports",
        arguments: [
            (
                #"{"type":"error","code":"server_error","message":"boom","param":null,"sequence_number":3}"#,
                "server_error"
            ),
            (#"{"type":"error","error":{"type":"overloaded","code":null,"message":"boom"}}"#, "overloaded"),
            (#"{"type":"response.failed","response":{"status":"failed","error":{"code":"c","message":"boom"}}}"#, "c"),
            (#"{"error":{"message":"boom","code":"c"}}"#, "c"),
            (#"{"object":"response","status":"failed","error":{"code":"c","message":"boom"},"output":[]}"#, "c"),
        ]
    )
    func reported(data: String, code: String) {
        let failure = DecodedAnswer(ResponsesAPI.self, [Self.delta("Hi"), data]).failure
        #expect(failure?.kind == .reported && failure?.message == "boom" && failure?.code == code)
    }

    @Test("is broken without an end, and malformed where it is none of the format")
    func noEnd() {
        for data in [[], Self.text, Self.text + ["[DONE]"], [Self.end("cancelled")]] as [[String]] {
            #expect(DecodedAnswer(ResponsesAPI.self, data).failure?.kind == .broken)
        }
        for data in ["<html>", "[]", "7", "{\"status\":\"ok\"}", "{\"status\":\"queued\",\"output\":[]}"] {
            #expect(DecodedAnswer(ResponsesAPI.self, [data]).failure?.kind == .malformed, "\(data)")
        }
    }
}
