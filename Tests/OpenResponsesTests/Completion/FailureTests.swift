import AgentJSON
import OpenResponses
import TestSupport
import Testing

@Suite("A response that fails, or does not come to its end")
struct FailureTests {
    @Test(
        "says what the agent said of an error, flat or nested",
        arguments: [
            (["type": "error", "message": "m", "code": "c", "param": "p"], "m", "c"),
            (["type": "error", "error": ["type": "t", "message": "m", "code": "c"]], "m", "c"),
            (["type": "error", "error": "m"], "m", "model_error"),
            (["type": "error", "error": .null, "message": "m", "code": 7], "m", "model_error"),
            (["type": "error"], "The agent reported an error", "model_error"),
            (["type": "response.failed", "response": ["error": ["message": "m", "code": "c"]]], "m", "c"),
            (["type": "response.failed"], "The agent reported an error", "model_error"),
        ] as [(JSONObject, String, String)])
    func errors(_ event: JSONObject, _ text: String, _ code: String) {
        let run = CompleterRun(events: [done(message("kept")), delta("lost", "m2"), event])
        #expect(run.sketch.suffix(2) == ["error", "failed"])
        #expect(run.response["error"] == ["message": .string(text), "code": .string(code)])
        let error = run.events[run.events.count - 2]["error"]
        #expect(error == ["type": "model_error", "message": .string(text), "code": .string(code), "param": .null])
        #expect(run.output.count == 1)
    }

    @Test(
        "fails for what no client could understand",
        arguments: [
            done(["id": "x"]), done(["type": "unheard_of"]), ["type": "unheard.of"], [:],
            ["type": "response.output_item.done"],
            done(["type": "message", "content": 5]), done(["type": "message", "content": [5]]),
            done(["type": "message", "content": [["type": "unheard_of"]]]),
            done(["type": "message", "content": [["type": "output_text", "text": 5]]]),
            done(["type": "message", "content": [["type": "output_text", "text": "a", "annotations": ["b"]]]]),
            done(["type": "message", "role": "alien"]),
            done(["type": "function_call", "call_id": "c", "arguments": "{}"]),
            done(["type": "function_call_output", "output": "x"]),
            done(["type": "function_call_output", "call_id": ""]),
            done([
                "type": "message", "content": [["type": "output_text", "text": "a", "annotations": [["type": "odd"]]]],
            ]),
            done(["type": "reasoning", "summary": 1]),
            done(["type": "reasoning", "summary": [["type": "input_image"]]]),
            done(["type": "compaction"]), event("output_text.delta", ["item_id": "m1"]), added(["type": "unheard_of"]),
            event("content_part.added", ["item_id": "m1", "part": ["type": "unheard_of"]]),
            ["type": "acme:x\n\ndata: [DONE]\n\nevent: y"], done(["type": "acme:a b"]), added(["type": "acme:\u{0}"]),
        ] as [JSONObject])
    func faults(_ event: JSONObject) {
        let run = CompleterRun(events: [done(message("kept")), event])
        #expect(run.status == "failed" && run.fault?.code == "model_error")
        #expect(run.output.count == 1)
    }

    @Test("fails when the agent's last response failed, not when one before it did")
    func lastFailed() {
        #expect(CompleterRun(events: [end("failed"), done(message("a")), end()]).status == "completed")
        #expect(CompleterRun(events: [end(), done(message("a")), end("failed")]).status == "failed")
    }

    @Test("fails when the agent stops within the arguments of a call")
    func cutShort() {
        let events = [
            added(call("f", "c", "", id: "f1")),
            event("function_call_arguments.delta", ["item_id": "f1", "delta": "{\"a"]),
        ]
        #expect(CompleterRun(events: events).status == "failed")
        let run = CompleterRun(events: events + [end("incomplete")])
        #expect(run.status == "incomplete" && run.output[0]["arguments"] == "{\"a")
    }

    // MARK: Incomplete

    @Test(
        "is incomplete where its last item is, or the agent says so",
        arguments: [
            ([done(message("a", status: "incomplete"))], true, "max_output_tokens"),
            ([delta("a"), done(message("ab", status: "incomplete"))], true, "max_output_tokens"),
            ([delta("a"), end("incomplete")], true, "max_output_tokens"),
            (
                [delta("a"), end("incomplete", ["incomplete_details": ["reason": "content_filter"]])], true,
                "content_filter"
            ),
            ([delta("a"), end("cancelled")], true, "cancelled"),
            ([done(message("a")), end("incomplete")], false, "max_output_tokens"),
            ([end("incomplete")], nil, "max_output_tokens"),
            ([added(["type": "reasoning", "id": "r"]), end("incomplete")], true, "max_output_tokens"),
            ([done(["type": "acme:x", "status": "incomplete"])], true, "max_output_tokens"),
            ([added(["type": "acme:x"]), end("incomplete")], true, "max_output_tokens"),
        ] as [([JSONObject], Bool?, String)])
    func incomplete(_ events: [JSONObject], _ isLastIncomplete: Bool?, _ reason: String) {
        let run = CompleterRun(events: events)
        #expect(run.status == "incomplete" && run.response["incomplete_details"]?["reason"] == .string(reason))
        #expect(run.output.last.map { $0["status"] == "incomplete" } == isLastIncomplete)
    }

    @Test("counts an incomplete item as complete when another one follows")
    func released() {
        var first = done(message("a", status: "incomplete"))
        first["custom_outputs"] = ["k": 1]
        let run = CompleterRun(events: [first, done(message("b", "m2"))])
        #expect(run.status == "completed")
        #expect(run.sketch.firstIndex(of: "-item0") == run.sketch.firstIndex(of: "+item1 message").map { $0 - 1 })
        #expect(run.events.contains { $0["type"] == "response.output_item.done" && $0["custom_outputs"] == ["k": 1] })
        let earlier = CompleterRun(events: [delta("a"), delta("b", "m2"), done(message("a", status: "incomplete"))])
        #expect(earlier.status == "completed")
        // Reasoning has no status otherwise.
        let reasoning: JSONObject = ["type": "reasoning", "summary": [], "status": "incomplete"]
        let thought = CompleterRun(events: [done(reasoning), done(message("b"))])
        #expect(thought.status == "completed" && thought.output[0]["status"] == nil)
    }

    @Test("stays incomplete when a call that follows is left out")
    func followedByNothing() {
        let rules = OutputRules(offered: ["f"], allowsParallelCalls: false)
        let run = CompleterRun(
            events: [done(call("f", "a")), done(message("b", status: "incomplete")), done(call("f", "c"))], rules: rules
        )
        #expect(run.status == "incomplete" && run.output.last?["status"] == "incomplete")
        let more = CompleterRun(
            events: [
                done(call("f", "a")), done(message("b", status: "incomplete")), done(call("f", "c")),
                done(message("d", "e")),
            ],
            rules: rules
        )
        #expect(more.status == "completed" && more.output.count == 3)
    }

    // MARK: Cancelled

    @Test("ends as cancelled, with what it had, and only once")
    func cancelled() throws {
        var completer = StreamCompleter(.test) { $0 + "new" }
        completer.begin()
        try completer.item(message("a"))
        try completer.textDelta("b", itemID: "m2")
        completer.cancel()
        completer.fail(OutputFault("late"))
        let events = completer.takeEvents().map(\.json)
        #expect(StreamRules.faults(events, response: completer.response) == [])
        #expect(completer.response?["status"] == "cancelled")
        #expect(completer.response?["incomplete_details"] == ["reason": "cancelled"])
        let output = completer.response?["output"]
        #expect(output?.arrayValue?.map { $0["status"] } == ["completed", "incomplete"])
        #expect(output?[1]?["content"]?[0]?["text"] == "b")
        let replayed = StreamCompleter.events(ofFinished: completer.response ?? [:]).map(\.json)
        #expect(StreamRules.faults(replayed, response: completer.response) == [])
    }

    @Test("is cancelled with all kinds of items, whatever has come of them")
    func cancelledAtRandom() {
        for seed in UInt64(60_000)..<60_300 {
            var agent = RandomAgent(seed: seed)
            let rules = agent.rules()
            let yields = seed % 2 == 0 ? agent.truthful() : agent.chaotic()
            let run = CompleterRun.cancelled(yields, rules)
            let faults = StreamRules.faults(run.events, response: run.response, allowsContradictions: true)
            #expect(faults.isEmpty, "Seed \(seed): \(faults)")
            let added = run.events.filter { $0["type"] == "response.output_item.added" }.count
            #expect(run.output.count == added, "Seed \(seed)")
        }
    }
}
