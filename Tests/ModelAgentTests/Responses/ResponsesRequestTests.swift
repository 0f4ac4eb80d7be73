import AgentJSON
import OpenResponses
import Testing

@testable import ModelAgent

@Suite("A request of the Responses API")
struct ResponsesRequestTests {
    private static func body(_ turn: ModelTurn) throws -> JSONObject {
        try ResponsesAPI.body(of: turn, quirks: ModelQuirks())
    }

    @Test(
        "has items without the server's ids, and reasoning that the endpoint can read",
        arguments: [
            (
                ["type": "message", "id": "msg_1", "role": "assistant", "phase": .null, "content": "Hi"],
                ["type": "message", "role": "assistant", "content": "Hi"]
            ),
            (["role": "user", "content": "Hi"], ["role": "user", "content": "Hi"]),
            (
                ["type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"],
                ["type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"]
            ),
            (
                ["type": "function_call_output", "id": "fco_1", "call_id": "c", "output": "ok"],
                ["type": "function_call_output", "call_id": "c", "output": "ok"]
            ),
            (["type": "reasoning", "id": "rs_1", "summary": []], nil),
            (
                ["type": "reasoning", "id": "rs_1", "status": "completed", "summary": [], "encrypted_content": "x"],
                ["type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"]
            ),
            (
                ["type": "web_search_call", "id": "ws_1", "status": "completed"],
                ["type": "web_search_call", "id": "ws_1", "status": "completed"]
            ),
        ] as [(JSONObject, JSONObject?)]
    )
    func items(item: JSONObject, expected: JSONObject?) throws {
        let input = try Self.body(ModelTurn(request: [:], input: [item]))["input"]
        #expect(input == .array(expected.map { [.object($0)] } ?? []))
    }

    @Test("passes on what means the same to the endpoint, and nothing that is for this server")
    func settings() throws {
        let passed: JSONObject = [
            "temperature": 0.5, "top_p": 1, "text": ["format": ["type": "text"]], "reasoning": ["effort": "low"],
            "truncation": "auto", "max_output_tokens": 50, "parallel_tool_calls": false, "service_tier": "flex",
            "top_logprobs": 2, "prompt_cache_key": "k", "safety_identifier": "s", "user": "u", "max_tool_calls": 3,
            "tools": [["type": "function", "name": "f", "parameters": [:], "strict": true], ["type": "web_search"]],
            "tool_choice": ["type": "function", "name": "f"],
        ]
        var request = passed
        let own: JSONObject = [
            "previous_response_id": "r", "conversation": "c", "background": true, "store": true, "metadata": ["a": "b"],
            "context": [:], "custom_inputs": [:], "stream": false, "model": "other", "input": "x",
            "presence_penalty": .null,
        ]
        for (key, value) in own { request[key] = value }
        var expected = passed
        expected["model"] = "model"
        expected["instructions"] = "Be kind"
        expected["input"] = []
        expected["include"] = ["reasoning.encrypted_content"]
        expected["store"] = false
        expected["stream"] = true
        #expect(try Self.body(ModelTurn(request: request, input: [], instructions: "Be kind")) == expected)
    }

    @Test(
        "asks for encrypted reasoning where reasoning is asked for, or the client wants it",
        arguments: [
            ([:], nil), (["include": []], nil),
            (["include": ["reasoning.encrypted_content"]], ["reasoning.encrypted_content"]),
            (["include": ["reasoning.encrypted_content"], "reasoning": [:]], ["reasoning.encrypted_content"]),
            (
                ["include": ["message.output_text.logprobs"], "reasoning": ["effort": "low"]],
                ["message.output_text.logprobs", "reasoning.encrypted_content"]
            ),
        ] as [(JSONObject, JSON?)]
    )
    func include(request: JSONObject, expected: JSON?) throws {
        #expect(try Self.body(ModelTurn(request: request))["include"] == expected)
    }

    @Test("has no choice where there are no tools")
    func noTools() throws {
        let body = try Self.body(ModelTurn(request: ["tool_choice": "required", "parallel_tool_calls": true]))
        #expect(body == ["model": "model", "input": [], "store": false, "stream": true])
    }
}
