import AgentJSON
import Testing

@testable import ModelAgent

@Suite("A request for chat completions")
struct ChatRequestTests {
    private static func body(_ request: JSONObject, quirks: ModelQuirks = ModelQuirks()) throws -> JSONObject {
        try ChatCompletionsAPI.body(of: ModelTurn(request: request), quirks: quirks)
    }

    private static let base: JSONObject = [
        "model": "model", "messages": [], "stream": true, "stream_options": ["include_usage": true],
    ]

    @Test(
        "has the settings that the client gave, in the format's own form",
        arguments: [
            ([:], [:]),
            (["temperature": .null, "text": .null, "reasoning": .null, "tools": .null, "tool_choice": .null], [:]),
            (
                ["temperature": 0.0, "top_p": 1, "presence_penalty": 0.5, "frequency_penalty": -1, "seed": 7],
                ["temperature": 0.0, "top_p": 1, "presence_penalty": 0.5, "frequency_penalty": -1, "seed": 7]
            ),
            (
                ["service_tier": "flex", "prompt_cache_key": "k", "safety_identifier": "s", "user": "u"],
                ["service_tier": "flex", "prompt_cache_key": "k", "safety_identifier": "s", "user": "u"]
            ),
            (["max_output_tokens": 50], ["max_tokens": 50]),
            (["top_logprobs": 3], ["logprobs": true, "top_logprobs": 3]),
            (["top_logprobs": 0], [:]),
            (["include": ["message.output_text.logprobs"]], ["logprobs": true]),
            (["reasoning": ["effort": "low", "summary": "auto"]], ["reasoning_effort": "low"]),
            (["reasoning": ["effort": .null]], [:]),
            (["text": ["verbosity": "low", "format": ["type": "text"]]], ["verbosity": "low"]),
            (["text": ["format": ["type": "json_object"]]], ["response_format": ["type": "json_object"]]),
            (
                ["text": ["format": ["type": "json_schema", "name": "n", "schema": [:], "strict": true]]],
                [
                    "response_format": [
                        "type": "json_schema", "json_schema": ["name": "n", "schema": [:], "strict": true],
                    ]
                ]
            ),
            (
                [
                    "metadata": ["k": "v"], "store": true, "context": [:], "custom_inputs": [:], "background": false,
                    "truncation": "auto", "previous_response_id": "r", "max_tool_calls": 3, "instructions": "x",
                    "tool_choice": "auto", "parallel_tool_calls": false,
                ], [:]
            ),
        ] as [(JSONObject, JSONObject)]
    )
    func settings(request: JSONObject, expected: JSONObject) throws {
        var whole = Self.base
        for (key, value) in expected { whole[key] = value }
        #expect(try Self.body(request) == whole)
    }

    @Test("heeds what its endpoint wants otherwise")
    func quirks() throws {
        let quirks = ModelQuirks(lacksStreamOptions: true, wantsMaxCompletionTokens: true)
        #expect(
            try Self.body(["max_output_tokens": 50], quirks: quirks)
                == ["model": "model", "messages": [], "stream": true, "max_completion_tokens": 50]
        )
    }

    private static func function(_ name: String, _ more: JSONObject = [:]) -> JSON {
        var function: JSONObject = ["type": "function", "name": .string(name)]
        for (key, value) in more { function[key] = value }
        return .object(function)
    }

    @Test("offers functions, with `strict` only where it was given")
    func tools() throws {
        let body = try Self.body([
            "tools": [
                Self.function("f", ["description": "F", "parameters": ["type": "object"], "strict": false]),
                Self.function("g", ["description": .null, "strict": .null]),
            ],
            "parallel_tool_calls": false,
        ])
        #expect(
            body["tools"] == [
                [
                    "type": "function",
                    "function": ["name": "f", "description": "F", "parameters": ["type": "object"], "strict": false],
                ],
                ["type": "function", "function": ["name": "g"]],
            ]
        )
        #expect(body["parallel_tool_calls"] == false && body["tool_choice"] == nil)
    }

    @Test(
        "says which function is called",
        arguments: [
            ("auto", "auto", ["f", "g"]), ("none", "none", ["f", "g"]), ("required", "required", ["f", "g"]),
            (["type": "function", "name": "f"], ["type": "function", "function": ["name": "f"]], ["f", "g"]),
            (
                ["type": "allowed_tools", "mode": "required", "tools": [["type": "function", "name": "g"]]], "required",
                ["g"]
            ),
            (["type": "allowed_tools", "tools": [["type": "function", "name": "g"]]], "auto", ["g"]),
        ] as [(JSON, JSON, [String])]
    )
    func choice(choice: JSON, expected: JSON, names: [String]) throws {
        let body = try Self.body(["tools": [Self.function("f"), Self.function("g")], "tool_choice": choice])
        #expect(body["tool_choice"] == expected)
        #expect(body["tools"]?.arrayValue?.compactMap { $0["function"]?["name"]?.stringValue } == names)
    }

    @Test("keeps the agent's own functions beside those that the client allows")
    func ownTools() throws {
        var turn = ModelTurn(request: [
            "tools": [Self.function("f"), Self.function("g")],
            "tool_choice": ["type": "allowed_tools", "tools": [["type": "function", "name": "g"]]],
        ])
        turn.tools += ModelTurn(request: ["tools": [Self.function("own")]]).tools
        let tools = try ChatCompletionsAPI.body(of: turn, quirks: ModelQuirks())["tools"]?.arrayValue ?? []
        #expect(tools.map { $0["function"]?["name"] } == ["g", "own"])
    }

    @Test(
        "names what the format has no place for",
        arguments: [
            (["tools": [function("f"), ["type": "web_search"]]], "tools[1]: a tool of the type 'web_search'"),
            (
                ["tools": [function("f")], "tool_choice": ["type": "file_search"]],
                "tool_choice: the type 'file_search'"
            ),
            (["text": ["format": ["type": "grammar"]]], "text.format: the type 'grammar'"),
        ] as [(JSONObject, String)]
    )
    func unsupported(request: JSONObject, beginning: String) {
        let failure = #expect(throws: ModelFailure.self) { try Self.body(request) }
        #expect(failure?.kind == .unsupported && failure?.message.hasPrefix(beginning) == true)
    }
}
