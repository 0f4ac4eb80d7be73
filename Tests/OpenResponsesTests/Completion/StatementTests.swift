import AgentJSON
import OpenResponses
import Testing

@Suite("What an agent says of its response as a whole")
struct StatementTests {
    @Test(
        "is taken for the settings that the request left open",
        arguments: [
            ("temperature", 0.5, 0.5), ("temperature", "hot", 1), ("top_logprobs", 0.5, 0), ("top_logprobs", 3, 3),
            ("parallel_tool_calls", false, false), ("parallel_tool_calls", 0, true), ("truncation", "auto", "auto"),
            ("truncation", "maybe", "disabled"), ("service_tier", "flex", "flex"), ("instructions", "secret", .null),
            ("tools", [["type": "function"]], []), ("store", false, true), ("background", true, false),
            ("id", "x", "resp_1"),
            ("object", "x", "response"), ("created_at", 5, 1_700_000_000), ("model", "m", "m"), ("model", "", "agent"),
            ("model", 5, "agent"), ("unheard_of", 5, 5), ("previous_response_id", "x", .null),
        ] as [(String, JSON, JSON)])
    func settings(_ key: String, _ value: JSON, _ expected: JSON) {
        #expect(CompleterRun(events: [end("completed", [key: value])]).response[key] == expected)
        #expect(CompleterRun([.set(key, value)]).response[key] == expected)
        #expect(CompleterRun([.result([key: value, "output": []])]).response[key] == expected)
    }

    @Test("is not taken for the settings that the request gave")
    func givenSettings() {
        let envelope = ResponseEnvelope.test(settings: [
            "temperature": 0.25, "truncation": "auto", "metadata": ["a": "1", "b": "1"],
        ])
        let said: JSONObject = [
            "temperature": 2, "truncation": "disabled", "metadata": ["b": "2", "c": "2"], "top_p": 0.5,
        ]
        let response = CompleterRun(events: [end("completed", said)], envelope: envelope).response
        #expect(response["temperature"] == 0.25 && response["truncation"] == "auto" && response["top_p"] == 0.5)
        // Metadata is merged.
        #expect(response["metadata"] == ["a": "1", "b": "2", "c": "2"])
    }

    @Test("are labels, which become texts of limited length and number")
    func labels() throws {
        let long = String(repeating: "ä", count: 600)
        let said: JSONObject = [
            "text": "t", "number": 1.50, "flag": true, "nothing": .null, "object": ["a": [1]], "long": .string(long),
            "\(String(repeating: "k", count: 70))": "v",
        ]
        let expected: JSON = [
            "text": "t", "number": "1.5", "flag": "true", "object": #"{"a":[1]}"#,
            "long": .string(String(long.prefix(512))),
            "\(String(repeating: "k", count: 64))": "v",
        ]
        #expect(CompleterRun(events: [end("completed", ["metadata": .object(said)])]).response["metadata"] == expected)
        #expect(CompleterRun([.set("metadata", .object(said))]).response["metadata"] == expected)
        #expect(CompleterRun([.set("metadata", "odd")]).response["metadata"] == [:])
        // Those of the request stay, and the server's own have a place.
        let given = JSONObject((0..<15).map { (key: "g\($0)", value: .string("given")) })
        var completer = StreamCompleter(.test(settings: ["metadata": .object(given)])) { $0 }
        completer.set("metadata", ["g0": "own", "h0": "own", "h1": "own"])
        completer.label("trace_id", "tr-1")
        try completer.finish(at: 0)
        let metadata = completer.response?["metadata"]?.objectValue ?? [:]
        #expect(Array(metadata.keys) == given.keys + ["trace_id"])
        #expect(metadata["g0"] == "own" && metadata["g1"] == "given" && metadata["trace_id"] == "tr-1")
    }

    @Test("is never what the server vouches for", arguments: ["status", "output", "error", "completed_at"])
    func own(_ key: String) {
        let run = CompleterRun([.set(key, "mine"), .event(done(message("a")))])
        #expect(run.status == "completed" && run.output.count == 1)
    }

    @Test(
        "is a usage that is counted",
        arguments: [
            ([], 0, 0, 0), ([["input_tokens": 3, "output_tokens": 4]], 3, 0, 4),
            ([["input_tokens": -3, "output_tokens": 4.6]], 0, 0, 5),
            ([["input_tokens": "3", "output_tokens": .null]], 0, 0, 0),
            ([["input_tokens": 1e300, "output_tokens": 1]], 0, 0, 1), ([.null, "x", 5], 0, 0, 0),
            (
                [
                    ["input_tokens": 3, "input_tokens_details": ["cached_tokens": 2]],
                    ["input_tokens": 1, "input_tokens_details": .null],
                ], 4, 2, 0
            ),
            (
                [
                    ["input_tokens": 9_223_372_036_854_775_807], ["input_tokens": 9_223_372_036_854_775_807],
                    ["input_tokens": 9_223_372_036_854_775_807],
                ], 1 << 61, 0, 0
            ),
        ] as [([JSON], Int, Int, Int)])
    func usage(_ usages: [JSON], _ input: Int, _ cached: Int, _ output: Int) {
        let usage = CompleterRun(events: usages.map { end("completed", ["usage": $0]) }).response["usage"]
        #expect(usage?["input_tokens"]?.intValue == input && usage?["output_tokens"]?.intValue == output)
        #expect(usage?["input_tokens_details"]?["cached_tokens"]?.intValue == cached)
    }

    @Test("is a usage that the agent's own word decides, and null where nobody knows")
    func usageOfTheWhole() {
        let run = CompleterRun([
            .event(end("completed", ["usage": ["input_tokens": 3]])),
            .set("usage", .object(Usage(inputTokens: 7, outputTokens: 1).json)),
        ])
        #expect(run.response["usage"]?["total_tokens"] == 8)
        #expect(CompleterRun(events: [end("incomplete")]).response["usage"] == .null)
        #expect(
            CompleterRun(events: [end("incomplete", ["usage": ["input_tokens": 3]])]).response["usage"]?["total_tokens"]
                == 3)
    }

    @Test("are custom outputs, kept on their event and merged")
    func customOutputs() {
        func with(_ outputs: JSON, _ event: JSONObject) -> JSONObject {
            var event = event
            event["custom_outputs"] = outputs
            return event
        }
        let run = CompleterRun([
            .event(with(["a": 1, "b": 1], delta("x"))), .event(with(["b": 2], done(message("x")))),
            .event(with(["c": 3], ["type": "acme:event"])),
            .event(with(["d": 4], end("completed", ["custom_outputs": ["e": 5]]))),
            .outputs(["f": 6]), .set("custom_outputs", ["g": 7]),
        ])
        #expect(run.response["custom_outputs"] == ["a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7])
        let kept = run.events.compactMap { $0["custom_outputs"] }
        #expect(kept == [["a": 1, "b": 1], ["b": 2], ["c": 3]])
    }

    @Test("may be a whole response at once")
    func result() {
        let run = CompleterRun([
            .result([
                "output": [.object(message("a")), .object(call("f", "c"))], "model": "m", "custom_outputs": ["k": 1],
            ])
        ])
        #expect(run.output.count == 2 && run.response["model"] == "m" && run.response["custom_outputs"] == ["k": 1])
        #expect(CompleterRun([.result(["output": [5]])]).status == "failed")
        #expect(CompleterRun([.result(["output": [], "status": "incomplete"])]).status == "incomplete")
    }

    @Test("are pieces of text in turns, each of its message")
    func pieces() {
        let run = CompleterRun([
            .delta("a", id: "x"), .delta("b", id: "y"), .delta("c", id: "x"), .delta("d", id: "y"),
            .item(message("ac", "x")),
        ])
        #expect(run.output.map { $0["content"]?[0]?["text"] } == ["ac", "bd"])
    }

    @Test("is, of two words, the item's own text")
    func contradiction() {
        let run = CompleterRun(events: [delta("Hello"), done(message("Bye"))], contradicts: true)
        #expect(run.output[0]["content"]?[0]?["text"] == "Bye")
        #expect(run.sketch.contains("text0.0 = Bye"))
        let calls = CompleterRun(
            events: [
                added(call("f", "c", "", id: "f1")),
                event("function_call_arguments.delta", ["item_id": "f1", "delta": "{"]),
                done(call("f", "c", "[]", id: "f1")),
            ], contradicts: true
        )
        #expect(calls.output[0]["arguments"] == "[]")
    }

    @Test("are citations, with what clients need of each")
    func annotations() {
        let citation: JSON = ["type": "url_citation", "url": "u"]
        let file: JSON = ["type": "file_citation", "file_id": "f"]
        let run = CompleterRun(events: [
            delta("ab"), event("output_text.annotation.added", ["item_id": "m1", "annotation": citation]),
            done([
                "type": "message", "id": "m1",
                "content": [["type": "output_text", "text": "abcd", "annotations": [citation, file, citation]]],
            ]),
        ])
        func filled(_ end: JSON) -> JSON {
            ["type": "url_citation", "url": "u", "title": "", "start_index": 0, "end_index": end]
        }
        #expect(run.output[0]["content"]?[0]?["annotations"] == [filled(2), file, filled(4)])
        // Places before the text, which no client takes, count as unknown.
        let odd: JSON = ["type": "url_citation", "url": "u", "start_index": -1, "end_index": -1]
        let other = CompleterRun(events: [
            done([
                "type": "message", "content": [["type": "output_text", "text": "abc", "annotations": [odd]]],
            ])
        ])
        #expect(other.output[0]["content"]?[0]?["annotations"] == [filled(3)])
    }
}
