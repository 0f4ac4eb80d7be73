import AgentJSON
import OpenResponses
import Testing

@Suite("What an agent yields becomes a full stream")
struct SparseStreamTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var yields: [JSONObject]
        var sketch: [String]

        init(_ name: String, _ yields: [JSONObject], _ sketch: [String]) {
            self.name = name
            self.yields = yields
            self.sketch = sketch
        }

        var testDescription: String { name }
    }

    @Test("by these rules", arguments: messages + others + closings)
    func rules(_ example: Case) {
        let run = CompleterRun(events: example.yields)
        #expect(run.sketch == example.sketch)
    }

    static let messages: [Case] = [
        Case("nothing", [], ["completed"]),
        Case(
            "pieces of an unseen item", [delta("Hel"), delta("lo")],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 Hel", "text0.0 lo", "text0.0 = Hello", "-part0.0",
                "-item0", "completed",
            ]
        ),
        Case(
            "pieces, then the item, which has more", [delta("Hel"), done(message("Hello"))],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 Hel", "text0.0 lo", "text0.0 = Hello", "-part0.0",
                "-item0", "completed",
            ]
        ),
        Case(
            "a finished message", [done(message("Hello"))],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 Hello", "text0.0 = Hello", "-part0.0", "-item0",
                "completed",
            ]
        ),
        Case(
            "a message whose content is a text", [done(["type": "message", "id": "m1", "content": "Hi"])],
            ["+item0 message", "+part0.0 output_text", "text0.0 Hi", "text0.0 = Hi", "-part0.0", "-item0", "completed"]
        ),
        Case(
            "a message without content, after its pieces",
            [delta("a"), done(["type": "message", "id": "m1", "content": .null])],
            ["+item0 message", "+part0.0 output_text", "text0.0 a", "text0.0 = a", "-part0.0", "-item0", "completed"]
        ),
        Case(
            "an empty message", [done(["type": "message", "content": []])], ["+item0 message", "-item0", "completed"]),
        Case(
            "an empty text", [done(message(""))],
            ["+item0 message", "+part0.0 output_text", "text0.0 = ", "-part0.0", "-item0", "completed"]
        ),
        Case(
            "texts under other names, and a part without a type",
            [done(["type": "message", "content": [["type": "text", "text": "a"], ["text": "b"], "c"]])],
            ["+item0 message"]
                + ["a", "b", "c"].enumerated().flatMap { index, text in
                    [
                        "+part0.\(index) output_text", "text0.\(index) \(text)", "text0.\(index) = \(text)",
                        "-part0.\(index)",
                    ]
                } + ["-item0", "completed"]
        ),
        Case(
            "a refusal",
            [
                event("refusal.delta", ["item_id": "m1", "delta": "No"]),
                done(["type": "message", "id": "m1", "content": [["type": "refusal", "refusal": "No."]]]),
            ],
            [
                "+item0 message", "+part0.0 refusal", "text0.0 No", "text0.0 .", "text0.0 = No.", "-part0.0", "-item0",
                "completed",
            ]
        ),
        Case(
            "only the end of a text", [event("output_text.done", ["item_id": "m1", "text": "Hello"])],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 Hello", "text0.0 = Hello", "-part0.0", "-item0",
                "completed",
            ]
        ),
        Case(
            "ends of things that have ended, which are late",
            [
                done(message("a")), event("output_text.done", ["item_id": "m1", "text": "a"]),
                event(
                    "content_part.done",
                    ["item_id": "m1", "content_index": 0, "part": ["type": "output_text", "text": "a"]]),
                event("output_text.annotation.added", ["item_id": "m1", "annotation": ["type": "url_citation"]]),
            ],
            ["+item0 message", "+part0.0 output_text", "text0.0 a", "text0.0 = a", "-part0.0", "-item0", "completed"]
        ),
        Case(
            "a user's message, whose parts come whole",
            [
                done([
                    "type": "message", "role": "user",
                    "content": [["type": "input_text", "text": "a"], ["type": "input_image"]],
                ])
            ],
            [
                "+item0 message", "+part0.0 input_text", "-part0.0", "+part0.1 input_image", "-part0.1", "-item0",
                "completed",
            ]
        ),
        Case(
            "a user's message, whose text is called what it is called in requests",
            [
                done(["type": "message", "role": "user", "content": "a"]),
                done([
                    "type": "message", "role": "system",
                    "content": [
                        ["type": "output_text", "text": "b", "annotations": []], ["type": "text", "text": "c"],
                    ],
                ]),
            ],
            [
                "+item0 message", "+part0.0 input_text", "-part0.0", "-item0", "+item1 message",
                "+part1.0 input_text", "-part1.0", "+part1.1 input_text", "-part1.1", "-item1", "completed",
            ]
        ),
        Case(
            "a user's message in pieces, which have a name of their own",
            [
                added(["type": "message", "role": "user", "id": "m1"]), delta("a"),
                done([
                    "type": "message", "role": "user", "id": "m1", "content": [["type": "input_text", "text": "ab"]],
                ]),
            ],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 a", "text0.0 b", "text0.0 = ab", "-part0.0",
                "-item0", "completed",
            ]
        ),
        Case(
            "two messages in turns, without an order among them",
            [delta("a", "x"), delta("b", "y"), delta("c", "x"), done(message("bd", "y")), done(message("ac", "x"))],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 a", "+item1 message", "+part1.0 output_text",
                "text1.0 b", "text0.0 c", "text1.0 d", "text1.0 = bd", "-part1.0", "-item1", "text0.0 = ac", "-part0.0",
                "-item0", "completed",
            ]
        ),
        Case(
            "pieces without an id, of the message that is open",
            [
                event("output_text.delta", ["delta": "a"]), event("output_text.delta", ["delta": "b"]),
                done(["type": "message", "content": "ab"]),
            ],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 a", "text0.0 b", "text0.0 = ab", "-part0.0",
                "-item0", "completed",
            ]
        ),
        Case(
            "pieces without an id, of the latest of two open messages",
            [
                added(["type": "message"]), added(["type": "message"]), event("output_text.delta", ["delta": "a"]),
                event("output_text.delta", ["delta": "b"]),
            ],
            [
                "+item0 message", "+item1 message", "+part1.0 output_text", "text1.0 a", "text1.0 b", "-item0",
                "text1.0 = ab", "-part1.0", "-item1", "completed",
            ]
        ),
    ]

    static let others: [Case] = [
        Case(
            "a call", [done(call("f", "c1", #"{"a":1}"#))],
            ["+item0 function_call", #"arguments0 {"a":1}"#, #"arguments0 = {"a":1}"#, "-item0", "completed"]
        ),
        Case(
            "a call in pieces",
            [
                added(call("f", "c1", "", id: "f1")),
                event("function_call_arguments.delta", ["item_id": "f1", "delta": #"{"a""#]),
                done(call("f", "c1", #"{"a":1}"#, id: "f1")),
            ],
            [
                "+item0 function_call", #"arguments0 {"a""#, "arguments0 :1}", #"arguments0 = {"a":1}"#, "-item0",
                "completed",
            ]
        ),
        Case(
            "a call that keeps its arguments where the item has none",
            [
                added(call("f", "c1", "", id: "f1")),
                event("function_call_arguments.delta", ["item_id": "f1", "delta": "{ }"]),
                done(call("f", "c1", "", id: "f1")),
            ],
            ["+item0 function_call", "arguments0 { }", "arguments0 = { }", "-item0", "completed"]
        ),
        Case(
            "a call without a name until it is done",
            [
                added(["type": "function_call", "id": "f1", "call_id": "c1", "name": "", "arguments": ""]),
                event("function_call_arguments.delta", ["item_id": "f1", "delta": "{}"]),
                done(call("f", "c1", "{}", id: "f1")),
            ],
            ["+item0 function_call", "arguments0 {}", "arguments0 = {}", "-item0", "completed"]
        ),
        Case(
            "calls without ids, told apart by their call ids",
            [
                added(call("f", "a", "")), added(call("f", "b", "")), done(call("f", "a", "{}")),
                done(call("f", "b", "{ }")),
            ],
            [
                "+item0 function_call", "+item1 function_call", "arguments0 {}", "arguments0 = {}", "-item0",
                "arguments1 { }", "arguments1 = { }", "-item1", "completed",
            ]
        ),
        Case(
            "arguments that are no text, and none",
            [
                done(["type": "function_call", "name": "f", "arguments": ["a": 1]]),
                done(["type": "function_call", "name": "g"]),
            ],
            [
                "+item0 function_call", #"arguments0 {"a":1}"#, #"arguments0 = {"a":1}"#, "-item0",
                "+item1 function_call", "arguments1 {}", "arguments1 = {}", "-item1", "completed",
            ]
        ),
        Case(
            "reasoning",
            [
                done([
                    "type": "reasoning", "id": "r1", "summary": [["type": "summary_text", "text": "a"], "b"],
                    "content": ["c"],
                ])
            ],
            [
                "+item0 reasoning", "+part0.0 summary_text", "text0.0 a", "text0.0 = a", "-part0.0",
                "+part0.1 summary_text",
                "text0.1 b", "text0.1 = b", "-part0.1", "+part0.0 reasoning_text", "text0.0 c", "text0.0 = c",
                "-part0.0", "-item0", "completed",
            ]
        ),
        Case(
            "raw reasoning in pieces, by OpenAI's name, with more in the item",
            [
                event("reasoning_text.delta", ["item_id": "r1", "delta": "a"]),
                done([
                    "type": "reasoning", "id": "r1", "summary": [["type": "summary_text", "text": "s"]],
                    "content": [["type": "reasoning_text", "text": "ab"]],
                ]),
            ],
            [
                "+item0 reasoning", "+part0.0 reasoning_text", "text0.0 a", "text0.0 b", "text0.0 = ab", "-part0.0",
                "+part0.0 summary_text", "text0.0 s", "text0.0 = s", "-part0.0", "-item0", "completed",
            ]
        ),
        Case(
            "a function's output", [done(call("f", "c1")), done(output("c1"))],
            [
                "+item0 function_call", "arguments0 {}", "arguments0 = {}", "-item0", "+item1 function_call_output",
                "-item1", "completed",
            ]
        ),
        Case(
            "items that only OpenAI or an extension defines",
            [
                added(["type": "mcp_call", "id": "p1", "status": "in_progress"]),
                event("mcp_call.in_progress", ["item_id": "p1", "output_index": 7]),
                done(["type": "mcp_call", "id": "p1", "status": "failed"]), done(["type": "acme:thing"]),
                ["type": "acme:event", "x": 1, "error": "hidden"],
            ],
            [
                "+item0 mcp_call", "mcp_call.in_progress", "-item0", "+item1 acme:thing", "-item1", "acme:event",
                "completed",
            ]
        ),
        Case(
            "one id for a message and reasoning, in turns",
            [
                delta("a", "x"), event("reasoning.delta", ["item_id": "x", "delta": "r"]), delta("b", "x"),
                event("reasoning.delta", ["item_id": "x", "delta": "s"]), done(message("ab", "x")),
            ],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 a", "+item1 reasoning", "+part1.0 reasoning_text",
                "text1.0 r", "text0.0 b", "text1.0 s", "text0.0 = ab", "-part0.0", "-item0", "text1.0 = rs",
                "-part1.0", "-item1", "completed",
            ]
        ),
    ]

    static let closings: [Case] = [
        Case(
            "the last response of the agent's own counts",
            [
                event("created", ["response": ["id": "own"]]), event("in_progress"), done(message("a")),
                end("incomplete", ["incomplete_details": ["reason": "content_filter"]]),
                event("created"), done(message("b", "m2")), end(),
            ],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 a", "text0.0 = a", "-part0.0", "-item0",
                "+item1 message", "+part1.0 output_text", "text1.0 b", "text1.0 = b", "-part1.0", "-item1", "completed",
            ]
        ),
        Case(
            "items that come only with the end of a response",
            [
                end("completed", ["output": [.object(message("a"))]]),
                end("completed", ["output": [["type": "message", "content": "b"]]]),
                end("completed", ["output": [["type": "message", "content": "c"]]]),
            ],
            (0..<3).flatMap { index in
                let text = ["a", "b", "c"][index]
                return [
                    "+item\(index) message", "+part\(index).0 output_text", "text\(index).0 \(text)",
                    "text\(index).0 = \(text)", "-part\(index).0", "-item\(index)",
                ]
            } + ["completed"]
        ),
        Case(
            "items that came on their own are not taken from the end again",
            [
                done(message("a")), delta("b", "m2"),
                end(
                    "completed",
                    [
                        "output": [
                            .object(message("a")), .object(message("bc", "m2")), ["type": "message", "content": "a"],
                        ]
                    ]),
            ],
            [
                "+item0 message", "+part0.0 output_text", "text0.0 a", "text0.0 = a", "-part0.0", "-item0",
                "+item1 message", "+part1.0 output_text", "text1.0 b", "text1.0 c", "text1.0 = bc", "-part1.0",
                "-item1", "completed",
            ]
        ),
        Case(
            "what an item was opened with, when nothing else came of it",
            [added(call("f", "c1", "{ }", id: "f1")), added(message("a"))],
            [
                "+item0 function_call", "+item1 message", "arguments0 { }", "arguments0 = { }", "-item0",
                "+part1.0 output_text", "text1.0 a", "text1.0 = a", "-part1.0", "-item1", "completed",
            ]
        ),
    ]
}
