import AgentServer
import AgentServerTesting
import Testing

@Suite("The context of a call")
struct ContextTests {
    @Test("has the request's headers, in any case, the first of several")
    func headers() async throws {
        let agent = ClosureAgent { _, response in
            let headers = try #require(AgentContext.current).headers
            try await response.text("\(headers["X-Foo"] ?? "-") \(headers.forwardedAccessToken ?? "-")")
        }
        let answer = await TestAgentServer(agent).invoke(
            userMessage("?"), headers: ["x-foo": "bar", "X-Forwarded-Access-Token": "abc"]
        )
        #expect(answer.outputText == "bar abc")
    }

    @Test("reaches child tasks, and not the next call")
    func childTasks() async throws {
        let agent = ClosureAgent { _, response in
            async let child = AgentContext.current?.headers["x-foo"] ?? "none"
            try await response.text(await child)
        }
        let server = TestAgentServer(agent)
        #expect(await server.invoke(userMessage("?"), headers: ["x-foo": "1"]).outputText == "1")
        #expect(await server.invoke(userMessage("?")).outputText == "none")
    }

    @Test("names conversation, user, request and trace")
    func identifiers() async throws {
        let agent = ClosureAgent { _, response in
            let context = try #require(AgentContext.current)
            try await response.customOutputs([
                "conversation": .string(context.conversationID ?? ""), "user": .string(context.userID ?? ""),
                "request": .string(context.requestID), "trace": .string(context.traceID),
                "recovery": .bool(context.isRecovery),
            ])
        }
        var body = userMessage("?").objectValue ?? [:]
        body["context"] = ["conversation_id": "c1", "user_id": "u1"]
        let answer = await TestAgentServer(agent).invoke(
            .object(body), headers: ["x-mlflow-return-trace-id": "True", "x-request-id": "r1"]
        )
        let outputs = try #require(answer.json["custom_outputs"])
        #expect(outputs["conversation"] == "c1")
        #expect(outputs["user"] == "u1")
        #expect(outputs["request"] == "r1")
        #expect(outputs["recovery"] == false)
        let trace = try #require(answer.json["metadata"]?["trace_id"]?.stringValue)
        #expect(outputs["trace"]?.stringValue == trace)
        #expect(trace.wholeMatch(of: /tr-[0-9a-f]{32}/) != nil)
    }

    @Test("can be given in a test of the agent's parts")
    func inTests() async throws {
        let context = AgentContext(headers: RequestHeaders(["x-user": "ada"]), userID: "ada")
        let seen = AgentContext.$current.withValue(context) { AgentContext.current?.headers["x-user"] }
        #expect(seen == "ada")
        #expect(AgentContext.current == nil)
    }

    @Test("shows a trace id at the end of a stream that asked for it")
    func streamedTrace() async throws {
        let answer = await TestAgentServer(ClosureAgent()).stream(
            userMessage("?"), headers: ["x-mlflow-return-trace-id": "true"]
        )
        #expect(answer.events.last?["trace_id"]?.stringValue?.hasPrefix("tr-") == true)
        #expect(answer.isDone)
    }

    @Test(
        "keeps a harmless request id and replaces any other",
        arguments: [
            ("abc.DEF_1-2", true), (String(repeating: "a", count: 128), true),
            (String(repeating: "a", count: 129), false),
            ("a b", false), ("é", false), ("", false),
        ])
    func requestID(id: String, isKept: Bool) async throws {
        let answer = await TestAgentServer(ClosureAgent()).send("GET", "/health", headers: ["x-request-id": id])
        let sent = try #require(answer.headers["x-request-id"])
        #expect((sent == id) == isKept)
        #expect(!sent.isEmpty)
    }
}
