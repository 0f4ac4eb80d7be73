import AgentJSON
import TestSupport
import Testing

@Suite("A trace of a model behind the server", .timeLimit(.minutes(5)))
struct FrontDoorTraceTests {
    @Test("has the call of the model, what went in, and what came out", arguments: ModelServer.API.allCases)
    func answer(api: ModelServer.API) async throws {
        try await ModelServer.with(api) { server in
            for stream in [false, true] {
                let trace = try await server.trace(of: server.respond("say seen", stream: stream))
                #expect(trace["state"] == "OK")
                #expect(trace["response_preview"] == "seen")
                let root = try #require(trace["spans"]?[0])
                #expect(root["parent_span_id"] == .null)
                let calls = trace.spans("CHAT_MODEL")
                #expect(calls.count == 1)
                let call = try #require(calls.first)
                #expect(call["parent_span_id"] == root["span_id"])
                #expect(call["status"]?["code"] == "OK")
                let (inputs, outputs) = (
                    call["attributes"]?["mlflow.spanInputs"], call["attributes"]?["mlflow.spanOutputs"]
                )
                #expect(inputs?["model"]?.stringValue == ModelServer.model)
                #expect(inputs?.description.contains("say seen") == true)
                switch api {
                case .chat: #expect(outputs?["choices"]?[0]?["message"]?["content"] == "seen")
                case .responses: #expect(outputs?.outputText == "seen")
                }
                let usage = call["attributes"]?["mlflow.chat.tokenUsage"]
                #expect(usage?["input_tokens"] == 12)
                #expect(usage?["output_tokens"] == 1)
                #expect(usage?["total_tokens"] == 13)
                #expect(trace["token_usage"]?["total_tokens"] == 13)
            }
        }
    }

    @Test("has what the endpoint's format could not say")
    func unsupported() async throws {
        try await ModelServer.with(.chat) { server in
            let file: JSON = ["type": "input_file", "file_url": "https://example.com/a.pdf"]
            let answer = try await server.respond(
                "", ["input": [["type": "message", "role": "user", "content": [file]]]]
            )
            #expect(answer.status == 400, "\(answer.body)")
            let trace = try await server.lastTrace()
            #expect(trace["state"] == "ERROR")
            let inputs = trace.spans("CHAT_MODEL").first?["attributes"]?["mlflow.spanInputs"]
            #expect(inputs?["input"]?[0]?["content"]?[0] == file)
        }
    }

    @Test("has the error of the model", arguments: ModelServer.API.allCases, ["status 500", "cut 3", "error-after 3"])
    func failure(api: ModelServer.API, text: String) async throws {
        try await ModelServer.with(api) { server in
            for stream in [false, true] {
                let answer = try await server.respond(text, stream: stream)
                #expect(answer.response["error"] != nil)
                let trace = try await server.lastTrace()
                #expect(trace["state"] == "ERROR")
                #expect(trace.spans("CHAT_MODEL").last?["status"]?["code"] == "ERROR")
            }
        }
    }
}
