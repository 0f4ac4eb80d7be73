import AgentJSON
import OpenResponses
import Testing

@Suite("What a response repeats of its request")
struct RequestEchoTests {
    private func echo(_ fields: String) throws -> JSONObject {
        try RequestTesting.request(#"{"input":"x",\#(fields)}"#).echo
    }

    @Test(
        "is the value as it was sent",
        arguments: [
            #""instructions": "Be brief.""#, #""temperature": 0.25"#, #""temperature": 0.50"#, #""top_p": 0.5"#,
            #""presence_penalty": -3.5"#, #""frequency_penalty": 1e-1"#, #""max_tool_calls": 3"#,
            #""top_logprobs": 2"#, #""max_output_tokens": 4096"#, #""truncation": "auto""#, #""store": false"#,
            #""background": true"#, #""parallel_tool_calls": false"#, #""metadata": {"team": "a"}"#,
            #""safety_identifier": "u1""#, #""prompt_cache_key": "k1""#, #""previous_response_id": "resp_1""#,
            #""tool_choice": "none""#,
        ])
    func sent(field: String) throws {
        let (key, value) = try #require(Array(RequestTesting.object("{\(field)}")).first)
        let echo = try echo(field)
        #expect(echo[key] == value)
        // Nothing else changes, and nothing is lost.
        var others = echo
        others[key] = CreateRequestTests.defaultEcho[key]
        #expect(others == CreateRequestTests.defaultEcho)
    }

    @Test("is the tier that was used")
    func serviceTier() throws {
        #expect(try echo(#""service_tier": "flex""#)["service_tier"] == "default")
    }

    @Test(
        "has functions with every field of the standard",
        arguments: [
            (
                #"{"type": "function", "name": "f"}"#,
                #"{"type": "function", "name": "f", "description": null, "parameters": null, "strict": null}"#
            ),
            (
                #"{"type": "function", "name": "f", "strict": true, "parameters": {"type": "object"}, "extra": 1}"#,
                #"""
                {"type": "function", "name": "f", "description": null, "parameters": {"type": "object"},
                 "strict": true, "extra": 1}
                """#
            ),
            (#"{"type": "acme:search", "key": null}"#, #"{"type": "acme:search", "key": null}"#),
        ])
    func tools(sent: String, repeated: String) throws {
        #expect(try echo(#""tools": [\#(sent)]"#)["tools"] == .array([JSON(parsing: repeated)]))
    }

    @Test(
        "has allowed_tools with a mode",
        arguments: [("", "auto"), (#", "mode": null"#, "auto"), (#", "mode": "required""#, "required")])
    func allowedTools(mode: String, repeated: String) throws {
        let choice = #"{"type": "allowed_tools", "tools": [{"type": "function", "name": "f"}]\#(mode)}"#
        let echo = try echo(#""tools": [{"type": "function", "name": "f"}], "tool_choice": \#(choice)"#)
        #expect(
            echo["tool_choice"]
                == ["type": "allowed_tools", "tools": [["type": "function", "name": "f"]], "mode": .string(repeated)])
    }

    @Test(
        "has a whole description of the text",
        arguments: [
            ("{}", #"{"format": {"type": "text"}}"#),
            (#"{"format": null, "verbosity": null}"#, #"{"format": {"type": "text"}}"#),
            (#"{"verbosity": "low"}"#, #"{"format": {"type": "text"}, "verbosity": "low"}"#),
            (#"{"format": {"type": "json_object"}}"#, #"{"format": {"type": "json_object"}}"#),
            (
                #"{"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": true}}"#,
                #"""
                {"format": {"type": "json_schema", "name": "n", "description": null, "schema": null, "strict": true}}
                """#
            ),
            (
                #"{"format": {"type": "json_schema", "name": "n", "description": "d", "strict": null}}"#,
                #"""
                {"format": {"type": "json_schema", "name": "n", "description": "d", "schema": null, "strict": false}}
                """#
            ),
        ])
    func text(sent: String, repeated: String) throws {
        #expect(try echo(#""text": \#(sent)"#)["text"] == JSON(parsing: repeated))
    }

    @Test("has both sides of the reasoning")
    func reasoning() throws {
        let echo = try echo(#""reasoning": {"effort": "low", "generate_summary": "auto"}"#)
        #expect(echo["reasoning"] == ["effort": "low", "summary": nil])
    }
}
