import AgentJSON
import TestSupport
import Testing

@Suite("A model behind the server is asked", .timeLimit(.minutes(5)))
struct FrontDoorUpstreamTests {
    @Test("by its own name, with the key and the trace", arguments: ModelServer.API.allCases)
    func names(api: ModelServer.API) async throws {
        try await ModelServer.with(api) { server in
            let answer = try await server.respond("say it", ["model": "something-else"])
            let calls = try await server.calls(of: "say it")
            #expect(calls.count == 1)
            let headers = try #require(calls.first?["headers"])
            #expect(calls.first?["body"]?["model"]?.stringValue == ModelServer.model)
            #expect(headers["authorization"]?.stringValue == "Bearer \(ModelServer.key)")
            let trace = try await server.trace(of: answer)
            let (id, span) = (trace["id"]?.stringValue?.dropFirst(3), trace.spans("CHAT_MODEL").first?["span_id"])
            let context = headers["traceparent"]?.stringValue?.split(separator: "-") ?? []
            #expect(context.count == 4)
            #expect(context.dropFirst().first == id)
            #expect(context.dropFirst(2).first == span?.stringValue.map { $0[...] })
        }
    }

    @Test("with the settings of the request", arguments: ModelServer.API.allCases)
    func settings(api: ModelServer.API) async throws {
        try await ModelServer.with(api) { server in
            let answer = try await server.respond(
                "echo-request",
                [
                    "instructions": "Be brief.", "temperature": 0.25, "top_p": 0.5, "max_output_tokens": 77,
                    "tools": [["type": "function", "name": "first", "parameters": ["type": "object"]]],
                    "parallel_tool_calls": false, "tool_choice": "auto",
                ])
            let echo = try JSON(parsing: answer.response.outputText)
            let settings = try #require(echo["settings"])
            #expect(echo["tools"] == ["first"])
            #expect(settings["stream"] == true)
            #expect(settings["temperature"] == 0.25)
            #expect(settings["top_p"] == 0.5)
            #expect(settings["parallel_tool_calls"] == false)
            switch api {
            case .chat:
                #expect(echo["items"] == 2)
                #expect((settings["max_tokens"] ?? settings["max_completion_tokens"]) == 77)
                #expect(settings["stream_options"]?["include_usage"] == true)
            case .responses:
                #expect(echo["items"] == 1)
                #expect(settings["instructions"] == "Be brief.")
                #expect(settings["max_output_tokens"] == 77)
                #expect(settings["store"] == false)
            }
        }
    }

    @Test("without what it has refused once", arguments: ["stream_options", "max_tokens"])
    func quirks(field: String) async throws {
        try await ModelServer.with(.chat, refusing: [field]) { server in
            for number in 0..<2 {
                let answer = try await server.respond("say \(number)", ["max_output_tokens": 50])
                #expect(answer.response.outputText == "\(number)", "\(answer.body)")
            }
            #expect(try await server.calls(of: "say 0").count == 2)
            #expect(try await server.calls(of: "say 1").count == 1)
        }
    }

    @Test("with reasoning before each call where it insists on that, whatever a client leaves out and whoever asks")
    func demandedReasoning() async throws {
        try await ModelServer.with(.chat, demandsReasoning: true) { server in
            let bare: [JSON] = [
                ["type": "message", "role": "user", "content": "call f"],
                ["type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"],
                ["type": "function_call_output", "call_id": "a", "output": "done"],
            ]
            let thought: JSON = [
                "type": "reasoning", "summary": [], "content": [["type": "reasoning_text", "text": "hm"]],
            ]
            let whole = [bare[0], thought, bare[1], bare[2], ["type": "message", "role": "user", "content": "say so"]]
            // At once: none of them may spoil it for the others.
            try await withThrowingTaskGroup(of: RawAnswer.self) { group in
                for _ in 0..<4 {
                    for input in [bare, whole] {
                        group.addTask { try await server.respond("", ["input": .array(input)]) }
                    }
                }
                for try await answer in group { #expect(answer.status == 200, "\(answer.body)") }
            }
            #expect(try await server.respond("", ["input": .array(whole)]).response.outputText == "so")
            let messages = try await server.calls(of: "say so").last?["body"]?["messages"]
            #expect(messages?[1]?["reasoning_content"] == "hm")
        }
    }

    @Test("no longer when the client has gone", arguments: ModelServer.API.allCases, ["hang", "hang-after 3"])
    func gone(api: ModelServer.API, text: String) async throws {
        try await ModelServer.with(api) { server in
            let body: JSON = ["input": .string("\(text) leaving"), "stream": true]
            let text = String(decoding: body.encoded(), as: UTF8.self)
            try await RawClient.with(port: server.port) { client in
                try await client.send(
                    "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
                )
                #expect(try await server.call("begun", "leaving")["gone"] == false)
            }
            #expect(try await server.call("gone", "leaving")["gone"] == true)
        }
    }
}
