import AgentJSON
import Testing

@testable import ModelAgent

@Suite("The messages of chat completions")
struct ChatMessageTests {
    private static func messages(
        _ input: [JSONObject], instructions: String? = nil, quirks: ModelQuirks = ModelQuirks()
    ) throws -> JSON? {
        let turn = ModelTurn(request: [:], input: input, instructions: instructions)
        return try ChatCompletionsAPI.body(of: turn, quirks: quirks)["messages"]
    }

    private static func reasoning(_ text: String) -> JSONObject {
        ["type": "reasoning", "summary": [], "content": [["type": "reasoning_text", "text": .string(text)]]]
    }

    private static func call(_ id: String, _ arguments: String = "{}") -> JSONObject {
        ["type": "function_call", "call_id": .string(id), "name": "f", "arguments": .string(arguments)]
    }

    private static func output(_ id: String, _ output: JSON = "ok") -> JSONObject {
        ["type": "function_call_output", "call_id": .string(id), "output": output]
    }

    private static func message(_ role: String, _ content: JSON) -> JSONObject {
        ["type": "message", "role": .string(role), "content": content]
    }

    private static func wireCall(_ id: String, _ arguments: String = "{}") -> JSON {
        ["id": .string(id), "type": "function", "function": ["name": "f", "arguments": .string(arguments)]]
    }

    private static let tool: JSON = ["role": "tool", "tool_call_id": "a", "content": "ok"]

    @Test(
        "say what the items say",
        arguments: [
            ([message("user", "Hi")], [["role": "user", "content": "Hi"]]),
            ([["role": "user", "content": "Hi"]], [["role": "user", "content": "Hi"]]),
            (
                [message("system", "A"), message("developer", "B"), message("user", "Hi"), message("developer", "C")],
                [
                    ["role": "system", "content": "A\n\nB"], ["role": "user", "content": "Hi"],
                    ["role": "system", "content": "C"],
                ]
            ),
            (
                [message("user", [["type": "input_text", "text": "a"], ["type": "input_text", "text": "b"]])],
                [["role": "user", "content": "a\nb"]]
            ),
            (
                [
                    message(
                        "assistant",
                        [
                            ["type": "output_text", "text": "a", "annotations": []],
                            ["type": "refusal", "refusal": "b"],
                        ]
                    )
                ],
                [["role": "assistant", "content": "ab"]]
            ),
            (
                [message("assistant", ""), message("assistant", []), message("user", "Hi")],
                [["role": "user", "content": "Hi"]]
            ),
            (
                [["type": "reasoning", "summary": [], "encrypted_content": "x"], message("user", "Hi")],
                [["role": "user", "content": "Hi"]]
            ),
        ] as [([JSONObject], JSON)]
    )
    func messages(input: [JSONObject], expected: JSON) throws {
        #expect(try Self.messages(input) == expected)
    }

    @Test("give the model back what it thought before calls and since the user spoke, under the endpoint's own name")
    func reasoning() throws {
        let input = [
            Self.message("user", "Hi"), Self.reasoning("zero"), Self.call("0"), Self.output("0"), Self.reasoning("old"),
            Self.message("assistant", "Ho"), Self.message("user", "Go"), Self.reasoning("one"),
            Self.message("assistant", "So"), Self.call("a"),
            Self.output("a"), Self.reasoning("two"), Self.reasoning(" three"), Self.call("b"), Self.output("b"),
        ]
        func expected(_ key: String?) -> JSON {
            func thought(_ text: String, _ message: JSONObject) -> JSON {
                var message = message
                if let key { message[key] = .string(text) }
                return .object(message)
            }
            return [
                ["role": "user", "content": "Hi"],
                thought("zero", ["role": "assistant", "content": nil, "tool_calls": [Self.wireCall("0")]]),
                ["role": "tool", "tool_call_id": "0", "content": "ok"], ["role": "assistant", "content": "Ho"],
                ["role": "user", "content": "Go"],
                thought("one", ["role": "assistant", "content": "So", "tool_calls": [Self.wireCall("a")]]), Self.tool,
                thought("two three", ["role": "assistant", "content": nil, "tool_calls": [Self.wireCall("b")]]),
                ["role": "tool", "tool_call_id": "b", "content": "ok"],
            ]
        }
        #expect(try Self.messages(input) == expected(nil))
        var quirks = ModelQuirks(reasoningKey: "reasoning")
        #expect(try Self.messages(input, quirks: quirks) == expected("reasoning"))
        quirks.reasoning = .refused
        #expect(try Self.messages(input, quirks: quirks) == expected(nil))
        // An endpoint that insists on it gets something, whatever the client has left out.
        quirks.reasoning = .demanded
        #expect(try Self.messages(input, quirks: quirks) == expected("reasoning"))
        #expect(
            try Self.messages([Self.call("a"), Self.output("a")], quirks: quirks)
                == [
                    ["role": "assistant", "content": nil, "tool_calls": [Self.wireCall("a")], "reasoning": " "],
                    Self.tool,
                ]
        )
    }

    @Test("begin with the instructions, with which the system's first words are one message")
    func instructions() throws {
        #expect(
            try Self.messages([Self.message("system", "B"), Self.message("user", "Hi")], instructions: "A")
                == [["role": "system", "content": "A\n\nB"], ["role": "user", "content": "Hi"]]
        )
        #expect(
            try Self.messages([Self.message("user", "Hi")], instructions: "") == [["role": "user", "content": "Hi"]])
    }

    @Test(
        "hold what the assistant says and calls in one go in one message",
        arguments: [
            (
                [call("a"), call("b"), output("a")],
                [["role": "assistant", "content": .null, "tool_calls": [wireCall("a"), wireCall("b")]], tool]
            ),
            (
                [message("assistant", "Well"), ["type": "reasoning", "summary": []], call("a"), output("a")],
                [["role": "assistant", "content": "Well", "tool_calls": [wireCall("a")]], tool]
            ),
            (
                [call("a"), message("assistant", "Well"), output("a"), message("assistant", "So")],
                [
                    ["role": "assistant", "content": "Well", "tool_calls": [wireCall("a")]], tool,
                    ["role": "assistant", "content": "So"],
                ]
            ),
            (
                [call("a"), output("a"), call("a"), output("a")],
                [
                    ["role": "assistant", "content": .null, "tool_calls": [wireCall("a")]], tool,
                    ["role": "assistant", "content": .null, "tool_calls": [wireCall("a")]], tool,
                ]
            ),
            ([output("a")], [tool]),
        ] as [([JSONObject], JSON)]
    )
    func calls(input: [JSONObject], expected: JSON) throws {
        #expect(try Self.messages(input) == expected)
    }

    @Test(
        "have arguments that are a JSON object, as endpoints want to parse them",
        arguments: [("{\"x\": 1}", "{\"x\": 1}"), ("", "{}"), ("{\"x\"", "{}"), ("7", "{}")]
    )
    func arguments(given: String, expected: String) throws {
        let messages = try Self.messages([Self.call("a", given)])
        #expect(messages?[0]?["tool_calls"] == [Self.wireCall("a", expected)])
    }

    @Test(
        "have outputs that are text",
        arguments: [
            ("text", "text"), ([["type": "input_text", "text": "a"], ["type": "input_text", "text": "b"]], "a\nb"),
            (.null, ""), (["x": 1], "{\"x\":1}"),
        ] as [(JSON, String)]
    )
    func outputs(output: JSON, expected: String) throws {
        #expect(try Self.messages([Self.output("a", output)])?[0]?["content"] == .string(expected))
    }

    @Test(
        "have images, files and sounds beside texts",
        arguments: [
            (
                ["type": "input_image", "image_url": "http://x", "detail": "low", "file_id": .null],
                ["type": "image_url", "image_url": ["url": "http://x", "detail": "low"]]
            ),
            (
                ["type": "input_image", "image_url": "http://x"],
                ["type": "image_url", "image_url": ["url": "http://x"]]
            ),
            (
                ["type": "image_url", "image_url": ["url": "http://x"]],
                ["type": "image_url", "image_url": ["url": "http://x"]]
            ),
            (
                ["type": "input_file", "filename": "a.pdf", "file_data": "data:x"],
                ["type": "file", "file": ["filename": "a.pdf", "file_data": "data:x"]]
            ),
            (
                ["type": "input_audio", "input_audio": ["data": "x", "format": "wav"]],
                ["type": "input_audio", "input_audio": ["data": "x", "format": "wav"]]
            ),
        ] as [(JSON, JSON)]
    )
    func attachments(part: JSON, expected: JSON) throws {
        let content = try Self.messages([Self.message("user", [["type": "input_text", "text": "See"], part])])?[0]?[
            "content"]
        #expect(content == [["type": "text", "text": "See"], expected])
    }

    @Test(
        "name what they have no place for",
        arguments: [
            (["type": "web_search_call", "id": "ws"], "input[1]: an item of the type 'web_search_call'"),
            (["type": "compaction", "encrypted_content": "x"], "input[1]: an item of the type 'compaction'"),
            (["type": "custom_tool_call", "call_id": "c"], "input[1]: an item of the type 'custom_tool_call'"),
            (["type": "acme:thing"], "input[1]: an item of the type 'acme:thing'"),
            (["type": "item_reference", "id": "x"], "input[1]: an item of the type 'item_reference'"),
            ([:], "input[1]: an item of the type ''"),
            (message("critic", "x"), "input[1].role: 'critic'"),
            (message("user", [["type": "input_image", "file_id": "f"]]), "input[1].content[0]: an image without"),
            (message("user", ["a", ["type": "input_file", "file_url": "u"]]), "input[1].content[1]: a file without"),
            (message("user", [["type": "input_video", "video_url": "u"]]), "input[1].content[0]: a part of the type"),
            (
                message("assistant", [["type": "input_image", "image_url": "u"]]),
                "input[1].content[0]: a part of the type"
            ),
            (output("a", [["type": "input_image", "image_url": "u"]]), "input[1].output[0]: a part of the type"),
        ] as [(JSONObject, String)]
    )
    func unsupported(item: JSONObject, beginning: String) {
        let failure = #expect(throws: ModelFailure.self) { try Self.messages([Self.message("user", "Hi"), item]) }
        #expect(failure?.kind == .unsupported)
        #expect(failure?.message.hasPrefix(beginning) == true, "\(failure?.message ?? "")")
    }
}
