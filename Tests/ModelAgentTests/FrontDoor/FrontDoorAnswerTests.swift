import AgentJSON
import TestSupport
import Testing

@Suite("A model behind the server answers", .timeLimit(.minutes(5)))
struct FrontDoorAnswerTests {
    private static let tools: JSON = [
        ["type": "function", "name": "first", "parameters": ["type": "object", "properties": [:]]],
        ["type": "function", "name": "second", "parameters": ["type": "object", "properties": [:]]],
    ]

    /// Asks once in one piece and once as a stream.
    private func both(
        _ api: ModelServer.API, _ text: String, _ members: JSONObject = [:], _ check: (JSON) throws -> Void
    ) async throws {
        try await ModelServer.with(api) { server in
            for stream in [false, true] {
                let answer = try await server.respond(text, stream: stream, members)
                #expect(answer.status == 200, "\(answer.body)")
                try check(answer.response)
            }
        }
    }

    @Test("with a text and the tokens it took", arguments: ModelServer.API.allCases)
    func text(api: ModelServer.API) async throws {
        try await both(api, "say Grüße aus Oslo 🙂") { response in
            #expect(response["status"] == "completed")
            #expect(response.outputText == "Grüße aus Oslo 🙂")
            #expect(response["usage"]?["input_tokens"] == 12)
            #expect(response["usage"]?["input_tokens_details"]?["cached_tokens"] == 4)
            #expect(response["usage"]?["output_tokens"] == 4)
            #expect(response["usage"]?["total_tokens"] == 16)
        }
    }

    @Test("piece by piece", arguments: ModelServer.API.allCases)
    func pieces(api: ModelServer.API) async throws {
        try await ModelServer.with(api) { server in
            let answer = try await server.respond("chunks 200", stream: true)
            #expect(answer.deltas == (0..<200).map { $0 == 0 ? "w0" : " w\($0)" })
            #expect(answer.response.outputText == answer.deltas.joined())
        }
    }

    @Test("at /invocations too", arguments: ModelServer.API.allCases)
    func invocations(api: ModelServer.API) async throws {
        try await ModelServer.with(api) { server in
            let whole = try await server.invoke("say hello there")
            #expect(whole.status == 200)
            #expect(whole.json.outputText == "hello there")
            let stream = try await server.invoke("say hello there", stream: true)
            #expect(stream.deltas == ["hello ", "there"])
            #expect(stream.body.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("after it has thought", arguments: ModelServer.API.allCases)
    func reasoning(api: ModelServer.API) async throws {
        try await both(api, "think Done.") { response in
            #expect(response.items.map { $0["type"] } == ["reasoning", "message"])
            #expect(response.items.first?["content"]?[0]?["text"] == "Let me think.")
            #expect(response.outputText == "Done.")
            #expect(response["usage"]?["output_tokens_details"]?["reasoning_tokens"] == 3)
        }
    }

    @Test("with a refusal", arguments: ModelServer.API.allCases)
    func refusal(api: ModelServer.API) async throws {
        try await both(api, "refuse") { response in
            #expect(response["status"] == "completed")
            #expect(response.items.first?["content"]?[0]?["refusal"] == "I'm sorry, I can't help with that.")
        }
    }

    @Test("in the format that is asked for", arguments: ModelServer.API.allCases)
    func format(api: ModelServer.API) async throws {
        let schema: JSON = ["type": "object", "properties": ["city": ["type": "string"]], "required": ["city"]]
        let format: JSON = ["format": ["type": "json_schema", "name": "place", "schema": schema]]
        try await both(api, "json-format", ["text": format]) { response in
            #expect(response.outputText == #"{"city": "Oslo", "degrees": 21}"#)
        }
    }

    @Test("incompletely, and says why", arguments: ModelServer.API.allCases)
    func incomplete(api: ModelServer.API) async throws {
        for (text, reason, words) in [
            ("long", "max_output_tokens", "Once upon a"), ("filter", "content_filter", "And then he"),
        ] {
            try await both(api, text) { response in
                #expect(response["status"] == "incomplete")
                #expect(response["incomplete_details"]?["reason"]?.stringValue == reason)
                #expect(response.outputText == words)
            }
        }
    }

    @Test("with the tokens in its last chunk", arguments: ModelServer.API.allCases)
    func usage(api: ModelServer.API) async throws {
        try await both(api, "usage-last") { response in
            #expect(response["usage"]?["output_tokens"] == 4)
        }
    }

    // MARK: Functions of the client

    @Test("with a call, and goes on with its output", arguments: ModelServer.API.allCases)
    func call(api: ModelServer.API) async throws {
        let text = #"call second {"city": "Tromsø"}"#
        try await both(api, text, ["tools": Self.tools]) { response in
            let call = try #require(response.items.first)
            #expect(response.items.count == 1)
            #expect(call["type"] == "function_call")
            #expect(call["name"] == "second")
            #expect(call["arguments"] == #"{"city": "Tromsø"}"#)
        }
        try await ModelServer.with(api) { server in
            let first = try await server.respond(text, ["tools": Self.tools]).response
            let call = try #require(first.items.first?["call_id"])
            let output: JSONObject = ["type": "function_call_output", "call_id": call, "output": "21 degrees"]
            let second = try await server.respond(
                "", ["input": [.object(output)], "previous_response_id": first["id"] ?? .null, "tools": Self.tools])
            #expect(second.response.outputText == "Tools said: 21 degrees")
        }
    }

    @Test("with two calls at once", arguments: ModelServer.API.allCases)
    func calls(api: ModelServer.API) async throws {
        try await both(api, "calls", ["tools": Self.tools]) { response in
            #expect(response.items.map { $0["name"] } == ["first", "second"])
            #expect(response.items.map { $0["arguments"] } == [#"{"n": 0}"#, #"{"n": 1}"#])
            #expect(Set(response.items.compactMap { $0["call_id"]?.stringValue }).count == 2)
        }
    }

    @Test("with a text and a call", arguments: ModelServer.API.allCases)
    func textAndCall(api: ModelServer.API) async throws {
        try await both(api, "text-and-call", ["tools": Self.tools]) { response in
            #expect(response.items.map { $0["type"] } == ["message", "function_call"])
            #expect(response.outputText == "Let me see.")
        }
    }

    // MARK: Trying again

    @Test(
        "at a second attempt", arguments: ModelServer.API.allCases,
        ["status-once 503", "status-once 429 0", "cut-before"])
    func secondAttempt(api: ModelServer.API, text: String) async throws {
        try await ModelServer.with(api) { server in
            for (number, stream) in [false, true].enumerated() {
                let text = "\(text) \(number)"
                let answer = try await server.respond(text, stream: stream)
                #expect(answer.response.outputText == "recovered", "\(answer.body)")
                #expect(try await server.calls(of: text).count == 2)
            }
        }
    }
}
