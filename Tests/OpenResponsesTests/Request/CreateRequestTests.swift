import AgentJSON
import OpenResponses
import Testing

@Suite("Requests for a response")
struct CreateRequestTests {
    @Test("give all their settings")
    func settings() throws {
        let request = try RequestTesting.request(
            #"""
            {"model": "m", "input": "hi", "stream": true, "store": false, "background": true, "instructions": "i",
             "previous_response_id": "resp_1", "metadata": {"a": "b"}, "truncation": "auto", "max_tool_calls": 3,
             "include": ["reasoning.encrypted_content", "unheard.of"], "parallel_tool_calls": false,
             "max_output_tokens": 16, "tools": [{"type": "function", "name": "f"}], "tool_choice": "required"}
            """#
        )
        #expect(request.model == "m")
        #expect(request.input == [Item(["type": "message", "role": "user", "content": "hi"])])
        #expect(request.wantsStream)
        #expect(request.store == false)
        #expect(request.isBackground)
        #expect(request.instructions == "i")
        #expect(request.previousResponseID == "resp_1")
        #expect(request.conversationID == nil)
        #expect(request.metadata == ["a": "b"])
        #expect(request.truncation == .auto)
        #expect(request.maxToolCalls == 3)
        #expect(request.maxOutputTokens == 16)
        #expect(request.include.contains("reasoning.encrypted_content"))
        #expect(!request.parallelToolCalls)
        #expect(request.tools == [["type": "function", "name": "f"]])
        #expect(request.toolChoice == .any(.required))
    }

    @Test("have integers in their usual form, however they were written", arguments: ["16", "16.0", "16e0", "1.6E+1"])
    func integers(text: String) throws {
        let body = #"{"input": "x", "max_output_tokens": N, "max_tool_calls": N, "top_logprobs": N}"#
        let request = try RequestTesting.request(
            body.split(separator: "N", omittingEmptySubsequences: false).joined(separator: text)
        )
        #expect(request.maxOutputTokens == 16)
        #expect(request.maxToolCalls == 16)
        for key in ["max_output_tokens", "max_tool_calls", "top_logprobs"] {
            #expect(request.json[key] == 16)
            #expect(request.echo[key] == 16)
        }
    }

    @Test("say nothing where nothing was sent, or null")
    func defaults() throws {
        let nulls = CreateRequestTests.optionalFields.map { "\"\($0)\": null" }.joined(separator: ", ")
        for text in [#"{"input": "x"}"#, #"{"input": "x", \#(nulls)}"#] {
            let request = try RequestTesting.request(text)
            #expect(request.json == ["input": "x"])
            #expect(request.model == nil)
            #expect(!request.wantsStream)
            #expect(request.store == nil)
            #expect(!request.isBackground)
            #expect(request.metadata.isEmpty)
            #expect(request.include.isEmpty)
            #expect(request.truncation == .disabled)
            #expect(request.tools.isEmpty)
            #expect(request.toolChoice == .any(.auto))
            #expect(request.parallelToolCalls)
            #expect(request.maxToolCalls == nil)
            #expect(request.echo == CreateRequestTests.defaultEcho)
        }
    }

    @Test("keep what nobody knows, nulls too")
    func unknownFields() throws {
        let text = #"{"input":[],"x_unknown":{"a":1},"user":"u","prompt":null,"include":[],"tools":[],"reasoning":{}}"#
        #expect(try RequestTesting.request(text).json == RequestTesting.object(text))
    }

    @Test(
        "name a conversation by its id or by an object with the id",
        arguments: [#""conv_1""#, #"{"id": "conv_1"}"#])
    func conversation(value: String) throws {
        let request = try RequestTesting.request(#"{"conversation": \#(value)}"#)
        #expect(request.conversationID == "conv_1")
        #expect(request.echo["conversation"] == ["id": "conv_1"])
        #expect(request.input.isEmpty)
    }

    @Test("need no input to go on from something, and take an empty one")
    func inputLess() throws {
        #expect(try RequestTesting.request(#"{"previous_response_id": "resp_1"}"#).input.isEmpty)
        #expect(try RequestTesting.request(#"{"input": []}"#).input.isEmpty)
        #expect(try RequestTesting.fault { _ = try CreateRequest([:]) } == "missing_required_parameter at input")
        let null = try RequestTesting.fault { _ = try CreateRequest(["input": nil]) }
        #expect(null == "missing_required_parameter at input")
    }

    @Test(
        "are refused with the place of a bad field",
        arguments: [
            (#""input": 42"#, "input"), (#""input": {}"#, "input"), (#""model": 1"#, "model"),
            (#""instructions": ["x"]"#, "instructions"), (#""stream": 1"#, "stream"), (#""stream": "true""#, "stream"),
            (#""stream_options": true"#, "stream_options"),
            (#""stream_options": {"include_obfuscation": 1}"#, "stream_options.include_obfuscation"),
            (#""background": "yes""#, "background"), (#""store": 0"#, "store"),
            (#""parallel_tool_calls": "no""#, "parallel_tool_calls"),
            (#""temperature": "hot""#, "temperature"), (#""temperature": 2.01"#, "temperature"),
            (#""temperature": -0.01"#, "temperature"), (#""top_p": 1.5"#, "top_p"), (#""top_p": -1"#, "top_p"),
            (#""presence_penalty": "1""#, "presence_penalty"), (#""frequency_penalty": true"#, "frequency_penalty"),
            (#""max_output_tokens": 15"#, "max_output_tokens"), (#""max_output_tokens": 16.5"#, "max_output_tokens"),
            (#""max_output_tokens": 99999999999999999999"#, "max_output_tokens"),
            (#""max_output_tokens": "64""#, "max_output_tokens"), (#""max_tool_calls": 0"#, "max_tool_calls"),
            (#""max_tool_calls": 0.0"#, "max_tool_calls"), (#""max_tool_calls": true"#, "max_tool_calls"),
            (#""max_tool_calls": 8.5"#, "max_tool_calls"), (#""top_logprobs": "8""#, "top_logprobs"),
            (#""top_logprobs": 80e-2"#, "top_logprobs"),
            (#""top_logprobs": 21"#, "top_logprobs"), (#""top_logprobs": -1"#, "top_logprobs"),
            (#""truncation": "maybe""#, "truncation"), (#""truncation": 1"#, "truncation"),
            (#""service_tier": "gold""#, "service_tier"), (#""metadata": []"#, "metadata"),
            (#""metadata": {"a": "b", "key": 1}"#, "metadata.key"), (#""metadata": {"key": null}"#, "metadata.key"),
            (#""include": "x""#, "include"), (#""include": ["a", 1]"#, "include[1]"),
            (#""previous_response_id": 1"#, "previous_response_id"), (#""conversation": 1"#, "conversation"),
            (#""custom_inputs": "x""#, "custom_inputs"), (#""context": []"#, "context"),
            (#""reasoning": "low""#, "reasoning"), (#""reasoning": {"effort": "silly"}"#, "reasoning.effort"),
            (#""reasoning": {"summary": 1}"#, "reasoning.summary"), (#""text": "x""#, "text"),
            (#""text": {"verbosity": "loud"}"#, "text.verbosity"), (#""text": {"format": "text"}"#, "text.format"),
            (#""text": {"format": {"type": "xml"}}"#, "text.format.type"),
            (#""text": {"format": {"type": "json_schema", "name": "n", "schema": 1}}"#, "text.format.schema"),
            (#""text": {"format": {"type": "json_schema", "name": "n", "strict": 1}}"#, "text.format.strict"),
        ])
    func badFields(field: String, place: String) throws {
        #expect(try RequestTesting.fault(ofField: field) == "invalid_value at \(place)")
    }

    @Test(
        "are refused when something within a field is missing",
        arguments: [
            (#""conversation": {}"#, "conversation.id"), (#""text": {"format": {}}"#, "text.format.type"),
            (#""text": {"format": {"type": "json_schema"}}"#, "text.format.name"),
        ])
    func missing(field: String, place: String) throws {
        #expect(try RequestTesting.fault(ofField: field) == "missing_required_parameter at \(place)")
    }

    @Test("are refused at the first fault of the body")
    func firstFault() throws {
        #expect(try RequestTesting.fault(ofField: #""top_p": 2, "temperature": 3"#) == "invalid_value at top_p")
        #expect(try RequestTesting.fault(ofField: #""temperature": 3, "top_p": 2"#) == "invalid_value at temperature")
    }

    @Test("belong to a response or to a conversation, not to both")
    func twoChains() throws {
        let field = #""previous_response_id": "resp_1", "conversation": "conv_1""#
        #expect(try RequestTesting.fault(ofField: field) == "mutually_exclusive_parameters at conversation")
    }

    @Test(
        "have labels and keys of limited length, counted in Unicode scalars",
        arguments: ["safety_identifier", "prompt_cache_key"])
    func lengths(key: String) throws {
        let longest = String(repeating: "é", count: 64)
        #expect(try CreateRequest(["input": "x", "\(key)": .string(longest)]).echo[key] == .string(longest))
        let place = try RequestTesting.fault {
            _ = try CreateRequest(["input": "x", "\(key)": .string(longest + "e")])
        }
        #expect(place == "invalid_value at \(key)")
    }

    @Test("have up to 16 labels with names of up to 64 and texts of up to 512 characters")
    func metadata() throws {
        func metadata(_ count: Int, key: Int = 1, value: Int = 1) -> JSONObject {
            let members = (0..<count).map { index in
                let letter = String(UnicodeScalar(UInt8(97 + index)))
                return (
                    key: String(repeating: letter, count: key), value: JSON.string(String(repeating: "ü", count: value))
                )
            }
            return ["input": "x", "metadata": .object(JSONObject(members))]
        }
        #expect(try CreateRequest(metadata(16, key: 64, value: 512)).metadata.count == 16)
        #expect(try RequestTesting.fault { _ = try CreateRequest(metadata(17)) } == "invalid_value at metadata")
        #expect(
            try RequestTesting.fault { _ = try CreateRequest(metadata(1, value: 513)) } == "invalid_value at metadata.a"
        )
        let long = try RequestTesting.fault { _ = try CreateRequest(metadata(1, key: 65)) }
        #expect(long == "invalid_value at metadata.\(String(repeating: "a", count: 65))")
    }

    @Test("take text of 10 485 760 characters, however many bytes they have, and no more")
    func longText() throws {
        let longest = String(repeating: "é", count: 10_485_760)
        #expect(try CreateRequest(["input": .string(longest)]).input.count == 1)
        #expect(
            try RequestTesting.fault { _ = try CreateRequest(["input": .string(longest + "e")]) }
                == "invalid_value at input")
    }

    @Test("say in a sentence what is wrong")
    func messages() throws {
        func message(_ field: String) throws -> String {
            try #require(throws: RequestFault.self) { _ = try RequestTesting.request("{\(field)}") }.message
        }
        #expect(try message("") == "'input' is required.")
        #expect(try message(#""input": 42"#) == "'input' must be a string or an array of items, not a number.")
        #expect(try message(#""temperature": 3"#) == "'temperature' must be a number from 0 to 2.")
        #expect(
            try message(#""max_tool_calls": "3""#) == "'max_tool_calls' must be an integer of at least 1, not a string."
        )
        #expect(
            try message(#""input": [{"type": "nope"}]"#)
                == "'input[0].type' must be a known type of item, not 'nope'.")
        let long = String(repeating: "n", count: 1000)
        #expect(try message(#""input": [{"type": "\#(long)"}]"#).count < 150)
    }

    @Test("come over a WebSocket as messages, in which nothing says how to answer")
    func webSocketMessage() throws {
        let message = try RequestTesting.object(
            #"{"type": "response.create", "input": "x", "stream": true, "stream_options": 1, "background": "?"}"#)
        let request = try CreateRequest(webSocketMessage: message)
        #expect(request.json == ["input": "x"])
        #expect(!request.wantsStream)
        #expect(!request.isBackground)
    }

    static let optionalFields = [
        "background", "context", "conversation", "custom_inputs", "frequency_penalty", "include", "instructions",
        "max_output_tokens", "max_tool_calls", "metadata", "model", "parallel_tool_calls", "presence_penalty",
        "previous_response_id", "prompt_cache_key", "reasoning", "safety_identifier", "service_tier", "store",
        "stream", "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p",
        "truncation",
    ]

    static let defaultEcho: JSONObject = [
        "previous_response_id": nil, "instructions": nil, "tools": [], "tool_choice": "auto",
        "truncation": "disabled", "parallel_tool_calls": true, "text": ["format": ["type": "text"]], "top_p": 1,
        "presence_penalty": 0, "frequency_penalty": 0, "top_logprobs": 0, "temperature": 1,
        "reasoning": ["effort": nil, "summary": nil], "max_output_tokens": nil, "max_tool_calls": nil, "store": true,
        "background": false, "service_tier": "default", "metadata": [:], "safety_identifier": nil,
        "prompt_cache_key": nil,
    ]
}
