import AgentJSON
import Testing

@testable import AgentServer

@Suite("MLflow validation: requests")
struct MLflowValidationRequestTests {
    @Test(
        "A request reaches the agent in the order of the models, with defaults and without nulls",
        arguments: [
            (
                #"{"input":[{"role":"user","content":"hi"}]}"#,
                #"{"input":[{"content":"hi","role":"user","type":"message"}]}"#
            ),
            (#"{"input":[]}"#, #"{"input":[]}"#),
            (
                #"""
                {"custom_inputs":{"a":null},"input":[{"content":"hi","type":"message","role":"system",\#
                "name":"x"}]}
                """#,
                #"{"input":[{"content":"hi","role":"system","type":"message"}],"custom_inputs":{"a":null}}"#
            ),
            (
                #"""
                {"input":[{"role":"user","content":[{"type":"input_text","text":"a","x":1},{"text":"b"},\#
                {"type":"other","text":"c"}]}]}
                """#,
                #"""
                {"input":[{"content":[{"text":"a","type":"input_text"},{"text":"b","type":"input_text"},\#
                {"text":"c","type":"other"}],"role":"user","type":"message"}]}
                """#
            ),
            (
                #"""
                {"input":[{"role":"user","content":[{"type":"input_image","detail":null},{"type":"input_file"},\#
                {"type":"input_image","text":null}]}]}
                """#,
                #"""
                {"input":[{"content":[{"type":"input_image","detail":null},{"type":"input_file"},\#
                {"type":"input_image","text":null}],"role":"user","type":"message"}]}
                """#
            ),
            (
                #"""
                {"input":[{"role":"developer","content":[],"status":null},{"status":"incomplete",\#
                "role":"assistant","content":"","type":"odd"}]}
                """#,
                #"""
                {"input":[{"content":[],"role":"developer","type":"message"},{"status":"incomplete",\#
                "content":"","role":"assistant","type":"odd"}]}
                """#
            ),
            (
                #"""
                {"model":"m","instructions":"x","stream":null,"input":[],"store":null,"context":{"user_id":"u",\#
                "conversation_id":null,"x":1}}
                """#,
                #"{"input":[],"context":{"user_id":"u"}}"#
            ),
            (
                #"{"input":[],"context":{},"reasoning":{"summary":"auto","effort":"any"},"metadata":{}}"#,
                #"{"metadata":{},"reasoning":{"effort":"any"},"input":[],"context":{}}"#
            ),
            (
                #"""
                {"input":[],"custom_inputs":{},"text":{"format":null},"user":"u","metadata":{"b":"1","a":""},\#
                "truncation":"odd"}
                """#,
                #"""
                {"truncation":"odd","metadata":{"b":"1","a":""},"text":{"format":null},"user":"u","input":[],\#
                "custom_inputs":{}}
                """#
            ),
            (
                #"{"input":[],"text":[null,{"a":null}],"tool_choice":"odd"}"#,
                #"{"tool_choice":"odd","text":[null,{"a":null}],"input":[]}"#
            ),
            (
                #"{"input":[],"tool_choice":{"name":"f","x":1}}"#,
                #"{"tool_choice":{"name":"f","type":"function"},"input":[]}"#
            ),
            (
                #"""
                {"input":[],"tools":[{"name":"f","type":"function","parameters":{"a":null},"strict":"yes",\#
                "description":null,"x":null}]}
                """#,
                #"{"tools":[{"type":"function","name":"f","parameters":{"a":null},"strict":"yes"}],"input":[]}"#
            ),
            (
                #"{"input":[],"tools":[{"type":"mcp","server_label":null,"allowed":[null]},{"type":""}]}"#,
                #"{"tools":[{"type":"mcp","allowed":[null]},{"type":""}],"input":[]}"#
            ),
        ]
    )
    func converts(given: String, expected: String) throws {
        #expect(try MLflowValidationTesting.request(given) == expected)
    }

    @Test(
        "An item is read as a message if it can be, and is kept whole otherwise",
        arguments: [
            (
                #"""
                {"input":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text",\#
                "text":"t","annotations":[]}]}]}
                """#,
                #"{"input":[{"content":[{"text":"t","type":"output_text"}],"role":"assistant","type":"message"}]}"#
            ),
            (
                #"""
                {"input":[{"type":"message","id":"m","role":"assistant","content":[{"type":"refusal",\#
                "refusal":"no"}],"x":null}]}
                """#,
                #"""
                {"input":[{"type":"message","id":"m","role":"assistant","content":[{"type":"refusal",\#
                "refusal":"no"}]}]}
                """#
            ),
            (
                #"{"input":[{"type":"message","id":"m","content":[{"type":"output_text","text":"t"}]}]}"#,
                #"{"input":[{"type":"message","id":"m","content":[{"type":"output_text","text":"t"}]}]}"#
            ),
            (
                #"""
                {"input":[{"id":"f","type":"function_call","call_id":"c","name":"n","arguments":"{}",\#
                "status":null,"x":{"a":null}}]}
                """#,
                #"""
                {"input":[{"type":"function_call","id":"f","call_id":"c","name":"n","arguments":"{}",\#
                "x":{"a":null}}]}
                """#
            ),
            (
                #"{"input":[{"type":"function_call_output","call_id":"c","output":[{},{"a":null}]}]}"#,
                #"{"input":[{"type":"function_call_output","call_id":"c","output":[{},{"a":null}]}]}"#
            ),
            (
                #"{"input":[{"type":"reasoning","id":"r","summary":[{"text":"t"}],"encrypted_content":null}]}"#,
                #"{"input":[{"type":"reasoning","id":"r","summary":[{"text":"t"}]}]}"#
            ),
            (
                #"""
                {"input":[{"type":"mcp_approval_request","id":"a","arguments":"","name":"n",\#
                "server_label":"s"}]}
                """#,
                #"""
                {"input":[{"type":"mcp_approval_request","id":"a","arguments":"","name":"n",\#
                "server_label":"s"}]}
                """#
            ),
            (
                #"{"input":[{"type":"mcp_approval_response","approval_request_id":"a","approve":"on"}]}"#,
                #"{"input":[{"type":"mcp_approval_response","approval_request_id":"a","approve":"on"}]}"#
            ),
            (
                #"""
                {"input":[{"type":"web_search_call"},{"queries":[],"type":"file_search_call"},\#
                {"type":"computer_call","a":null}]}
                """#,
                #"""
                {"input":[{"type":"web_search_call"},{"type":"file_search_call","queries":[]},\#
                {"type":"computer_call"}]}
                """#
            ),
            (
                #"{"input":[{"type":"web_search_call","role":"user","content":"hi","action":{}}]}"#,
                #"{"input":[{"content":"hi","role":"user","type":"web_search_call"}]}"#
            ),
            (
                #"""
                {"input":[{"type":"function_call_output","call_id":"c","output":"o","role":"user",\#
                "content":[{"text":"t"}]}]}
                """#,
                #"""
                {"input":[{"content":[{"text":"t","type":"input_text"}],"role":"user",\#
                "type":"function_call_output"}]}
                """#
            ),
            (
                #"{"input":[{"type":"web_search_call","role":"bogus","content":"hi"}]}"#,
                #"{"input":[{"type":"web_search_call","role":"bogus","content":"hi"}]}"#
            ),
        ]
    )
    func readsItems(given: String, expected: String) throws {
        #expect(try MLflowValidationTesting.request(given) == expected)
    }

    @Test("A converted request is converted to itself")
    func isIdempotent() throws {
        let once = try MLflowValidationTesting.request(
            #"{"input":[{"role":"user","content":[{"text":"b"}]}],"temperature":"0.5","store":"no","top_p":1}"#
        )
        #expect(try MLflowValidationTesting.request(once) == once)
    }
}
