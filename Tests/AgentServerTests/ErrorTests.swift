import AgentServer
import AgentServerTesting
import Testing

private struct Secret: Error {
    let password = "hunter2"
}

@Suite("An error of the agent")
struct ErrorTests {
    @Test("reaches the client where it is meant for it")
    func publicError() async throws {
        let server = TestAgentServer(ClosureAgent { _, _ in throw AgentError("No such city") })
        let synchronous = await server.invoke(userMessage("?"))
        #expect(synchronous.status == 500)
        #expect(synchronous.json == ["detail": "No such city"])
        let streamed = await server.stream(userMessage("?"))
        #expect(streamed.status == 200)
        #expect(streamed.events == [["error": "No such city"]])
        #expect(streamed.isDone)
    }

    @Test("brings its own status to a synchronous call", arguments: [(404, 404), (599, 599), (200, 500), (-1, 500)])
    func status(given: Int, sent: Int) async throws {
        let server = TestAgentServer(ClosureAgent { _, _ in throw AgentError("x", status: given) })
        #expect(await server.invoke(userMessage("?")).status == sent)
    }

    @Test("stays inside where it is not meant for the client, but for the id to ask for")
    func opaqueError() async throws {
        let server = TestAgentServer(
            ClosureAgent { _, response in
                try await response.text("so far")
                throw Secret()
            }
        )
        let synchronous = await server.invoke(userMessage("?"), headers: ["x-request-id": "abc-1"])
        #expect(synchronous.status == 500)
        #expect(synchronous.json == ["detail": "Internal error (id abc-1)"])
        #expect(synchronous.headers["x-request-id"] == "abc-1")
        let streamed = await server.stream(userMessage("?"), headers: ["x-request-id": "abc-2"])
        #expect(streamed.events.first?["delta"] == "so far")
        #expect(streamed.events.last == ["error": "Internal error (id abc-2)"])
        #expect(streamed.isDone)
        #expect(!streamed.text.contains("hunter2"))
    }

    @Test("of an event that is not valid ends the stream, even when the agent goes on")
    func invalidEvent() async throws {
        let agent = ClosureAgent { _, response in
            try? await response.event(StreamEvent(["type": "response.output_text.delta", "item_id": "m"]))
            try? await response.text("more")
        }
        let streamed = await TestAgentServer(agent).stream(userMessage("?"))
        #expect(streamed.events.count == 1)
        let message = try #require(streamed.events[0]["error"]?.stringValue)
        #expect(message.hasPrefix("Invalid data for ResponsesAgentStreamEvent: "))
        #expect(message.contains("delta"))
        #expect(streamed.isDone)
        let synchronous = await TestAgentServer(agent).invoke(userMessage("?"))
        #expect(synchronous.status == 500)
    }

    @Test("of a request that is not valid names the field, before the agent runs")
    func invalidRequest() async throws {
        let agent = ClosureAgent { _, _ in Issue.record("the agent ran") }
        for body: JSON in [["input": 1], ["input": [["role": "nobody", "content": "x"]]], ["inputs": []]] {
            for stream in [false, true] {
                let server = TestAgentServer(agent)
                let answer = stream ? await server.stream(body) : await server.invoke(body)
                #expect(answer.status == 400)
                let detail = try #require(answer.json["detail"]?.stringValue)
                let prefix = "Invalid parameters for ResponsesAgent: Invalid data for ResponsesAgentRequest: "
                #expect(detail.hasPrefix(prefix))
                #expect(detail.contains("input"))
            }
        }
    }

    @Test("of a body that is no object is a 400", arguments: ["", "[]", "1", "null", "{", "{\"a\": NaN}", "\u{FEFF}"])
    func notAnObject(body: String) async throws {
        let answer = await TestAgentServer(ClosureAgent()).send("POST", "/invocations", body: Array(body.utf8))
        #expect(answer.status == 400)
        #expect(answer.json["detail"]?.stringValue?.hasPrefix("Invalid JSON in request body: ") == true)
    }
}
