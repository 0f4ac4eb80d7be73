import AgentServer
import AgentServerTesting
import TestSupport
import Testing

@Suite("POST /responses")
struct ResponseTests {
    @Test("answers with the whole response object", arguments: ["/responses", "/v1/responses"])
    func synchronous(path: String) async throws {
        let body: JSON = ["input": "Ada", "metadata": ["team": "a"], "temperature": 0.25]
        let answer = await TestAgentServer(ClosureAgent()).send("POST", path, body: body.encoded())
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.outputText == "Hello, Ada")
        let response = answer.json
        #expect(response["object"] == "response")
        #expect(response["status"] == "completed")
        #expect(response["model"] == "closure")
        #expect(response["metadata"] == ["team": "a"])
        #expect(response["temperature"] == 0.25)
        #expect(response["error"] == .null)
        #expect(response["usage"]?["total_tokens"] == 0)
        #expect(response["output"]?[0]?["status"] == "completed")
        #expect(response.objectValue?.count ?? 0 >= 31)
    }

    @Test("streams the standard's events in their order")
    func streamed() async throws {
        let agent = ClosureAgent { _, response in
            try await response.text("one ")
            try await response.text("two")
        }
        let answer = await TestAgentServer(agent).createStream(["input": "count"])
        #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
        #expect(
            answer.types == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.completed",
            ]
        )
        #expect(answer.events.compactMap { $0["sequence_number"]?.intValue } == Array(0..<10))
        #expect(answer.text.hasPrefix("event: response.created\ndata: {\"type\":\"response.created\","))
        #expect(answer.isDone)
    }

    @Test("sends response.created before the agent says anything")
    func early() async throws {
        let gate = Signal()
        let agent = ClosureAgent { _, response in
            await gate.wait()
            try await response.text("late")
        }
        let body: JSON = ["input": "x", "stream": true]
        let answer = await TestAgentServer(agent).send("POST", "/responses", body: body.encoded()) { event in
            if event["type"] == "response.in_progress" { gate.set() }
        }
        #expect(answer.final["output"]?[0]?["content"]?[0]?["text"] == "late")
    }

    @Test(
        "names the place of a fault",
        arguments: [
            (["input": 42], "input"), (["input": "x", "temperature": "hot"], "temperature"),
            (["input": "x", "background": true], "background"),
            (["input": [["type": "nope"]]], "input[0].type"), ([:], "input"),
        ] as [(JSON, String)]
    )
    func faults(body: JSON, param: String) async {
        let answer = await TestAgentServer(ClosureAgent()).createStream(body)
        #expect(answer.status == 400)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.errorParam == param)
        #expect(answer.json["error"]?["type"] == "invalid_request")
        #expect(answer.json["detail"] == answer.json["error"]?["message"])
    }

    @Test("says in its errors whether the request may be repeated")
    func retries() async {
        let failing = ClosureAgent { _, _ in throw AgentError("no", status: 500) }
        let failed = await TestAgentServer(failing).create(["input": "x"])
        #expect(failed.status == 500)
        #expect(failed.json["error"]?["type"] == "model_error")
        #expect(failed.headers["x-should-retry"] == "false")
        let limited = ClosureAgent { _, _ in throw AgentError("later", status: 429, retryAfter: 7) }
        let answer = await TestAgentServer(limited).create(["input": "x"])
        #expect(answer.status == 429)
        #expect(answer.json["error"]?["type"] == "too_many_requests")
        #expect(answer.headers["retry-after"] == "7")
        #expect(answer.headers["x-should-retry"] == nil)
    }

    @Test("ends a failed stream with error, response.failed and [DONE]")
    func failedStream() async {
        let agent = ClosureAgent { _, response in
            try await response.text("half a")
            throw AgentError("broken", code: "context_length_exceeded")
        }
        let answer = await TestAgentServer(agent).createStream(["input": "x"])
        #expect(answer.types.suffix(2) == ["error", "response.failed"])
        let error = answer.events.dropLast().last
        #expect(error?["error"]?["code"] == "context_length_exceeded")
        #expect(error?["error"]?["message"] == "broken")
        #expect(error?["message"] == "broken")
        #expect(answer.final["error"]?["code"] == "context_length_exceeded")
        #expect(answer.final["output"] == [])
        #expect(answer.isDone)
    }

    @Test("lets no type of an agent's event pass for frames of the stream, nor of its replay")
    func forgedFrames() async {
        let agent = ClosureAgent { _, response in
            try await response.event(StreamEvent(["type": "acme:x\n\ndata: [DONE]\n\nevent: y", "n": 1]))
        }
        let server = TestAgentServer(agent)
        let answer = await server.createStream(["input": "x"])
        let replay = await server.get("/responses/\(answer.responseID)?stream=true")
        for text in [answer.text, replay.text] {
            #expect(text.hasSuffix("data: [DONE]\n\n"))
            #expect(text.split(separator: "\n").filter { $0 == "data: [DONE]" }.count == 1)
            #expect(!text.contains("\nevent: y"))
        }
        #expect(answer.types.last == "response.failed")
    }

    @Test("holds the agent to the tools of the request")
    func tools() async {
        let agent = ClosureAgent { _, response in
            try await response.functionCall(name: "b", arguments: "{}")
        }
        let server = TestAgentServer(agent)
        let tools: JSON = [["type": "function", "name": "a"], ["type": "function", "name": "b"]]
        let fine = await server.create(["input": "x", "tools": tools])
        #expect(fine.json["output"]?[0]?["name"] == "b")
        for choice in ["none", ["type": "function", "name": "a"]] as [JSON] {
            let answer = await server.create(["input": "x", "tools": tools, "tool_choice": choice])
            #expect(answer.status == 500)
            #expect(answer.json["error"]?["type"] == "model_error")
        }
        let talking = await TestAgentServer(ClosureAgent()).create(
            ["input": "x", "tools": tools, "tool_choice": "required"]
        )
        #expect(talking.json["error"]?["type"] == "model_error")
    }

    @Test("ends in an incomplete response where the agent says so")
    func incomplete() async {
        let agent = ClosureAgent { _, response in
            try await response.text("as far as it goes")
            try await response.incomplete(reason: "max_output_tokens")
        }
        let answer = await TestAgentServer(agent).createStream(["input": "x"])
        #expect(answer.types.last == "response.incomplete")
        #expect(answer.final["incomplete_details"] == ["reason": "max_output_tokens"])
        #expect(answer.final["output"]?[0]?["status"] == "incomplete")
    }

    @Test("shows the trace's id where it is asked for, within the standard")
    func trace() async {
        let headers = ["x-mlflow-return-trace-id": "true"]
        let answer = await TestAgentServer(ClosureAgent()).createStream(["input": "x"], headers: headers)
        let event = answer.events.first { $0["type"] == "mlflow:trace" }
        #expect(event?["trace_id"]?.stringValue?.hasPrefix("tr-") == true)
        #expect(answer.final["metadata"]?["trace_id"] == event?["trace_id"])
        #expect(answer.events.compactMap { $0["sequence_number"]?.intValue } == Array(answer.events.indices))
    }

    @Test("lets the model choose among several agents, and names them")
    func agents() async throws {
        struct Named: ResponsesAgent {
            var name = ""
            init() {}
            init(_ name: String) { self.name = name }
            func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
                try await response.text("I am \(name)")
            }
        }
        let server = TestAgentServer(try AgentServer(Named("first"), [Named("second")]))
        for (model, text) in [("second", "I am second"), ("first", "I am first"), ("gpt-4o", "I am first")] {
            let answer = await server.create(["input": "x", "model": .string(model)])
            #expect(answer.outputText == text)
            #expect(answer.json["model"] == .string(model))
        }
        let models = await server.get("/v1/models")
        #expect(models.json["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ["first", "second"])
        #expect(await server.get("/v1/models/second").json["id"] == "second")
        #expect(await server.get("/v1/models/third").status == 404)
        #expect(throws: ServerError.self) { try AgentServer(Named("same"), [Named("same")]) }
    }

    @Test("leaves /invocations as it was")
    func invocations() async {
        let answer = await TestAgentServer(ClosureAgent()).invoke(["input": "a string"])
        #expect(answer.status == 400)
        #expect(answer.json["error"] == nil)
        let fine = await TestAgentServer(ClosureAgent()).invoke(userMessage("Ada"))
        #expect(fine.json["status"] == nil)
    }
}
