import AgentServer
import AgentServerTesting
import TestSupport
import Testing
import Tracing

@Suite("The trace of an invocation", .timeLimit(.minutes(5)))
struct InvocationTraceTests {
    /// Does what the user's text says.
    struct Traced: ResponsesAgent {
        let isOpen = Signal()

        func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
            switch request.lastUserText {
            case "children":
                try await withSpan("outer", type: .agent) { outer in
                    outer.setInputs("in")
                    await withTaskGroup(of: Void.self) { group in
                        for number in 0..<3 {
                            group.addTask {
                                withSpan("tool \(number)", type: .tool) { span in
                                    span.setTokenUsage(TokenUsage(input: 1, output: 2, cacheRead: 1))
                                }
                            }
                        }
                    }
                    outer.setOutputs(["out": 1])
                    try await response.text("done")
                }
            case "failing child":
                try withSpan("tool", type: .tool) { _ in throw Failure() }
            case "caught":
                try? withSpan("tool", type: .tool) { _ in throw Failure() }
                try await response.text("went on")
            case "secret": throw Failure()
            case "refused": throw AgentError("not today", status: 403)
            case "open":
                _ = AgentTracer().startSpan("never ended")
                try await response.text("done")
            case "library":
                AgentTracer().withSpan("their span", ofKind: .client) { span in
                    span.attributes["db.rows"] = 3
                    span.attributes["db.name"] = "users"
                    span.addEvent("looked")
                }
                try await response.text("done")
            case "annotated":
                AgentContext.current?.trace.update { trace in
                    trace.session = "sess"
                    trace.user = "alice"
                    trace.tags["team"] = "blue"
                    trace.metadata["version"] = "7"
                    trace.clientRequestID = "req"
                    trace.requestPreview = "asked"
                    trace.responsePreview = "answered"
                }
                try await response.text("done")
            case "many":
                for number in 0..<10_010 { withSpan("\(number)", type: .chain) { _ in } }
                try await response.text("done")
            case "wait":
                try await response.text("one ")
                isOpen.set()
                try await waitForCancellation()
            case "headers":
                var headers = HeaderCarrier()
                AgentTracer().inject(.current ?? .topLevel, into: &headers, using: HeaderCarrier.Writer())
                try await response.text(headers.values["traceparent"] ?? "none")
            default: try await response.text("Hello")
            }
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String { "the password is swordfish" }
    }

    private static func server(
        _ agent: Traced = Traced(), into traces: CollectedTraces, ratio: Double = 1, continuesCallers: Bool = false,
        recordsContent: Bool = true
    ) -> TestAgentServer {
        TestAgentServer(
            AgentServer(agent),
            tracing: .init(
                sink: traces, ratio: ratio, continuesCallers: continuesCallers, recordsContent: recordsContent
            )
        )
    }

    private func ask(_ text: String) -> JSON { ["input": [["role": "user", "content": .string(text)]]] }

    @Test("has the invocation as its root, with what went in and out")
    func root() async throws {
        let traces = CollectedTraces()
        let answer = await Self.server(into: traces).invoke(ask("hi"), headers: ["x-mlflow-return-trace-id": "true"])
        let trace = await traces.next()
        #expect(answer.json["metadata"]?["trace_id"]?.stringValue == trace.id.text)
        let root = try #require(trace.root)
        #expect(root.name == "Traced")
        #expect(root.type == .unknown)
        #expect(root.parent == nil)
        #expect(root.failure == nil)
        #expect(root.start <= root.end)
        #expect(root.inputs?["input"]?[0]?["content"] == "hi")
        #expect(root.outputs == answer.json)
        #expect(root.attributes.map(\.key) == ["mlflow.spanInputs", "mlflow.message.format", "mlflow.spanOutputs"])
    }

    @Test("of a stream has its items", arguments: ["/invocations", "/responses"])
    func streamed(path: String) async throws {
        let traces = CollectedTraces()
        var body = ask("hi").objectValue ?? [:]
        body["stream"] = true
        _ = await Self.server(into: traces).send("POST", path, body: body.encoded())
        let outputs = await traces.next().root?.outputs
        #expect(outputs?["object"] == "response")
        #expect(outputs?["output"]?.arrayValue?.count == 1)
        #expect(outputs?["output"]?[0]?["content"]?[0]?["text"] == "Hello")
        #expect(outputs?.objectValue?.count == 2)
    }

    @Test("of other paths has MLflow's form, before the envelope")
    func responses() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).send(
            "POST", "/v1/responses", body: (["input": "hi", "model": "m"] as JSON).encoded()
        )
        let root = try #require(await traces.next().root)
        #expect(root.inputs?["input"] == [["status": nil, "content": "hi", "role": "user", "type": "message"]])
        #expect(root.inputs?["model"] == "m")
        #expect(root.outputs?.objectValue?.map(\.key) == ["output"])
    }

    @Test("has the agent's spans, also those of its child tasks, each below the one it was opened in")
    func children() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).invoke(ask("children"))
        let trace = await traces.next()
        let outer = try #require(trace.span("outer"))
        #expect(outer.parent == trace.root?.id)
        #expect(outer.inputs == "in")
        #expect(outer.outputs == ["out": 1])
        #expect(trace.spans.count == 5)
        #expect(trace.spans.filter { $0.parent == outer.id }.map(\.type) == [.tool, .tool, .tool])
        #expect(trace.usage == TokenUsage(input: 3, output: 6, cacheRead: 3))
    }

    @Test("tells errors on every span that they pass through, in their own words")
    func errors() async throws {
        let traces = CollectedTraces()
        let server = Self.server(into: traces)
        let answer = await server.invoke(ask("failing child"))
        #expect(answer.status == 500)
        #expect(!answer.text.contains("swordfish"))
        let trace = await traces.next()
        for span in trace.spans {
            #expect(span.failure == "Failure: the password is swordfish")
            #expect(span.events.count == 1)
            #expect(span.events.first?.attributes["exception.type"] == "Failure")
            #expect(span.events.first?.attributes["exception.message"] == "the password is swordfish")
            #expect(span.logLevel == 40)
        }
        #expect(trace.spans.count == 2)
        #expect(trace.root?.outputs == nil)
        #expect(trace.root?.attributes["mlflow.message.format"] == nil)
    }

    @Test("that was caught leaves the root as it is")
    func caught() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).invoke(ask("caught"))
        let trace = await traces.next()
        #expect(trace.root?.failure == nil)
        #expect(trace.span("tool")?.failure == "Failure: the password is swordfish")
    }

    @Test("of a stream that fails has its error, and no outputs")
    func failingStream() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).stream(ask("refused"))
        let root = try #require(await traces.next().root)
        #expect(root.failure == "AgentError: not today")
        #expect(root.outputs == nil)
    }

    @Test("ends what is still open with it")
    func openSpan() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).invoke(ask("open"))
        let trace = await traces.next()
        #expect(trace.span("never ended")?.end == trace.root?.end)
    }

    @Test("takes spans of swift-distributed-tracing")
    func library() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).invoke(ask("library"))
        let trace = await traces.next()
        let span = try #require(trace.span("their span"))
        #expect(span.parent == trace.root?.id)
        #expect(span.attributes == ["db.rows": 3, "db.name": "users"])
        #expect(span.events.map(\.name) == ["looked"])
    }

    @Test("says what the agent says of it")
    func annotations() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).invoke(ask("annotated"))
        let annotations = await traces.next().annotations
        #expect(annotations.session == "sess")
        #expect(annotations.tags == ["team": "blue"])
        #expect(annotations.clientRequestID == "req")
        #expect(annotations.responsePreview == "answered")
    }

    @Test("of a client that left is no failure, and has no outputs")
    func clientGone() async throws {
        let traces = CollectedTraces()
        let agent = Traced()
        let server = Self.server(agent, into: traces)
        let call = Task { await server.stream(ask("wait")) }
        await agent.isOpen.wait()
        call.cancel()
        _ = await call.value
        let root = try #require(await traces.next().root)
        #expect(root.failure == nil)
        #expect(root.outputs == nil)
        #expect(root.events.isEmpty)
    }

    @Test("is bounded")
    func manySpans() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces).invoke(ask("many"))
        let trace = await traces.next()
        #expect(trace.spans.count == 10_001)
        #expect(trace.droppedSpans == 10)
    }

    @Test("that is left out has no id for clients, and goes nowhere")
    func sampling() async throws {
        let traces = CollectedTraces()
        let answer = await Self.server(into: traces, ratio: 0)
            .invoke(ask("children"), headers: ["x-mlflow-return-trace-id": "true"])
        #expect(answer.json["metadata"]?["trace_id"] == "MLFLOW_NO_OP_SPAN_TRACE_ID")
        #expect(traces.count == 0)
    }

    @Test("keeps out what was said, where it shall")
    func withoutContent() async throws {
        let traces = CollectedTraces()
        _ = await Self.server(into: traces, recordsContent: false).invoke(ask("children"))
        let trace = await traces.next()
        #expect(trace.spans.count == 5)
        #expect(trace.spans.allSatisfy { $0.inputs == nil && $0.outputs == nil })
        #expect(trace.usage?.output == 6)
    }

    @Test("goes on with its caller's only where that is wanted", arguments: [true, false])
    func callers(continues: Bool) async throws {
        let traces = CollectedTraces()
        let header = "00-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01"
        let answer = await Self.server(into: traces, continuesCallers: continues)
            .invoke(ask("headers"), headers: ["traceparent": header])
        let trace = await traces.next()
        let root = try #require(trace.root)
        #expect(trace.isRemote == continues)
        #expect((trace.id.text == "tr-0171cd8997da37c89ce231d93aea7adf") == continues)
        #expect(root.parent == (continues ? SpanID("7f92f9511a9b2e6b") : nil))
        // What the agent asks carries it on.
        #expect(answer.text.contains("00-\(trace.id.hex)-\(root.id.hex)-03"))
    }
}

/// Headers of a request that an agent makes.
private struct HeaderCarrier: Sendable {
    var values: [String: String] = [:]

    struct Writer: Injector {
        func inject(_ value: String, forKey key: String, into carrier: inout HeaderCarrier) {
            carrier.values[key] = value
        }
    }
}
