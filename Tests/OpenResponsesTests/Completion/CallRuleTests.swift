import AgentJSON
import OpenResponses
import Testing

@Suite("Calls in a response")
struct CallRuleTests {
    // MARK: Ids

    @Test("get ids that clients take, and their outputs the same")
    func ids() {
        let long = String(repeating: "c", count: 65)
        let run = CompleterRun(events: [
            done(call("f", "c1")), done(output("c1")), done(call("f", "c1")), done(output("c1")),
            done(call("f", long)), done(output(long)), done(call("f", "")), done(output("")),
            done(["type": "function_call", "name": "f"]), done(output("elsewhere")),
        ])
        let ids = run.output.map { $0["call_id"]?.stringValue ?? "" }
        for pair in 0..<4 { #expect(ids[2 * pair] == ids[2 * pair + 1]) }
        #expect(ids[0] == "c1" && Set(ids).count == 6 && ids[9] == "elsewhere")
    }

    @Test("of one id get their outputs in order, when those come together")
    func outputsInOrder() {
        let run = CompleterRun(events: [
            done(call("f", "c")), done(call("g", "c")), done(output("c", "1")), done(output("c", "2")),
            done(output("c", "3")),
        ])
        let ids = run.output.map { $0["call_id"] }
        #expect(ids[0] != ids[1] && ids[2] == ids[0] && ids[3] == ids[1] && ids[4] == ids[1])
    }

    @Test("of other kinds are told apart as well")
    func otherKinds() {
        let custom: JSONObject = ["type": "custom_tool_call", "call_id": "c", "name": "x", "input": ""]
        let run = CompleterRun(events: [
            done(custom), done(custom), done(["type": "custom_tool_call"]), done(["type": "custom_tool_call"]),
        ])
        #expect(Set(run.output.compactMap { $0["call_id"]?.stringValue }).count == 4)
    }

    @Test(
        "and other items keep their ids where they can",
        arguments: [
            ("m1", true), ("", false), (String(repeating: "i", count: 64), true),
            (String(repeating: "i", count: 65), false),
        ])
    func itemIDs(_ id: String, _ isKept: Bool) {
        let run = CompleterRun(events: [delta("a", id), done(message("ab", id)), done(message("c", id))])
        #expect((run.output[0]["id"] == .string(id)) == isKept)
        #expect(run.output.map { $0["content"]?[0]?["text"] } == ["ab", "c"])
    }

    @Test(
        "have outputs that are texts or parts of a request",
        arguments: [
            (.string("a"), .string("a")), (.null, .string("")), (["a": 1], .string(#"{"a":1}"#)), (7, .string("7")),
            ([["type": "text", "text": "a"]], [["type": "input_text", "text": "a"]]),
            (
                [["type": "input_image", "image_url": "u"]],
                [["type": "input_image", "image_url": "u", "detail": "auto"]]
            ),
            ([1, 2], .string("[1,2]")), ([["row": 1]], .string(#"[{"row":1}]"#)), ([], []),
        ] as [(JSON, JSON)])
    func outputs(_ given: JSON, _ expected: JSON) {
        let item: JSONObject = ["type": "function_call_output", "call_id": "c", "output": given]
        #expect(CompleterRun(events: [done(item)]).output[0]["output"] == expected)
    }

    // MARK: Rules

    private static let none = OutputRules(offered: ["f", "g"], allowed: [])
    private static let onlyF = OutputRules(offered: ["f", "g"], allowed: ["f"])
    private static let required = OutputRules(offered: ["f"], allowed: ["f"], isCallRequired: true)

    @Test(
        "are those that the request allows",
        arguments: [
            (none, [done(message("a"))], nil), (none, [done(call("f", "c"))], "f"),
            (none, [done(call("own", "c"))], "own"),
            (onlyF, [done(call("f", "c"))], nil), (onlyF, [done(call("g", "c"))], "g"),
            (onlyF, [added(call("g", "c", "", id: "x"))], "g"),
            (onlyF, [done(call("own", "c")), done(output("c"))], nil), (onlyF, [done(call("own", "c"))], "own"),
            (onlyF, [done(call("own", "c")), done(call("own", "c")), done(output("c"))], "own"),
            (onlyF, [done(call("own", "c")), done(call("own", "c")), done(output("c")), done(output("c"))], nil),
            (required, [done(message("a"))], "no function"), (required, [done(call("f", "c"))], nil),
            (required, [done(call("own", "c")), done(output("c"))], "no function"),
            (required, [delta("a"), end("incomplete")], nil),
            (none, [done(custom("own", "c"))], "own"),
            (none, [done(custom("own", "c")), done(customOutput("c"))], "own"),
            (onlyF, [done(custom("g", "c"))], "g"), (onlyF, [added(custom("g", "c"))], "g"),
            (onlyF, [done(custom("own", "c"))], "own"),
            (onlyF, [done(custom("own", "c")), done(customOutput("c"))], nil),
            (onlyF, [added(["type": "custom_tool_call", "id": "x"]), done(custom("g", "c", id: "x"))], "g"),
            (required, [done(custom("f", "c"))], nil), (OutputRules(), [done(custom("own", "c"))], nil),
            (OutputRules(offered: ["f"]), [done(call("anything", "c"))], nil),
            (OutputRules(isCallRequired: true), [done(call("anything", "c"))], nil),
        ] as [(OutputRules, [JSONObject], String?)])
    func allowed(_ rules: OutputRules, _ events: [JSONObject], _ fault: String?) {
        let run = CompleterRun(events: events, rules: rules)
        #expect((run.fault == nil) == (fault == nil))
        if let fault { #expect(run.fault?.message.contains(fault) == true) }
    }

    private static func custom(_ name: String, _ callID: String, id: String = "") -> JSONObject {
        var item: JSONObject = [
            "type": "custom_tool_call", "call_id": .string(callID), "name": .string(name), "input": "x",
        ]
        if !id.isEmpty { item["id"] = .string(id) }
        return item
    }

    private static func customOutput(_ callID: String) -> JSONObject {
        ["type": "custom_tool_call_output", "call_id": .string(callID), "output": "y"]
    }

    @Test("are at most one of the client's, of whatever kind")
    func parallelCustom() {
        let run = CompleterRun(
            events: [
                done(Self.custom("f", "a")), done(Self.custom("g", "b")), done(Self.customOutput("b")),
                done(call("f", "c")), done(Self.customOutput("a")),
            ], rules: OutputRules(offered: ["f", "g"], allowsParallelCalls: false)
        )
        #expect(run.output.map { $0["call_id"] } == ["a", "a"])
        #expect(run.leftOutCalls == 2)
    }

    @Test("are at most one of the client's where it wants no parallel ones; the indexes have no holes")
    func parallel() {
        let run = CompleterRun(
            events: [
                added(call("f", "a", "", id: "f1")), added(call("g", "b", "", id: "f2")),
                event("function_call_arguments.delta", ["item_id": "f1", "delta": "{}"]),
                event("function_call_arguments.delta", ["item_id": "f2", "delta": "lost"]),
                event("function_call_arguments.done", ["item_id": "f2", "arguments": "lost"]),
                event("mcp_call.in_progress", ["item_id": "f2"]), done(call("f", "a", "{}", id: "f1")),
                done(call("g", "b", "lost", id: "f2")), done(call("g", "d")), done(output("b", "lost")),
                done(message("after")), end("completed", ["output": [.object(call("g", "b", "lost", id: "f2"))]]),
            ], rules: OutputRules(offered: ["f", "g"], allowsParallelCalls: false)
        )
        #expect(
            run.sketch == [
                "+item0 function_call", "arguments0 {}", "arguments0 = {}", "-item0", "+item1 message",
                "+part1.0 output_text", "text1.0 after", "text1.0 = after", "-part1.0", "-item1", "completed",
            ])
        #expect(run.leftOutCalls == 2)
    }

    @Test("that the agent answers itself do not count as parallel")
    func ownCalls() {
        let run = CompleterRun(
            events: [
                done(call("own", "a")), done(output("a")), done(call("own", "b")), done(output("b")),
                done(call("f", "c")),
            ],
            rules: OutputRules(offered: ["f"], allowsParallelCalls: false)
        )
        #expect(run.output.count == 5 && run.leftOutCalls == 0)
    }
}
