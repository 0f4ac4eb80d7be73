import AgentJSON
import TestSupport
import Testing

@Suite("Tools of an agent behind the server", .timeLimit(.minutes(5)))
struct FrontDoorToolTests {
    private static let clients: JSON = [
        ["type": "function", "name": "second", "parameters": ["type": "object", "properties": [:]]]
    ]
    private static let addition = #"add {"a": 1, "b": 2}"#

    /// Asks once in one piece and once as a stream; of a server with tools.
    private func both(
        _ api: ModelServer.API, _ text: String, _ members: JSONObject = [:], options: [String] = [],
        allowsContradictions: Bool = false, _ check: (JSON, ModelServer) async throws -> Void
    ) async throws {
        try await ModelServer.withTools(api, options: options) { server in
            for stream in [false, true] {
                let answer = try await server.respond(text, stream: stream, members)
                #expect(answer.status == 200, "\(answer.body)")
                if stream {
                    let faults = StreamRules.faults(
                        answer.events.compactMap(\.objectValue), response: answer.response.objectValue,
                        allowsContradictions: allowsContradictions)
                    #expect(faults == [])
                }
                try await check(answer.response, server)
            }
        }
    }

    @Test("run, and the model reads what they say", arguments: ModelServer.API.allCases)
    func run(api: ModelServer.API) async throws {
        try await both(api, "call \(Self.addition)") { response, server in
            #expect(response["status"] == "completed")
            #expect(response.items.map { $0["type"] } == ["function_call", "function_call_output", "message"])
            #expect(response.items.first?["arguments"] == #"{"a": 1, "b": 2}"#)
            #expect(response.items.first?["call_id"] == response.items.dropFirst().first?["call_id"])
            #expect(response.toolOutputs == ["3"])
            #expect(response.outputText == "Tools said: 3")
        }
    }

    @Test("let the model go on from what it thought")
    func reasoning() async throws {
        try await both(.chat, "think-call \(Self.addition)") { response, server in
            #expect(
                response.items.map { $0["type"] } == ["reasoning", "function_call", "function_call_output", "message"])
            let messages = try await server.calls(of: "think-call add").last?["body"]?["messages"]?.arrayValue ?? []
            #expect(messages.count == 3)
            #expect(messages.dropFirst().first?["reasoning_content"] == "Let me think.")
        }
    }

    @Test("run at the same time, and are told in the order of their calls", arguments: ModelServer.API.allCases)
    func parallel(api: ModelServer.API) async throws {
        // Each waits for the other one.
        try await both(api, #"calls meet {"n": 1}; meet {"n": 2}"#) { response, _ in
            #expect(response.toolOutputs == ["met 1", "met 2"])
            #expect(response.outputText == "Tools said: met 1; met 2")
        }
    }

    @Test("are told apart from those of the client", arguments: ModelServer.API.allCases)
    func clients(api: ModelServer.API) async throws {
        try await both(api, "call second", ["tools": Self.clients]) { response, _ in
            #expect(response["status"] == "completed")
            #expect(response.items.map { $0["name"] } == ["second"])
        }
    }

    @Test("run beside those of the client, which answers the rest", arguments: ModelServer.API.allCases)
    func mixed(api: ModelServer.API) async throws {
        let text = "calls \(Self.addition); second {}"
        try await both(api, text, ["tools": Self.clients]) { response, server in
            let types = response.items.map { $0["type"] }
            #expect(types == ["function_call", "function_call", "function_call_output"])
            #expect(response.items.first?["call_id"] == response.items.last?["call_id"])
            let call = try #require(response.items.dropFirst().first)
            #expect(call["name"] == "second")
            let output: JSONObject = [
                "type": "function_call_output", "call_id": call["call_id"] ?? .null, "output": "21 degrees",
            ]
            let next = try await server.respond(
                "",
                ["input": [.object(output)], "previous_response_id": response["id"] ?? .null, "tools": Self.clients])
            #expect(next.response.outputText == "Tools said: 3; 21 degrees", "\(next.body)")
        }
    }

    @Test("may not have the name of one of the client's", arguments: ModelServer.API.allCases)
    func clash(api: ModelServer.API) async throws {
        try await ModelServer.withTools(api) { server in
            let tools: JSON = [["type": "function", "name": "add", "parameters": ["type": "object"]]]
            let answer = try await server.respond("say clash", ["tools": tools])
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["code"] == "invalid_value")
            #expect(answer.json["error"]?["message"]?.stringValue?.contains("tools[0].name") == true)
            #expect(try await server.calls(of: "clash").isEmpty)
        }
    }

    @Test("are chosen as the client says", arguments: ModelServer.API.allCases)
    func choice(api: ModelServer.API) async throws {
        try await ModelServer.withTools(api) { server in
            let none = try await server.respond("echo-request", ["tool_choice": "none"]).response
            #expect(try JSON(parsing: none.outputText)["tools"] == [])
            // A demand is met by the first call.
            let demanded = try await server.respond("call \(Self.addition)", ["tool_choice": "required"]).response
            #expect(demanded.outputText == "Tools said: 3")
            #expect(
                try await server.calls(of: "call add").map { $0["body"]?["tool_choice"] } == ["required", "auto"])
        }
    }

    // MARK: Failures

    @Test(
        "tell the model what went wrong, not the client", arguments: ModelServer.API.allCases,
        [("fail", "There is no such city"), ("secret", "The tool failed")])
    func failure(api: ModelServer.API, scenario: (tool: String, words: String)) async throws {
        try await ModelServer.withTools(api) { server in
            for stream in [false, true] {
                let answer = try await server.respond("call \(scenario.tool)", stream: stream)
                #expect(answer.response["status"] == "completed", "\(answer.body)")
                #expect(answer.response.toolOutputs == [scenario.words])
                #expect(answer.response.outputText == "Tools said: \(scenario.words)")
                #expect(!answer.body.contains("hunter2"))
                let trace = try await server.trace(of: answer)
                #expect(trace["state"] == "OK")
                let span = try #require(trace.spans("TOOL").first)
                #expect(span["status"]?["code"] == "ERROR")
                // Who may see the trace may know.
                #expect(span.description.contains(scenario.tool == "secret" ? "hunter2" : scenario.words))
            }
            let calls = try await server.calls(of: "call \(scenario.tool)")
            #expect(calls.count == 4)
            #expect(!calls.description.contains("hunter2"))
        }
    }

    @Test("refuse arguments that are none of theirs", arguments: ModelServer.API.allCases)
    func badArguments(api: ModelServer.API) async throws {
        for text in [#"call add {"a": "x", "b": 2}"#, "call add {oops", "call add [1]"] {
            try await both(api, text, allowsContradictions: true) { response, _ in
                #expect(response["status"] == "completed")
                #expect(response.toolOutputs.count == 1)
                #expect(response.toolOutputs != ["3"])
            }
        }
    }

    @Test("are cut off where they take too long", arguments: ModelServer.API.allCases)
    func hang(api: ModelServer.API) async throws {
        try await both(api, "call hang", options: ["--tool-time", "200"]) { response, server in
            #expect(response["status"] == "completed")
            #expect(response.toolOutputs == ["The tool took too long and was cut off"])
            #expect(response.outputText == "Tools said: The tool took too long and was cut off")
            let spans = try await server.lastTrace().spans("TOOL")
            #expect(spans.map { $0["status"]?["code"] } == ["ERROR"])
        }
    }

    // MARK: Bounds

    @Test("run so often and no more", arguments: ModelServer.API.allCases)
    func turns(api: ModelServer.API) async throws {
        try await ModelServer.withTools(api, options: ["--turns", "3"]) { server in
            for stream in [false, true] {
                let response = try await server.respond("loop \(Self.addition)", stream: stream).response
                #expect(response["status"] == "incomplete")
                #expect(response["incomplete_details"]?["reason"] == "max_turns")
                #expect(response.toolOutputs == ["3", "3", "3"])
            }
            #expect(try await server.calls(of: "loop add").count == 6)
        }
    }

    @Test(
        "and the model have so much time and no more", arguments: ModelServer.API.allCases, ["hang", "hang-after 3"])
    func time(api: ModelServer.API, text: String) async throws {
        try await both(api, text, options: ["--time", "1000"]) { response, _ in
            #expect(response["status"] == "incomplete")
            #expect(response["incomplete_details"]?["reason"] == "max_time")
        }
    }

    @Test("leave the model the tokens that are left", arguments: ModelServer.API.allCases)
    func outputTokens(api: ModelServer.API) async throws {
        try await ModelServer.withTools(api) { server in
            // Each turn takes 7.
            let response = try await server.respond("loop \(Self.addition)", ["max_output_tokens": 30]).response
            #expect(response["status"] == "incomplete")
            #expect(response["incomplete_details"]?["reason"] == "max_output_tokens")
            #expect(response["usage"]?["output_tokens"] == 21)
            let bodies = try await server.calls(of: "loop add").map { $0["body"] }
            #expect(bodies.map { $0?[api == .chat ? "max_tokens" : "max_output_tokens"] } == [30, 23, 16])
        }
    }

    @Test("do not run where their call is not whole", arguments: ModelServer.API.allCases)
    func incomplete(api: ModelServer.API) async throws {
        try await both(api, "call-long \(Self.addition)") { response, _ in
            #expect(response["status"] == "incomplete")
            #expect(response["incomplete_details"]?["reason"] == "max_output_tokens")
            #expect(response.items.map { $0["type"] } == ["function_call"])
        }
    }

    @Test("cannot be demanded where there are none")
    func noneToDemand() async throws {
        try await ModelServer.with(.chat) { server in
            let answer = try await server.respond("say demanded", ["tool_choice": "required"])
            #expect(answer.status == 400, "\(answer.body)")
            #expect(try await server.calls(of: "say demanded").isEmpty)
        }
    }

    // MARK: What is seen of them

    @Test("are in the trace, and the tokens of all turns are summed", arguments: ModelServer.API.allCases)
    func trace(api: ModelServer.API) async throws {
        try await ModelServer.withTools(api) { server in
            for stream in [false, true] {
                let answer = try await server.respond("call \(Self.addition)", stream: stream)
                let usage = answer.response["usage"]
                #expect(usage?["input_tokens"] == 24)
                #expect(usage?["input_tokens_details"]?["cached_tokens"] == 8)
                #expect(usage?["output_tokens"] == 10)
                #expect(usage?["total_tokens"] == 34)
                let trace = try await server.trace(of: answer)
                #expect(trace["token_usage"]?["total_tokens"] == 34)
                let (models, tools) = (trace.spans("CHAT_MODEL"), trace.spans("TOOL"))
                #expect(models.map { $0["attributes"]?["mlflow.chat.tokenUsage"]?["total_tokens"] } == [19, 15])
                let tool = try #require(tools.first)
                #expect(tools.count == 1)
                #expect(tool["name"] == "add")
                #expect(tool["parent_span_id"] == trace["spans"]?[0]?["span_id"])
                #expect(tool["attributes"]?["mlflow.spanInputs"] == ["a": 1, "b": 2])
                #expect(tool["attributes"]?["mlflow.spanOutputs"] == "3")
            }
        }
    }
}

extension JSON {
    /// What the tools of a response said.
    fileprivate var toolOutputs: [String] {
        items.compactMap { $0["type"] == "function_call_output" ? $0["output"]?.stringValue : nil }
    }
}
