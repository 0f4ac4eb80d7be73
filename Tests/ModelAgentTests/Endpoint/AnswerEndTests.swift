import AgentJSON
import AgentServer
import AgentServerTesting
import ModelAgent
import TestSupport
import Testing

@Suite("The end of a model's answer", .timeLimit(.minutes(5)))
struct AnswerEndTests {
    /// What a model says whose end is waited for no longer than 100 ms.
    private static func response(_ text: String, api: Model.API) async throws -> JSON {
        let upstream = try AgentProcess(["--api", api.rawValue], built: "scripted-upstream")
        defer { upstream.terminate() }
        let port = try await upstream.port()
        var model = try Model("m", at: "http://127.0.0.1:\(port)/v1", api: api)
        model.limits.endPause = .milliseconds(100)
        let server = try TestAgentServer(ModelAgent(model))
        let body: JSON = ["input": .string(text)]
        return await server.send("POST", "/responses", body: body.encoded()).json
    }

    @Test("is waited for only so long where the stream stays open", arguments: [Model.API.chatCompletions, .responses])
    func open(api: Model.API) async throws {
        let response = try await Self.response("stay-open all of it", api: api)
        #expect(response["status"] == "completed")
        #expect(response.outputText == "all of it")
        // One for each piece.
        #expect(response["usage"]?["output_tokens"] == 3)
    }

    @Test("is not taken from pieces each of which says that it is the last one")
    func early() async throws {
        let response = try await Self.response("stop-always 3 400", api: .chatCompletions)
        #expect(response["status"] == "completed")
        #expect(response.outputText == "w0 w1 w2")
    }
}
