import AgentJSON
import Testing

@testable import AgentServer

@Suite("MLflow validation: results")
struct MLflowValidationResultTests {
    @Test(
        "A good result passes",
        arguments: [
            #"{"output":[]}"#,
            #"""
            {"output":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text",\#
            "text":"t"}]}],"id":null,"model":"m","x":1}
            """#,
            #"""
            {"output":[{"type":"message","id":"m","content":[{"type":"refusal","refusal":"r"},\#
            {"type":"output_text","text":"t","annotations":[{"type":"file_path","file_id":"f","index":"1"},\#
            {"type":"file_citation","file_id":"f","index":1.0},{"type":"url_citation","url":"u","title":"t",\#
            "end_index":null}]}]}]}
            """#,
            #"""
            {"output":[{"type":"mcp_approval_response","approval_request_id":"a","approve":1},\#
            {"type":"computer_call","status":"bogus"}]}
            """#,
            #"""
            {"output":[],"temperature":"nan","usage":{"input_tokens":1,\#
            "input_tokens_details":{"cached_tokens":0},"output_tokens":2,\#
            "output_tokens_details":{"reasoning_tokens":0},"total_tokens":3},"status":"odd",\#
            "incomplete_details":{"reason":"odd"},"error":{"message":"m"}}
            """#,
        ]
    )
    func passes(given: String) throws {
        try MLflowValidation.checkResult(JSON(parsing: given))
    }

    @Test(
        "A bad result is refused with each place and reason",
        arguments: [
            (
                #"{}"#,
                #"""
                Invalid data for ResponsesAgentResponse: 1 validation error for ResponsesAgentResponse
                output
                  Field required [type=missing]
                """#
            ),
            (
                #"{"output":{}}"#,
                #"""
                Invalid data for ResponsesAgentResponse: 1 validation error for ResponsesAgentResponse
                output
                  Input should be a valid list [type=list_type]
                """#
            ),
            (
                #"""
                {"output":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text",\#
                "text":"t"}]},{"type":"bogus"}]}
                """#,
                #"""
                Invalid data for ResponsesAgentResponse: 1 validation error for ResponsesAgentResponse
                output.1
                  Value error, Invalid type: bogus for OutputItem [type=value_error]
                """#
            ),
            (
                #"{"output":[{"type":"message","id":"m","content":[]}]}"#,
                #"""
                Invalid data for ResponsesAgentResponse: 1 validation error for ResponsesAgentResponse
                output.0
                  Value error, content must not be an empty list [type=value_error]
                """#
            ),
            (
                #"""
                {"output":[{"type":"message","id":"m","role":"user","content":[{"type":"output_text",\#
                "text":"t"}]}]}
                """#,
                #"""
                Invalid data for ResponsesAgentResponse: 1 validation error for ResponsesAgentResponse
                output.0
                  Value error, Invalid role: user. Must be 'assistant'. [type=value_error]
                """#
            ),
            (
                #"{"output":[{"type":"message","id":"m","status":"done","role":"user","content":[]}]}"#,
                #"""
                Invalid data for ResponsesAgentResponse: 1 validation error for ResponsesAgentResponse
                output.0
                  Value error, Invalid status: done for ResponseOutputMessage. Must be 'in_progress',\#
                 'completed', or 'incomplete'. [type=value_error]
                """#
            ),
            (
                #"""
                {"output":[{"type":"message","content":[{"type":"input_text","text":"t"},{"type":"output_text",\#
                "text":null,"annotations":[{"type":"x"},{"type":"file_path","index":"i"}]}]}]}
                """#,
                #"""
                Invalid data for ResponsesAgentResponse: 6 validation errors for ResponsesAgentResponse
                output.0.id
                  Field required [type=missing]
                output.0.content.0
                  Value error, Invalid content type: input_text for Content [type=value_error]
                output.0.content.1.annotations.0
                  Value error, Invalid annotation type: x [type=value_error]
                output.0.content.1.annotations.1.file_id
                  Field required [type=missing]
                output.0.content.1.annotations.1.index
                  Input should be a valid integer, unable to parse string as an integer [type=int_parsing]
                output.0.content.1.text
                  Input should be a valid string [type=string_type]
                """#
            ),
            (
                #"""
                {"output":[{"type":"function_call","call_id":1},{"type":"reasoning","id":"r","summary":["s",\#
                {}]}]}
                """#,
                #"""
                Invalid data for ResponsesAgentResponse: 5 validation errors for ResponsesAgentResponse
                output.0.arguments
                  Field required [type=missing]
                output.0.call_id
                  Input should be a valid string [type=string_type]
                output.0.name
                  Field required [type=missing]
                output.1.summary.0
                  Input should be a valid dictionary or instance of Summary [type=model_type]
                output.1.summary.1.text
                  Field required [type=missing]
                """#
            ),
            (
                #"{"output":[{"type":"function_call_output","call_id":"c","output":[1]}]}"#,
                #"""
                Invalid data for ResponsesAgentResponse: 2 validation errors for ResponsesAgentResponse
                output.0.output.str
                  Input should be a valid string [type=string_type]
                output.0.output.list.0
                  Input should be a valid dictionary [type=dict_type]
                """#
            ),
            (
                #"{"output":[{"type":null},{"id":"x"},[]]}"#,
                #"""
                Invalid data for ResponsesAgentResponse: 3 validation errors for ResponsesAgentResponse
                output.0.type
                  Input should be a valid string [type=string_type]
                output.1.type
                  Field required [type=missing]
                output.2
                  Input should be a valid dictionary or instance of OutputItem [type=model_type]
                """#
            ),
            (
                #"""
                {"output":[],"usage":{"input_tokens":1,"input_tokens_details":{},"output_tokens":1.5,\#
                "output_tokens_details":null}}
                """#,
                #"""
                Invalid data for ResponsesAgentResponse: 4 validation errors for ResponsesAgentResponse
                usage.input_tokens_details.cached_tokens
                  Field required [type=missing]
                usage.output_tokens
                  Input should be a valid integer, got a number with a fractional part [type=int_from_float]
                usage.output_tokens_details
                  Input should be a valid dictionary or instance of OutputTokensDetails [type=model_type]
                usage.total_tokens
                  Field required [type=missing]
                """#
            ),
            (
                #"""
                {"output":[],"object":null,"metadata":{"a":null},"error":{"code":1},"created_at":"now",\#
                "custom_outputs":"x"}
                """#,
                #"""
                Invalid data for ResponsesAgentResponse: 6 validation errors for ResponsesAgentResponse
                created_at
                  Input should be a valid number, unable to parse string as a number [type=float_parsing]
                error.code
                  Input should be a valid string [type=string_type]
                error.message
                  Field required [type=missing]
                metadata.a
                  Input should be a valid string [type=string_type]
                object
                  Input should be a valid string [type=string_type]
                custom_outputs
                  Input should be a valid dictionary [type=dict_type]
                """#
            ),
            (
                #"[]"#,
                #"""
                Invalid data for ResponsesAgentResponse: mlflow.types.responses.ResponsesAgentResponse() \#
                argument after ** must be a mapping, not list
                """#
            ),
            (
                #"null"#,
                #"""
                Invalid data for ResponsesAgentResponse: mlflow.types.responses.ResponsesAgentResponse() \#
                argument after ** must be a mapping, not NoneType
                """#
            ),
            (
                #""hi""#,
                #"""
                Invalid data for ResponsesAgentResponse: mlflow.types.responses.ResponsesAgentResponse() \#
                argument after ** must be a mapping, not str
                """#
            ),
            (
                #"1"#,
                #"""
                Invalid data for ResponsesAgentResponse: mlflow.types.responses.ResponsesAgentResponse() \#
                argument after ** must be a mapping, not int
                """#
            ),
            (
                #"1.0"#,
                #"""
                Invalid data for ResponsesAgentResponse: mlflow.types.responses.ResponsesAgentResponse() \#
                argument after ** must be a mapping, not float
                """#
            ),
            (
                #"true"#,
                #"""
                Invalid data for ResponsesAgentResponse: mlflow.types.responses.ResponsesAgentResponse() \#
                argument after ** must be a mapping, not bool
                """#
            ),
        ]
    )
    func refuses(given: String, expected: String) throws {
        let message = try MLflowValidationTesting.refusal { try MLflowValidation.checkResult(JSON(parsing: given)) }
        #expect(message == expected)
    }

    @Test(
        "A result of the declared type is converted, except inside its items",
        arguments: [
            (
                #"""
                {"output":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text",\#
                "text":"t"}]}],"id":null,"x":1}
                """#,
                #"""
                {"object":"response","output":[{"type":"message","id":"m","role":"assistant",\#
                "content":[{"type":"output_text","text":"t"}]}]}
                """#
            ),
            (
                #"{"output":[{"x":{"a":null},"type":"web_search_call","y":null,"status":"s"}],"object":"thing"}"#,
                #"{"object":"thing","output":[{"type":"web_search_call","x":{"a":null},"status":"s"}]}"#
            ),
            (
                #"""
                {"output":[{"type":"message","id":"m","content":[{"text":"t","type":"output_text",\#
                "logprobs":null}],"foo":null}]}
                """#,
                #"""
                {"object":"response","output":[{"type":"message","id":"m","content":[{"text":"t",\#
                "type":"output_text","logprobs":null}]}]}
                """#
            ),
            (
                #"""
                {"output":[],"usage":{"cost":1,"total_tokens":"3","input_tokens":1.0,\#
                "input_tokens_details":{"cached_tokens":false},"output_tokens":2,\#
                "output_tokens_details":{"reasoning_tokens":0}}}
                """#,
                #"""
                {"object":"response","output":[],"usage":{"input_tokens":1,\#
                "input_tokens_details":{"cached_tokens":0},"output_tokens":2,\#
                "output_tokens_details":{"reasoning_tokens":0},"total_tokens":3}}
                """#
            ),
            (
                #"""
                {"output":[],"error":{"message":"m","code":null},"incomplete_details":{"reason":null},\#
                "created_at":1700000000,"custom_outputs":{"a":null}}
                """#,
                #"""
                {"created_at":1700000000.0,"error":{"message":"m"},"incomplete_details":{},"object":"response",\#
                "output":[],"custom_outputs":{"a":null}}
                """#
            ),
            (
                #"""
                {"user":"u","output":[],"tool_choice":{"name":"f"},"parallel_tool_calls":"off",\#
                "tools":[{"name":"f","type":"x"}],"text":null,"reasoning":{"x":1}}
                """#,
                #"""
                {"tool_choice":{"name":"f","type":"function"},"object":"response","output":[],\#
                "parallel_tool_calls":false,"tools":[{"type":"x","name":"f"}],"reasoning":{},"user":"u"}
                """#
            ),
        ]
    )
    func converts(given: String, expected: String) throws {
        #expect(try MLflowValidationTesting.typedResult(given) == expected)
    }

    @Test(
        "A bad result of the declared type is refused in pydantic's own words",
        arguments: [
            (
                #"{"output":"x"}"#,
                #"""
                1 validation error for ResponsesAgentResponse
                output
                  Input should be a valid list [type=list_type]
                """#
            ),
            (
                #"{"output":[{"type":"bogus"}]}"#,
                #"""
                1 validation error for ResponsesAgentResponse
                output.0
                  Value error, Invalid type: bogus for OutputItem [type=value_error]
                """#
            ),
            (
                #"[]"#,
                #"mlflow.types.responses.ResponsesAgentResponse() argument after ** must be a mapping, not list"#
            ),
            (
                #"null"#,
                #"""
                mlflow.types.responses.ResponsesAgentResponse() argument after ** must be a mapping,\#
                 not NoneType
                """#
            ),
        ]
    )
    func refusesTyped(given: String, expected: String) throws {
        let message = try MLflowValidationTesting.refusal { _ = try MLflowValidation.typedResult(JSON(parsing: given)) }
        #expect(message == expected)
    }
}
