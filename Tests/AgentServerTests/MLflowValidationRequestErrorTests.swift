import AgentJSON
import Testing

@testable import AgentServer

@Suite("MLflow validation: bad requests")
struct MLflowValidationRequestErrorTests {
    @Test(
        "A bad request is refused with each place and reason",
        arguments: [
            (
                #"{}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 1 validation error for ResponsesAgentRequest
                input
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":"hi"}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 1 validation error for ResponsesAgentRequest
                input
                  Input should be a valid list [type=list_type]
                """#
            ),
            (
                #"{"input":null}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 1 validation error for ResponsesAgentRequest
                input
                  Input should be a valid list [type=list_type]
                """#
            ),
            (
                #"{"input":[3]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.0.Message
                  Input should be a valid dictionary or instance of Message [type=model_type]
                input.0.OutputItem
                  Input should be a valid dictionary or instance of OutputItem [type=model_type]
                """#
            ),
            (
                #"{"input":[{"role":"user"}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.0.Message.content
                  Field required [type=missing]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":"hi"},{"role":"bogus","content":"hi"}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.1.Message
                  Value error, Invalid role: bogus. Must be 'user', 'assistant', 'system',\#
                 or 'developer'. [type=value_error]
                input.1.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":null}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 3 validation errors for ResponsesAgentRequest
                input.0.Message.content.str
                  Input should be a valid string [type=string_type]
                input.0.Message.content.list
                  Input should be a valid list [type=list_type]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":[{"type":"input_audio"}]}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.0.Message
                  Value error, Invalid type: input_audio. [type=value_error]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":[{"text":3}]}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.0.Message
                  Value error, dictionary type content field values must have key 'type' [type=value_error]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":[{"type":"input_text"}]}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.0.Message.text
                  Field required [type=missing]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":[{"type":1.50}]}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.0.Message
                  Value error, Invalid type: 1.5. [type=value_error]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":["hi"]}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 4 validation errors for ResponsesAgentRequest
                input.0.Message.content.str
                  Input should be a valid string [type=string_type]
                input.0.Message.content.list.0.ResponseInputTextParam
                  Input should be a valid dictionary or instance of ResponseInputTextParam [type=model_type]
                input.0.Message.content.list.0.dict
                  Input should be a valid dictionary [type=dict_type]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"role":"user","content":"hi","status":"bogus"}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                input.0.Message
                  Value error, Invalid status: bogus for Message. Must be 'in_progress', 'completed',\#
                 or 'incomplete'. [type=value_error]
                input.0.OutputItem.type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"type":"bogus"}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 3 validation errors for ResponsesAgentRequest
                input.0.Message.content
                  Field required [type=missing]
                input.0.Message.role
                  Field required [type=missing]
                input.0.OutputItem
                  Value error, Invalid type: bogus for OutputItem [type=value_error]
                """#
            ),
            (
                #"""
                {"input":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text",\#
                "annotations":[{"type":"url_citation","url":"u"}]}]}]}
                """#,
                #"""
                Invalid data for ResponsesAgentRequest: 3 validation errors for ResponsesAgentRequest
                input.0.Message
                  Value error, Invalid type: output_text. [type=value_error]
                input.0.OutputItem.content.0.annotations.0.title
                  Field required [type=missing]
                input.0.OutputItem.content.0.text
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[{"type":"function_call_output","call_id":"c","output":3}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 4 validation errors for ResponsesAgentRequest
                input.0.Message.content
                  Field required [type=missing]
                input.0.Message.role
                  Field required [type=missing]
                input.0.OutputItem.output.str
                  Input should be a valid string [type=string_type]
                input.0.OutputItem.output.list
                  Input should be a valid list [type=list_type]
                """#
            ),
            (
                #"{"input":[],"tool_choice":{"type":"function"}}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                tool_choice.str
                  Input should be a valid string [type=string_type]
                tool_choice.ToolChoiceFunction.name
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[],"tools":[null,{"type":"function","function":{}}]}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 3 validation errors for ResponsesAgentRequest
                tools.0
                  Input should be a valid dictionary or instance of Tool [type=model_type]
                tools.1.name
                  Field required [type=missing]
                tools.1.parameters
                  Field required [type=missing]
                """#
            ),
            (
                #"{"input":[],"metadata":{"a":1,"b.c":null,"d":"e"}}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 2 validation errors for ResponsesAgentRequest
                metadata.a
                  Input should be a valid string [type=string_type]
                metadata.`b.c`
                  Input should be a valid string [type=string_type]
                """#
            ),
            (
                #"{"input":[],"custom_inputs":[],"context":"c","reasoning":{"effort":1}}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 3 validation errors for ResponsesAgentRequest
                reasoning.effort
                  Input should be a valid string [type=string_type]
                custom_inputs
                  Input should be a valid dictionary [type=dict_type]
                context
                  Input should be a valid dictionary or instance of ChatContext [type=model_type]
                """#
            ),
            (
                #"{"temperature":"warm","store":"maybe","user":5}"#,
                #"""
                Invalid data for ResponsesAgentRequest: 4 validation errors for ResponsesAgentRequest
                store
                  Input should be a valid boolean, unable to interpret input [type=bool_parsing]
                temperature
                  Input should be a valid number, unable to parse string as a number [type=float_parsing]
                user
                  Input should be a valid string [type=string_type]
                input
                  Field required [type=missing]
                """#
            ),
        ]
    )
    func refuses(given: String, expected: String) throws {
        let message = try MLflowValidationTesting.refusal { _ = try MLflowValidationTesting.request(given) }
        #expect(message == expected)
    }

    @Test(
        "A part whose type can't be looked up ends the reading, whatever else fits",
        arguments: [
            (
                #"{"input":[{"role":"user","content":[{"type":[]}]}],"store":"maybe"}"#,
                #"Invalid data for ResponsesAgentRequest: unhashable type: 'list'"#
            ),
            (
                #"{"input":[{"type":"web_search_call","role":"bogus","content":[{"type":{}}]}]}"#,
                #"Invalid data for ResponsesAgentRequest: unhashable type: 'dict'"#
            ),
        ]
    )
    func aborts(given: String, expected: String) throws {
        let message = try MLflowValidationTesting.refusal { _ = try MLflowValidationTesting.request(given) }
        #expect(message == expected)
    }

    @Test("A number that isn't finite is refused, though the original takes it and fails to write it")
    func refusesNotFinite() throws {
        for text in ["nan", "-Infinity", "1e400", "i_nf"] {
            let message = try MLflowValidationTesting.refusal {
                _ = try MLflowValidationTesting.request(#"{"input":[],"temperature":"\#(text)"}"#)
            }
            #expect(
                message == """
                    Invalid data for ResponsesAgentRequest: 1 validation error for ResponsesAgentRequest
                    temperature
                      Input should be a finite number [type=finite_number]
                    """
            )
        }
    }
}
