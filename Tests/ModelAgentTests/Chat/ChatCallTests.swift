import AgentJSON
import OpenResponses
import Testing

@testable import ModelAgent

@Suite("Calls in chat completions")
struct ChatCallTests {
    private func read(_ data: [String], location: SourceLocation = #_sourceLocation) -> DecodedAnswer {
        DecodedAnswer(valid: ChatCompletionsAPI.self, data + [Chat.end("tool_calls"), Chat.done], location: location)
    }

    @Test("are put together from pieces, each shown when it comes")
    func pieces() {
        let answer = read([
            Chat.chunk(["role": "assistant", "content": .null]), Chat.call(0, id: "a", name: "f", ""),
            Chat.call(0, "{\"x\""), Chat.call(0, ":1}"), Chat.call(1, id: "b", name: "g", ""), Chat.call(1, "{}"),
        ])
        #expect(
            answer.sketch == [
                "+ function_call f", "arguments {\"x\"", "arguments :1}", "- function_call", "+ function_call g",
                "arguments {}", "- function_call",
            ]
        )
        #expect(answer.items == ["f {\"x\":1} a", "g {} b"])
        #expect(
            answer.answer.wire["choices"]?[0] == [
                "index": 0, "finish_reason": "tool_calls",
                "message": [
                    "role": "assistant", "content": .null,
                    "tool_calls": [
                        ["id": "a", "type": "function", "function": ["name": "f", "arguments": "{\"x\":1}"]],
                        ["id": "b", "type": "function", "function": ["name": "g", "arguments": "{}"]],
                    ],
                ],
            ]
        )
    }

    @Test("stay apart where their pieces interleave")
    func interleaved() {
        let answer = read([
            Chat.chunk([
                "tool_calls": [Chat.callJSON(0, id: "a", name: "f", ""), Chat.callJSON(1, id: "b", name: "g", "")]
            ]),
            Chat.call(0, "{\"x\""), Chat.call(1, "{\"y\""), Chat.call(0, ":1}"), Chat.call(1, ":2}"), Chat.call(0, " "),
        ])
        #expect(answer.items == ["f {\"x\":1}  a", "g {\"y\":2} b"])
    }

    @Test("follow on a text and on reasoning, which they close")
    func afterText() {
        let answer = read([Chat.chunk(["reasoning": "hm"]), Chat.text("Well"), Chat.call(0, id: "a", name: "f", "{}")])
        #expect(answer.items == ["reasoning hm", "message Well", "f {} a"])
        #expect(
            answer.sketch.firstIndex(of: "- message")
                == answer.sketch.firstIndex(of: "+ function_call f").map { $0 - 1 })
    }

    @Test("are whole in one piece, with arguments as text or as an object")
    func whole() {
        #expect(read([Chat.call(0, id: "a", name: "f", ["x": 1])]).items == ["f {\"x\":1} a"])
        #expect(read([Chat.call(0, id: "a", name: "f")]).items == ["f {} a"])
        #expect(read([Chat.call(0, id: "a", name: "f", .null)]).items == ["f {} a"])
    }

    @Test("are told apart though each says that its index is 0")
    func sameIndex() {
        let byID = read([Chat.call(0, id: "a", name: "f", "{}"), Chat.call(0, id: "b", name: "f", "{}")])
        #expect(byID.items == ["f {} a", "f {} b"])
        let whole = read([Chat.call(0, id: "", name: "f", "{}"), Chat.call(0, id: "", name: "f", "{\"x\":1}")])
        #expect(whole.answer.items.map(\.arguments) == ["{}", "{\"x\":1}"])
    }

    @Test("are told apart without an index")
    func noIndex() {
        let byID = read([
            Chat.call(id: "a", name: "f", "{"), Chat.call(id: "a", "}"), Chat.call(id: "b", name: "f", "{"),
            Chat.call(nil, "}"),
        ])
        #expect(byID.items == ["f {} a", "f {} b"])
        let byName = read([Chat.call(name: "f", "{"), Chat.call(nil, "}"), Chat.call(name: "g", "{}")])
        #expect(byName.answer.items.map(\.name) == ["f", "g"])
        let whole = read([
            Chat.chunk(["tool_calls": [Chat.callJSON(nil, name: "f", "{}"), Chat.callJSON(nil, name: "f", "{}")]])
        ])
        #expect(whole.answer.items.count == 2)
    }

    @Test("keep their first name and id where each piece repeats them, or has another id")
    func repeated() {
        let same = read([Chat.call(0, id: "a", name: "f", "{"), Chat.call(0, id: "a", name: "f", "}")])
        #expect(same.items == ["f {} a"])
        let fresh = read([Chat.call(0, id: "a", name: "f", "{"), Chat.call(0, id: "z", "}")])
        #expect(fresh.items == ["f {} a"])
    }

    @Test("get ids where they have none, or one that another has")
    func ids() {
        let answer = read([
            Chat.call(0, name: "f", "{}"), Chat.call(1, id: "a", name: "f", "{}"),
            Chat.call(2, id: "a", name: "f", "{}"),
        ])
        let ids = answer.answer.items.compactMap(\.callID)
        #expect(Set(ids).count == 3 && ids[1] == "a")
        #expect(ids[0].hasPrefix("call_") && ids[2].hasPrefix("call_"))
    }

    @Test("wait for a name that comes late")
    func lateName() {
        let answer = read([Chat.call(0, id: "a", "{\"x\""), Chat.call(0, name: "f"), Chat.call(0, ":1}")])
        #expect(answer.items == ["f {\"x\":1} a"])
    }

    @Test("are read in the form from before there were tools")
    func functionCall() {
        let answer = DecodedAnswer(
            valid: ChatCompletionsAPI.self,
            [
                Chat.chunk(["function_call": ["name": "f", "arguments": ""]]),
                Chat.chunk(["function_call": ["arguments": "{\"x\":1}"]]), Chat.end("function_call"),
            ]
        )
        #expect(answer.answer.items.map(\.arguments) == ["{\"x\":1}"])
    }

    @Test("fail without a name, after their end, and where there is no end of them")
    func malformed() {
        func kind(_ data: [String]) -> ModelFailure.Kind? {
            DecodedAnswer(ChatCompletionsAPI.self, data + [Chat.end("tool_calls")]).failure?.kind
        }
        #expect(kind([Chat.call(0, id: "a", "{}")]) == .malformed)
        #expect(kind([Chat.call(0, .string(String(repeating: "x", count: 1024 * 1024 + 1)))]) == .malformed)
        #expect(kind([Chat.call(0, id: "a", name: "f", "{}"), Chat.text("Hi"), Chat.call(0, "{}")]) == .malformed)
        #expect(kind((0..<257).map { Chat.call($0, name: "f", "{}") }) == .malformed)
    }
}
