import AgentServerTesting
import CoreMetrics
import Logging
import TestSupport
import Testing

@testable import AgentMetrics
@testable import AgentServer

@Suite("Metrics")
struct MetricsTests {
    private static let agent = ClosureAgent { request, response in
        switch request.lastUserText {
        case "fail": throw AgentError("no")
        case "break": throw Broken()
        case "invalid": try await response.event(StreamEvent(["type": "response.output_item.done", "item": 1]))
        default: try await response.text("Hello, \(request.lastUserText)")
        }
    }

    private struct Broken: Error {}

    @Test("count requests by route, method and status")
    func requests() async {
        let server = TestAgentServer(Self.agent)
        for _ in 0..<3 { _ = await server.invoke(userMessage("Ada")) }
        _ = await server.invoke(userMessage("fail"))
        _ = await server.invoke(["input": 1])
        _ = await server.stream(userMessage("Ada"))
        for id in ["resp_1", "resp_2"] { _ = await server.send("GET", "/v1/responses/\(id)") }
        _ = await server.send("PATCH", "/health")
        _ = await server.send("BREW", "/health")
        _ = await server.send("GET", "/nowhere/\(1)")
        _ = await server.send("GET", "/nowhere/\(2)")
        let lines = await scrape(server)
        let requests = lines.filter { $0.key.hasPrefix("agent_server_requests_total") }
        #expect(
            requests == [
                #"agent_server_requests_total{method="POST",route="/invocations",status="200"}"#: 4,
                #"agent_server_requests_total{method="POST",route="/invocations",status="500"}"#: 1,
                #"agent_server_requests_total{method="POST",route="/invocations",status="400"}"#: 1,
                #"agent_server_requests_total{method="GET",route="/responses/{id}",status="404"}"#: 2,
                #"agent_server_requests_total{method="PATCH",route="/health",status="405"}"#: 1,
                #"agent_server_requests_total{method="other",route="/health",status="405"}"#: 1,
                #"agent_server_requests_total{method="GET",route="other",status="404"}"#: 2,
            ]
        )
        #expect(lines[#"agent_server_request_duration_seconds_count{route="/invocations"}"#] == 6)
        #expect(lines[#"agent_server_request_duration_seconds_bucket{route="/invocations",le="+Inf"}"#] == 6)
    }

    @Test("count the events of streams, and errors of the agent by kind")
    func agents() async {
        let server = TestAgentServer(Self.agent)
        _ = await server.stream(userMessage("Ada"))
        let events = await scrape(server)["agent_server_stream_events_total"] ?? 0
        #expect(events >= 1)
        for text in ["fail", "break", "invalid"] {
            _ = await server.invoke(userMessage(text))
            _ = await server.stream(userMessage(text))
        }
        let lines = await scrape(server)
        #expect(lines[#"agent_server_agent_errors_total{kind="agent"}"#] == 4)
        #expect(lines[#"agent_server_agent_errors_total{kind="invalid_output"}"#] == 2)
        #expect(lines[#"agent_server_agent_errors_total{kind="timeout"}"#] == 0)
    }

    @Test("tell a client that has gone, and one that had to wait for too long, from other errors")
    func stops() async throws {
        let first = Signal()
        let second = Signal()
        var configuration = AgentServer.Configuration()
        let agent = ClosureAgent { request, _ in
            (request.lastUserText == "first" ? first : second).set()
            try await waitForCancellation()
        }
        configuration.limits.invocationTime = .milliseconds(1)
        let server = TestAgentServer(agent, configuration: configuration)
        let call = Task { await server.invoke(userMessage("first")) }
        await first.wait()
        call.cancel()
        _ = await call.value
        #expect(await scrape(server)[#"agent_server_agent_errors_total{kind="client_gone"}"#] == 1)
        let other = Task { await server.invoke(userMessage("second")) }
        await second.wait()
        server.site.invoker.registry.sweep(now: .now + .seconds(1))
        #expect(await other.value.status == 504)
        #expect(await scrape(server)[#"agent_server_agent_errors_total{kind="timeout"}"#] == 1)
    }

    @Test("show a stream and its call while they go on, and the stream's time when it has ended")
    func streams() async throws {
        let goOn = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("a")
            await goOn.wait()
        }
        try await withLiveServer(agent) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(post(#"{"stream": true, "input": []}"#))
                _ = try await client.read(until: "\n\n")
                let during = try await scrape(port: port)
                #expect(during["agent_server_streams_open"] == 1)
                #expect(during["agent_server_invocations_running"] == 1)
                #expect(during[#"agent_server_request_duration_seconds_count{route="/invocations"}"#] == nil)
                goOn.set()
                _ = try await client.read(until: "[DONE]\n\n")
            }
            // The answer has come before its end is noted.
            try await waitWhile { try await scrape(port: port)["agent_server_streams_open"] != 0 }
            let key = #"agent_server_request_duration_seconds_count{route="/invocations"}"#
            try await waitWhile { try await scrape(port: port)[key] != 1 }
        }
    }

    @Test("show WebSockets while they are open")
    func webSockets() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(
                    """
                    GET /responses HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
                    """
                )
                #expect(try await client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101"))
                try await waitWhile { try await scrape(port: port)["agent_server_websockets_open"] != 1 }
                let lines = try await scrape(port: port)
                #expect(lines[#"agent_server_requests_total{method="GET",route="/responses",status="101"}"#] == 1)
            }
            try await waitWhile { try await scrape(port: port)["agent_server_websockets_open"] != 0 }
        }
    }

    @Test("count requests that are refused before they are read")
    func refusals() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            try await RawClient.with(port: port) { client in
                try await client.send("nonsense\r\n\r\n")
                _ = try await client.readToEnd()
            }
            let lines = try await scrape(port: port)
            #expect(lines[#"agent_server_requests_total{method="other",route="other",status="400"}"#] == 1)
        }
    }

    @Test("have those of the process, the store and the traces")
    func lookups() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(post(#"{"input": []}"#))
                _ = try await client.read(until: "}]}")
            }
            try await waitWhile {
                try await scrape(port: port)[#"agent_server_traces_exported_total{exporter="store"}"#] != 1
            }
            let lines = try await scrape(port: port)
            #expect(lines["agent_server_store_queue_depth"] == 0)
            #expect(lines[#"agent_server_trace_queue_depth{exporter="store"}"#] == 0)
            #expect(lines[#"agent_server_traces_dropped_total{exporter="store"}"#] == 0)
            #expect(lines[#"agent_server_traces_failed_total{exporter="store"}"#] == 0)
            #expect(lines["agent_server_processes"] == 1)
            #expect(lines[#"agent_server_info{agent="closure",version="\#(AgentServer.version)"}"#] == 1)
            #expect(try #require(lines["process_resident_memory_bytes"]) > 1_000_000)
            #expect(try #require(lines["process_cpu_seconds_total"]) > 0)
            #expect(try #require(lines["process_start_time_seconds"]) > 1_700_000_000)
            #expect(try #require(lines["process_open_fds"]) > 3)
        }
    }

    @Test("are described, and are the media type that Prometheus asks for")
    func form() async {
        let server = TestAgentServer(ClosureAgent())
        _ = await server.invoke(userMessage("Ada"))
        let answer = await server.send("GET", "/metrics")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let families = answer.text.matches(of: #/\# TYPE ([a-z_]+) /#).map { $0.output.1 }
        #expect(answer.text.matches(of: #/\# HELP ([a-z_]+) /#).map { $0.output.1 } == families)
        #expect(families == families.sorted())
        #expect(families.allSatisfy { $0.hasPrefix("agent_server_") || $0.hasPrefix("process_") })
    }

    @Test("are all in the table of the documentation")
    func documented() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let path = root + "/Sources/AgentServer/Documentation.docc/Metrics.md"
        let text = String(decoding: try #require(TextFile.read(path, limit: 1 << 20)), as: UTF8.self)
        let names = text.matches(of: /\n\| `((agent_server|process)_[a-z_]+)`/).map { String($0.output.1) }
        let models = names.filter { $0.hasPrefix("agent_server_model_") || $0.hasPrefix("agent_server_tool_") }
        #expect(Set(names).subtracting(models) == Set(ServerMetric.allCases.map(\.rawValue)))
    }

    @Test("count what a chat app answers, and what it does not")
    func chatProxy() async throws {
        try await ChatApp.withProxy { port in
            #expect(try await RawAnswer.get("/api/x", port: port).status == 200)
            #expect(try await RawAnswer.get("/strange", port: port).status == 404)
            let lines = try await scrape(port: port)
            #expect(lines[#"agent_server_requests_total{method="GET",route="chat-proxy",status="200"}"#] == 1)
            #expect(lines[#"agent_server_request_duration_seconds_count{route="chat-proxy"}"#] == 1)
            #expect(lines[#"agent_server_requests_total{method="GET",route="other",status="404"}"#] == 1)
        }
    }

    @Test("ask for a key where the server does")
    func keys() async throws {
        var configuration = AgentServer.Configuration()
        configuration.access.apiKeys = [try APIKey("0123456789abcdef", name: "ops")]
        let server = TestAgentServer(ClosureAgent(), configuration: configuration)
        #expect(await server.send("GET", "/metrics").status == 401)
        let answer = await server.send("GET", "/metrics", headers: ["authorization": "Bearer 0123456789abcdef"])
        #expect(answer.status == 200)
        #expect(answer.text.contains(#"requests_total{method="GET",route="/metrics",status="401"} 1"#))
    }

    @Test("may be left out")
    func none() async {
        var configuration = AgentServer.Configuration()
        configuration.hasMetrics = false
        let server = TestAgentServer(ClosureAgent(), configuration: configuration)
        #expect(await server.invoke(userMessage("Ada")).status == 200)
        #expect(await server.send("GET", "/metrics").status == 404)
        #expect(await !server.send("GET", "/openapi.json").text.contains("/metrics"))
    }

    @Test("have what agents measure through swift-metrics")
    func own() async throws {
        let name = "answers.given"
        let agent = ClosureAgent { _, response in
            CoreMetrics.Counter(label: name, dimensions: [("mood", "good")]).increment()
            try await response.text("a")
        }
        try await withLiveServer(agent) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(post(#"{"input": []}"#))
                _ = try await client.read(until: "}]}")
            }
            #expect(try await scrape(port: port)[#"answers_given{mood="good"}"#] == 1)
        }
    }

    @Test("go to the factory that the program has chosen")
    func elsewhere() async throws {
        let other = MetricsRegistry()
        let server = AgentServer(ClosureAgent())
        let site = server.site(
            server.configuration, store: nil, metrics: .elsewhere(other), logger: Logger(label: "test")
        )
        let metrics = try #require(site.metrics)
        let answer = await TestAgentServer(site: site).send("GET", "/metrics")
        #expect(answer.status == 404)
        #expect(answer.json["detail"] == "Metrics go where this program sends all of its metrics")
        var last: [String: Double] = [:]
        metrics.streamBegan()
        metrics.elsewhere?.tell(since: &last)
        metrics.elsewhere?.tell(since: &last)
        let families = other.snapshot.families
        #expect(families["agent_server_streams_open"]?.series == ["": .number(1)])
        #expect(
            families["agent_server_requests_total"]?.series
                == [#"method="GET",route="/metrics",status="404""#: .number(1)]
        )
        // Told twice, and the same number.
        let cpu = try #require(last["process_cpu_seconds_total []"])
        #expect(families["process_cpu_seconds_total"]?.series == ["": .number(cpu)])
    }
}

/// What a server in this process measures.
private func scrape(_ server: TestAgentServer) async -> [String: Double] {
    metricLines(await server.send("GET", "/metrics").text)
}
