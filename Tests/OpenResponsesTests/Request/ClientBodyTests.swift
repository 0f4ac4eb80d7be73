import AgentJSON
import OpenResponses
import Testing

@Suite("What clients send")
struct ClientBodyTests {
    @Test(
        "is taken",
        arguments: [
            // The openai client: create, parse, and a body of somebody who uses every field that is ignored here.
            #"{"model": "demo", "input": "hello client"}"#,
            #"""
            {"model": "demo", "input": "x", "text": {"format": {"type": "json_schema", "strict": true, "name": "Answer",
             "schema": {"properties": {"title": {"type": "string"}}, "required": ["title"], "type": "object"}}}}
            """#,
            #"""
            {"input": [{"type": "message", "role": "user", "content": "x", "x_unknown": 1}], "x_unknown": {"a": 1},
             "user": "u", "prompt": {"id": "p"}, "prompt_cache_retention": "24h", "context_management": [{"type": "x"}],
             "include": ["web_search_call.results"], "tools": [], "stream_options": {"include_obfuscation": false}}
            """#,
            // openai-agents: messages without a type, then output items with their ids and what the client adds.
            #"""
            {"model": "demo", "include": [], "tools": [{"type": "function", "name": "get_weather", "strict": true,
              "description": "", "parameters": {"properties": {}, "type": "object"}}], "instructions": "Use the tool.",
             "input": [{"role": "user", "content": "weather?"},
              {"id": "rs_1", "type": "reasoning", "summary": [], "content": null, "encrypted_content": null,
               "status": null},
              {"id": "fc_1", "type": "function_call", "call_id": "c", "name": "get_weather", "arguments": "{}",
               "namespace": null, "caller": null, "parsed_arguments": null, "status": "completed"},
              {"type": "function_call_output", "call_id": "c", "output": "sunny", "status": null},
              {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "phase": null,
               "content": [{"type": "output_text", "text": "t", "annotations": [], "logprobs": null, "parsed": null}]}]}
            """#,
            #"""
            {"model": "demo", "stream": true, "include": [], "tools": [], "previous_response_id": "resp_1",
             "input": [{"type": "function_call_output", "call_id": "c", "output": "sunny"}]}
            """#,
            // MLflow.
            #"""
            {"input": [{"role": "user", "content": "x"}], "custom_inputs": {"a": 1},
             "context": {"conversation_id": "c", "user_id": "u"}}
            """#,
            // What a compaction gave, and on from there.
            #"""
            {"input": [{"type": "message", "id": "msg_1", "role": "user", "status": "completed",
               "content": [{"type": "input_text", "text": "launch on Tuesday"}]},
              {"type": "compaction", "id": "cmp_1", "encrypted_content": "e", "created_by": "s"},
              {"role": "user", "content": "continue"}]}
            """#,
        ])
    func taken(body: String) throws {
        let request = try RequestTesting.request(body)
        #expect(!request.input.isEmpty)
        #expect(request.input.allSatisfy { !$0.type.isEmpty })
        for key in CreateRequestTests.defaultEcho.keys { #expect(request.echo.contains(key)) }
    }
}
