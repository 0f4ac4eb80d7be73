import AgentServer
import TestSupport
import Testing

@Suite("A server's process", .serialized)
struct ProcessTests {
    @Test("finishes its streams on SIGTERM, takes no new connections, and ends well")
    func drain() async throws {
        let agent = try AgentProcess(["--port", "0"])
        let port = try await agent.port()
        let delta: JSON = ["type": "response.output_text.delta", "item_id": "m", "delta": "x"]
        let body: JSON = [
            "input": [], "stream": true,
            "custom_inputs": ["events": [delta, delta, delta], "delay_ms": 300],
        ]
        try await RawClient.with(port: port) { client in
            try await client.send(post(body.description))
            _ = try await client.read(until: "\"delta\": \"x\"}\n\n")
            agent.terminate()
            let rest = try await client.readToEnd()
            #expect(rest.contains("data: [DONE]\n\n"))
            #expect(rest.components(of: "\"delta\": \"x\"") == 2)
        }
        #expect(await agent.outcome().status == 0)
        await #expect(throws: (any Error).self) {
            try await RawClient.with(port: port) { client in try await client.readToEnd() }
        }
    }

    @Test("ends what still runs when the grace is over")
    func grace() async throws {
        let agent = try AgentProcess(["--port", "0", "--drain-timeout", "0"])
        let port = try await agent.port()
        let delta: JSON = ["type": "response.output_text.delta", "item_id": "m", "delta": "x"]
        let events = JSON.array(Array(repeating: delta, count: 1000))
        let body: JSON = ["input": [], "stream": true, "custom_inputs": ["events": events, "delay_ms": 100]]
        try await RawClient.with(port: port) { client in
            try await client.send(post(body.description))
            _ = try await client.read(until: "\"delta\": \"x\"}\n\n")
            agent.terminate()
            let rest = try await client.readToEnd()
            #expect(rest.contains("data: {\"error\": \"The server is stopping\"}\n\ndata: [DONE]\n\n"))
        }
        #expect(await agent.outcome().status == 0)
    }

    @Test(
        "says in one line why it does not start",
        arguments: [
            (["--port", "70000"], [:], "--port is 70000; it must be 0 to 65535"),
            ([], ["AGENT_SERVER_PORT": "x"], "AGENT_SERVER_PORT is 'x', which is no whole number"),
            (["--log-level", "loud"], [:], "--log-level is 'loud', which is no log level"),
            (["--host", "192.0.2.1", "--insecure"], [:], "192.0.2.1 is no address of this machine"),
        ] as [([String], [String: String], String)])
    func wrongValues(arguments: [String], environment: [String: String], message: String) async throws {
        let outcome = try await AgentProcess(arguments, environment: environment).outcome()
        #expect(outcome.status != 0)
        let line = try #require(outcome.standardError.split(separator: "\n").first)
        #expect(line.contains(message))
    }

    @Test("says so when its port is in use")
    func portInUse() async throws {
        let first = try AgentProcess(["--port", "0"])
        let port = try await first.port()
        let second = try await AgentProcess(["--port", "\(port)"]).outcome()
        #expect(second.status != 0)
        #expect(second.standardError.contains("Port \(port) is in use on 127.0.0.1"))
        first.terminate()
        #expect(await first.outcome().status == 0)
    }

    @Test("explains every option with its variable and default")
    func help() async throws {
        let outcome = try await AgentProcess(["--help"]).outcome()
        #expect(outcome.status == 0)
        for text in ["--host", "AGENT_SERVER_HOST", "127.0.0.1", "--drain-timeout", "AGENT_SERVER_DRAIN_TIMEOUT"] {
            #expect(outcome.standardOutput.contains(text))
        }
    }

    @Test("logs requests when asked to, without bodies, queries and headers")
    func accessLog() async throws {
        let agent = try AgentProcess(["--port", "0", "--access-log"])
        let port = try await agent.port()
        try await RawClient.with(port: port) { client in
            try await client.send(
                "GET /health?secret=query HTTP/1.1\r\nHost: localhost\r\nx-request-id: r-1\r\n"
                    + "Authorization: secret\r\nConnection: close\r\n\r\n"
            )
            #expect(try await client.readToEnd().contains("healthy"))
        }
        agent.terminate()
        let outcome = await agent.outcome()
        let line = try #require(outcome.standardError.split(separator: "\n").first { $0.contains("/health") })
        for part in ["method=GET", "path=/health", "status=200", "bytes=20", "request_id=r-1", "peer=127.0.0.1"] {
            #expect(line.contains(part))
        }
        #expect(!outcome.standardError.contains("secret"))
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
