import AgentJSON
import OpenResponses
import Testing

@Suite("A full stream of a model")
struct FullStreamTests {
    /// A stream as OpenAI sends it: reasoning, two parts with a citation, two calls at once.
    static let recorded: [JSONObject] = {
        func at(_ item: String, _ index: Int, _ more: JSONObject) -> JSONObject {
            var members: JSONObject = ["item_id": .string(item), "output_index": .number(JSONNumber(index))]
            for (key, value) in more { members[key] = value }
            return members
        }
        let citation: JSON = ["type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 2]
        let text: JSON = ["type": "output_text", "text": "Hello", "annotations": [citation], "logprobs": []]
        let refusal: JSON = ["type": "refusal", "refusal": "No"]
        let summary: JSON = ["type": "summary_text", "text": "Why"]
        let empty: JSON = ["type": "output_text", "text": "", "annotations": [], "logprobs": []]
        let usage: JSON = [
            "input_tokens": 10, "input_tokens_details": ["cached_tokens": 4], "output_tokens": 5,
            "output_tokens_details": ["reasoning_tokens": 2], "total_tokens": 15,
        ]
        return [
            event("created", ["response": ["id": "resp_own"]]), event("in_progress", ["response": ["id": "resp_own"]]),
            added(["type": "reasoning", "id": "r1", "summary": []]),
            event(
                "reasoning_summary_part.added",
                at("r1", 0, ["summary_index": 0, "part": ["type": "summary_text", "text": ""]])),
            event(
                "reasoning_summary_text.delta", at("r1", 0, ["summary_index": 0, "delta": "Why", "obfuscation": "xx"])),
            event("reasoning_summary_text.done", at("r1", 0, ["summary_index": 0, "text": "Why"])),
            event("reasoning_summary_part.done", at("r1", 0, ["summary_index": 0, "part": summary])),
            done(["type": "reasoning", "id": "r1", "summary": [summary], "encrypted_content": "secret"]),
            added([
                "type": "message", "id": "m1", "status": "in_progress", "role": "assistant", "content": [],
                "phase": "final_answer",
            ]),
            event("content_part.added", at("m1", 1, ["content_index": 0, "part": empty])),
            event(
                "output_text.delta",
                at(
                    "m1", 1,
                    [
                        "content_index": 0, "delta": "Hel",
                        "logprobs": [["token": "Hel", "logprob": -0.5, "top_logprobs": []]],
                    ])),
            event("output_text.delta", at("m1", 1, ["content_index": 0, "delta": "lo"])),
            event(
                "output_text.annotation.added",
                at("m1", 1, ["content_index": 0, "annotation_index": 0, "annotation": citation])),
            event("output_text.done", at("m1", 1, ["content_index": 0, "text": "Hello"])),
            event("content_part.done", at("m1", 1, ["content_index": 0, "part": text])),
            event(
                "content_part.added", at("m1", 1, ["content_index": 1, "part": ["type": "refusal", "refusal": ""]])),
            event("refusal.delta", at("m1", 1, ["content_index": 1, "delta": "No"])),
            event("refusal.done", at("m1", 1, ["content_index": 1, "refusal": "No"])),
            event("content_part.done", at("m1", 1, ["content_index": 1, "part": refusal])),
            done([
                "type": "message", "id": "m1", "status": "completed", "role": "assistant", "content": [text, refusal],
            ]),
            added(call("f", "c1", "", id: "f1", status: "in_progress")),
            added(call("g", "c2", "", id: "f2", status: "in_progress")),
            event("function_call_arguments.delta", at("f2", 3, ["delta": "{}"])),
            event("function_call_arguments.delta", at("f1", 2, ["delta": "{ "])),
            event("function_call_arguments.delta", at("f1", 2, ["delta": "}"])),
            event("function_call_arguments.done", at("f1", 2, ["arguments": "{ }"])),
            done(call("f", "c1", "{ }", id: "f1", status: "completed")),
            event("function_call_arguments.done", at("f2", 3, ["arguments": "{}"])),
            done(call("g", "c2", "{}", id: "f2", status: "completed")),
            end("completed", ["id": "resp_own", "model": "gpt", "usage": usage]),
        ]
    }()

    private static let sketch = [
        "+item0 reasoning", "+part0.0 summary_text", "text0.0 Why", "text0.0 = Why", "-part0.0", "-item0",
        "+item1 message", "+part1.0 output_text", "text1.0 Hel", "text1.0 lo", "note1.0.0", "text1.0 = Hello",
        "-part1.0", "+part1.1 refusal", "text1.1 No", "text1.1 = No", "-part1.1", "-item1", "+item2 function_call",
        "+item3 function_call", "arguments3 {}", "arguments2 { ", "arguments2 }", "arguments2 = { }", "-item2",
        "arguments3 = {}", "-item3",
    ]

    @Test("passes with our numbers, indexes and response id")
    func passes() {
        let run = CompleterRun(events: Self.recorded)
        #expect(run.sketch == Self.sketch + ["completed"])
        #expect(run.response["id"] == "resp_1" && run.response["model"] == "gpt")
        #expect(run.output.map { $0["id"] } == ["r1", "m1", "f1", "f2"])
        #expect(run.output[1]["phase"] == "final_answer")
        let logprob = run.events[10]["logprobs"]?[0]
        #expect(logprob == ["token": "Hel", "logprob": -0.5, "top_logprobs": [], "bytes": [72, 101, 108]])
        #expect(run.events.allSatisfy { !$0.contains("obfuscation") })
    }

    @Test("passes again when the same agent sends it twice: its ids are replaced, its usage is summed")
    func twice() {
        let run = CompleterRun(events: Self.recorded + Self.recorded)
        #expect(run.sketch.count == 2 * Self.sketch.count + 1)
        #expect(run.output[4...].allSatisfy { $0["id"]?.stringValue?.contains("new") == true })
        #expect(Set(run.output.compactMap { $0["call_id"]?.stringValue }).count == 4)
        #expect(
            run.response["usage"] == [
                "input_tokens": 20, "input_tokens_details": ["cached_tokens": 8, "cache_write_tokens": 0],
                "output_tokens": 10, "output_tokens_details": ["reasoning_tokens": 4], "total_tokens": 30,
            ])
    }

    @Test("is well formed wherever it breaks off", arguments: recorded.indices)
    func breaksOff(_ length: Int) {
        let run = CompleterRun(events: Array(Self.recorded.prefix(length)))
        // Half of a call's arguments are nothing that a client could run.
        #expect(run.status == (Self.recorded[length - (length > 0 ? 1 : 0)]["delta"] == "{ " ? "failed" : "completed"))
    }

    @Test("is well formed whatever it lacks", arguments: recorded.indices)
    func lacks(_ index: Int) {
        var events = Self.recorded
        events.remove(at: index)
        // Without one of its pieces, a text is not their sum.
        let run = CompleterRun(events: events, contradicts: Self.recorded[index].contains("delta"))
        #expect(run.fault == nil)
        #expect(run.output.count == 4)
        #expect(run.output[1]["content"]?[0]?["text"] == "Hello")
        #expect(run.output.first { $0["name"] == "f" }?["arguments"] == "{ }")
    }

    @Test("carries encrypted reasoning only where the request asks for it", arguments: [false, true])
    func encrypted(_ isWanted: Bool) {
        let run = CompleterRun(events: Self.recorded, rules: OutputRules(includesEncryptedContent: isWanted))
        #expect(run.output[0]["encrypted_content"] == (isWanted ? "secret" : nil))
    }

    @Test("keeps every scalar where a piece ends within a character")
    func scalars() {
        let pieces = ["e", "\u{301}", "👩", "\u{200D}", "👩", "\u{1F3FD}", "\u{0}", "\r", "\n"]
        let text = pieces.joined()
        let run = CompleterRun(events: pieces.dropLast().map { delta($0) } + [done(message(text))])
        #expect(run.events.compactMap { $0["delta"]?.stringValue } == pieces)
        #expect(run.output[0]["content"]?[0]?["text"] == .string(text))
        // Composed otherwise it is another text, though Swift calls them equal.
        let other = CompleterRun(events: [delta("e\u{301}"), done(message("\u{e9}!"))], contradicts: true)
        #expect(other.output[0]["content"]?[0]?["text"] == "\u{e9}!")
        #expect(other.events.count { $0.contains("delta") } == 1)
    }

    @Test("keeps its parts apart by their indexes")
    func parts() {
        func part(_ index: Int, _ text: String) -> JSONObject {
            event(
                "output_text.delta",
                ["item_id": "m1", "content_index": .number(JSONNumber(index)), "delta": .string(text)])
        }
        let whole: JSONObject = ["type": "output_text", "text": "a"]
        let run = CompleterRun(events: [
            part(0, "a"), part(1, "b"),
            // The end of a part that another one has closed.
            event("output_text.done", ["item_id": "m1", "content_index": 0, "text": "a"]),
            event("content_part.done", ["item_id": "m1", "content_index": 0, "part": .object(whole)]), part(1, "c"),
        ])
        #expect(run.output[0]["content"]?.arrayValue?.map { $0["text"] } == ["a", "bc"])
    }
}
