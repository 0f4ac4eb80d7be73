import AgentServer
import AgentServerTesting
import Testing

@Suite("Handlers in MLflow's form")
struct HandlerTests {
    private struct Sum: Decodable, Sendable {
        var a: Int
        var b: Int
    }

    private struct Result: Encodable, Sendable {
        var sum: Int
        var note: String?
    }

    @Test("of a plain agent take and give the author's own types")
    func plainTypes() async throws {
        let server = AgentServer()
        try server.invoke { (sum: Sum) in Result(sum: sum.a + sum.b) }
        let answer = await TestAgentServer(server).invoke(["a": 1, "b": 2])
        #expect(answer.status == 200)
        #expect(answer.text == #"{"sum":3}"#)
    }

    @Test("of a plain agent answer 400 to a request that does not fit their type, and name the place")
    func plainMismatch() async throws {
        let server = AgentServer()
        try server.invoke { (sum: Sum) in Result(sum: sum.a + sum.b) }
        let answer = await TestAgentServer(server).invoke(["a": 1, "b": "two"])
        #expect(answer.status == 400)
        #expect(answer.json["detail"]?.stringValue?.contains("b") == true)
    }

    @Test("of a plain agent see the whole object but `stream`")
    func plainJSON() async throws {
        let server = AgentServer()
        try server.invoke { (request: JSON) in ["request": request] as JSON }
        try server.stream { (request: JSON, events: EventWriter) in
            try await events.send(request)
            try await events.send(["n": 1.0] as JSON)
        }
        let test = TestAgentServer(server)
        #expect(await test.invoke(["x": nil, "stream": false]).text == #"{"request":{"x":null}}"#)
        let streamed = await test.stream(["z": "é"])
        #expect(streamed.text == "data: {\"z\": \"\\u00e9\"}\n\ndata: {\"n\": 1.0}\n\ndata: [DONE]\n\n")
    }

    @Test("return a declared response, or raw JSON that is checked")
    func responses() async throws {
        let server = AgentServer(agentType: .responsesAgent)
        try server.invoke("answer") { (request: AgentRequest) in
            AgentResponse(output: [.message(request.lastUserText, id: "msg_1")], customOutputs: ["k": 1])
        }
        try server.stream("answer_stream") { (request: AgentRequest, events: EventWriter) in
            try await events.send(StreamEvent.outputTextDelta(request.lastUserText, itemID: "msg_1"))
            try await events.send(StreamEvent.outputItemDone(.message(request.lastUserText, id: "msg_1")))
        }
        let test = TestAgentServer(server)
        let answer = await test.invoke(userMessage("hi"))
        #expect(answer.json["object"] == "response")
        #expect(answer.outputText == "hi")
        #expect(answer.json["custom_outputs"] == ["k": 1])
        #expect(await test.stream(userMessage("hi")).outputText == "hi")

        let wrong = AgentServer(agentType: .responsesAgent)
        try wrong.invoke { (_: AgentRequest) in ["output": "text"] as JSON }
        let refused = await TestAgentServer(wrong).invoke(userMessage("hi"))
        #expect(refused.status == 500)
        #expect(refused.json["detail"]?.stringValue?.hasPrefix("Invalid data for ResponsesAgentResponse: ") == true)
    }

    @Test("can be registered once each")
    func once() throws {
        let server = AgentServer()
        try server.invoke { (request: JSON) in request }
        #expect(throws: RegistrationError.self) { try server.invoke { (request: JSON) in request } }
        try server.stream { (_: JSON, _: EventWriter) in }
        #expect(throws: RegistrationError.self) { try server.stream { (_: JSON, _: EventWriter) in } }
    }

    @Test("that are missing are said to be, after the request was checked")
    func missing() async throws {
        let test = TestAgentServer(AgentServer(agentType: .responsesAgent))
        #expect(await test.invoke(userMessage("x")).json == ["detail": "No invoke function registered"])
        #expect(await test.stream(userMessage("x")).json == ["detail": "No stream function registered"])
        #expect(await test.invoke(["input": 1]).status == 400)
    }
}
