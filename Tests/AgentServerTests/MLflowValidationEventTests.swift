import AgentJSON
import Testing

@testable import AgentServer

@Suite("MLflow validation: stream events")
struct MLflowValidationEventTests {
    @Test(
        "A good event passes",
        arguments: [
            #"{"type":"response.output_text.delta","item_id":"m","delta":"d"}"#,
            #"""
            {"delta":"","type":"response.output_text.delta","item_id":"","output_index":0,"content_index":0,\#
            "sequence_number":"x","logprobs":[]}
            """#,
            #"""
            {"type":"response.output_text.delta","item_id":"m","delta":"d","content_index":"1",\#
            "output_index":null,"custom_outputs":{},"x":null}
            """#,
            #"{"type":"response.output_text.delta","item_id":"m","delta":"d","content_index":2.0}"#,
            #"""
            {"type":"response.output_item.done","item":{"type":"message","id":"m","role":"assistant",\#
            "content":[{"type":"output_text","text":"t"}]}}
            """#,
            #"{"type":"response.output_item.done","item":{"type":"web_search_call"},"output_index":true}"#,
            #"""
            {"type":"response.output_text.annotation.added","item_id":"m","annotation_index":0,\#
            "annotation":{"type":"file_path","file_id":"f","index":0}}
            """#,
            #"""
            {"type":"response.completed","response":{"output":[{"type":"message","id":"m","role":"assistant",\#
            "content":[{"type":"output_text","text":"t"}]}],"temperature":"inf"}}
            """#,
            #"{"type":"error","message":"m","code":null}"#,
            #"{"type":"response.created","response":5}"#,
            #"{"type":"","custom_outputs":null}"#,
            #"{"type":"response.failed"}"#,
        ]
    )
    func passes(given: String) throws {
        try MLflowValidation.checkEvent(JSON(parsing: given))
    }

    @Test(
        "A bad event is refused with each place and reason",
        arguments: [
            (
                #"{}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 1 validation error for ResponsesAgentStreamEvent
                type
                  Field required [type=missing]
                """#
            ),
            (
                #"{"type":null}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 1 validation error for ResponsesAgentStreamEvent
                type
                  Input should be a valid string [type=string_type]
                """#
            ),
            (
                #"{"type":"response.output_text.delta"}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 2 validation errors for ResponsesAgentStreamEvent
                delta
                  Field required [type=missing]
                item_id
                  Field required [type=missing]
                """#
            ),
            (
                #"""
                {"type":"response.output_text.delta","item_id":1,"delta":"d","content_index":0.5,\#
                "output_index":"x"}
                """#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 3 validation errors for ResponsesAgentStreamEvent
                content_index
                  Input should be a valid integer, got a number with a fractional part [type=int_from_float]
                item_id
                  Input should be a valid string [type=string_type]
                output_index
                  Input should be a valid integer, unable to parse string as an integer [type=int_parsing]
                """#
            ),
            (
                #"{"type":"response.output_text.delta","item_id":"m","delta":"d","custom_outputs":[]}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 1 validation error for ResponsesAgentStreamEvent
                custom_outputs
                  Input should be a valid dictionary [type=dict_type]
                """#
            ),
            (
                #"{"type":"response.output_item.done"}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 1 validation error for ResponsesAgentStreamEvent
                item
                  Field required [type=missing]
                """#
            ),
            (
                #"""
                {"type":"response.output_item.done","item":{"type":"message","id":"m",\#
                "content":[{"type":"bogus"}]}}
                """#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 1 validation error for ResponsesAgentStreamEvent
                item.content.0
                  Value error, Invalid content type: bogus for Content [type=value_error]
                """#
            ),
            (
                #"{"type":"response.output_item.done","item":{"type":"bogus"},"output_index":"1.5"}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 2 validation errors for ResponsesAgentStreamEvent
                item
                  Value error, Invalid type: bogus for OutputItem [type=value_error]
                output_index
                  Input should be a valid integer, unable to parse string as an integer [type=int_parsing]
                """#
            ),
            (
                #"{"type":"response.output_text.annotation.added","item_id":"m","annotation":{"type":"x"}}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 2 validation errors for ResponsesAgentStreamEvent
                annotation
                  Value error, Invalid annotation type: x [type=value_error]
                annotation_index
                  Field required [type=missing]
                """#
            ),
            (
                #"{"type":"response.completed","response":{}}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 1 validation error for ResponsesAgentStreamEvent
                response.output
                  Field required [type=missing]
                """#
            ),
            (
                #"{"type":"response.completed","response":{"output":[{"type":"x"}],"custom_outputs":3,"model":3}}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 2 validation errors for ResponsesAgentStreamEvent
                response.model
                  Input should be a valid string [type=string_type]
                response.output.0
                  Value error, Invalid type: x for OutputItem [type=value_error]
                """#
            ),
            (
                #"{"type":"error","code":1}"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: 2 validation errors for ResponsesAgentStreamEvent
                code
                  Input should be a valid string [type=string_type]
                message
                  Field required [type=missing]
                """#
            ),
            (
                #"[]"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: mlflow.types.responses.ResponsesAgentStreamEvent() \#
                argument after ** must be a mapping, not list
                """#
            ),
            (
                #""x""#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: mlflow.types.responses.ResponsesAgentStreamEvent() \#
                argument after ** must be a mapping, not str
                """#
            ),
            (
                #"null"#,
                #"""
                Invalid data for ResponsesAgentStreamEvent: mlflow.types.responses.ResponsesAgentStreamEvent() \#
                argument after ** must be a mapping, not NoneType
                """#
            ),
        ]
    )
    func refuses(given: String, expected: String) throws {
        let message = try MLflowValidationTesting.refusal { try MLflowValidation.checkEvent(JSON(parsing: given)) }
        #expect(message == expected)
    }

    @Test(
        "An event of the declared type has its type first and no nulls of its own",
        arguments: [
            (
                #"{"type":"response.output_text.delta","item_id":"m","delta":"d"}"#,
                #"{"type":"response.output_text.delta","item_id":"m","delta":"d"}"#
            ),
            (
                #"{"delta":"d","item_id":"m","type":"response.output_text.delta"}"#,
                #"{"type":"response.output_text.delta","delta":"d","item_id":"m"}"#
            ),
            (#"{"x":null,"type":"a","custom_outputs":null,"y":{"z":null}}"#, #"{"type":"a","y":{"z":null}}"#),
            (#"{"a":1,"custom_outputs":{"b":null},"type":"a"}"#, #"{"type":"a","custom_outputs":{"b":null},"a":1}"#),
            (#"{"type":"a","custom_outputs":{}}"#, #"{"type":"a","custom_outputs":{}}"#),
            (
                #"""
                {"type":"response.output_item.done","item":{"status":null,"id":"m","content":[{"text":"t",\#
                "type":"output_text"}],"type":"message"},"output_index":"1"}
                """#,
                #"""
                {"type":"response.output_item.done","item":{"status":null,"id":"m","content":[{"text":"t",\#
                "type":"output_text"}],"type":"message"},"output_index":"1"}
                """#
            ),
        ]
    )
    func converts(given: String, expected: String) throws {
        #expect(try MLflowValidationTesting.typedEvent(given) == expected)
    }

    @Test(
        "A bad event of the declared type is refused in pydantic's own words",
        arguments: [
            (
                #"{"type":"response.output_text.delta","item_id":"m"}"#,
                #"""
                1 validation error for ResponsesAgentStreamEvent
                delta
                  Field required [type=missing]
                """#
            ),
            (
                #"{"custom_outputs":1}"#,
                #"""
                2 validation errors for ResponsesAgentStreamEvent
                type
                  Field required [type=missing]
                custom_outputs
                  Input should be a valid dictionary [type=dict_type]
                """#
            ),
            (
                #"3"#,
                #"mlflow.types.responses.ResponsesAgentStreamEvent() argument after ** must be a mapping, not int"#
            ),
        ]
    )
    func refusesTyped(given: String, expected: String) throws {
        let message = try MLflowValidationTesting.refusal { _ = try MLflowValidation.typedEvent(JSON(parsing: given)) }
        #expect(message == expected)
    }
}
