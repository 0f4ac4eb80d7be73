import AgentMetrics
import AgentStore
import TestSupport
import Testing

@testable import AgentServer

@Suite("A response whose client has gone")
struct ClientGoneTests {
    /// A piece that no stream has room for beside another one.
    private static let large = String(repeating: "x", count: 300_000)

    /// What is stored of a response, as soon as it is.
    private func stored(_ id: String, in server: BareServer) async throws -> JSON {
        var answer = await server.send("GET", "/responses/\(id)")
        try await waitWhile {
            answer = await server.send("GET", "/responses/\(id)")
            return answer.status != 200
        }
        return answer.json
    }

    @Test("is cancelled, however fast the agent notices that nobody reads")
    func noticedByAgent() async throws {
        let lines = LogLines()
        let agent = ClosureAgent(execution: .connection) { _, response in
            for _ in 0..<3 { try await response.text(Self.large) }
        }
        let server = try BareServer(agent, logger: lines.logger)
        // The agent goes on within the very call that tells it.
        let client = ClientPresence(executor: InlineExecutor())
        let answer = await server.send("POST", "/responses", ["input": "x", "stream": true], client: client)
        let id = try #require(firstResponseID(in: await answer.next() ?? []))
        #expect((answer.frames as? FrameStream)?.waiting.writers == 1)
        client.leave()
        #expect(try await stored(id, in: server)["status"] == "cancelled")
        #expect(lines.all == [])
    }

    @Test("is cancelled where what sends to it has noticed first", arguments: [true, false])
    func noticedByWriter(throwing: Bool) async throws {
        let lines = LogLines()
        let gate = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("half")
            await gate.wait()
            do {
                try await response.text("more")
            } catch  where !throwing {
                // Some agents do not care.
            }
        }
        let server = try BareServer(agent, logger: lines.logger)
        let answer = await server.send("POST", "/responses", ["input": "x", "stream": true])
        let id = try #require(firstResponseID(in: await answer.next() ?? []))
        // As after a write that failed.
        answer.frames?.abandon()
        gate.set()
        #expect(try await stored(id, in: server)["status"] == "cancelled")
        #expect(lines.all == [])
    }

    @Test(
        "is neither a failure in its trace nor one of the agent's, where that does not care", arguments: [true, false],
        ["/invocations", "/responses"])
    func swallowedByAgent(throwing: Bool, path: String) async throws {
        let gate = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("half")
            await gate.wait()
            do {
                try await response.text("more")
            } catch  where !throwing {
                // Some agents do not care.
            }
        }
        let traces = CollectedTraces()
        let server = try BareServer(agent, traces: traces)
        let answer = await server.send("POST", path, ["input": [["role": "user", "content": "x"]], "stream": true])
        _ = await answer.next()
        answer.frames?.abandon()
        gate.set()
        let root = try #require(await traces.next().root)
        #expect(root.failure == nil)
        #expect(root.events.isEmpty)
        #expect(root.attributes.map(\.key) == ["mlflow.spanInputs"])
        let metrics = try #require(server.site.metrics?.snapshot).text
        #expect(metrics.contains(#"agent_server_agent_errors_total{kind="client_gone"} 1"#))
        #expect(metrics.contains(#"agent_server_agent_errors_total{kind="agent"} 0"#))
    }

    @Test("counts as running until its end is stored")
    func countsUntilStored() async throws {
        let agent = ClosureAgent(execution: .connection) { _, response in
            for _ in 0..<3 { try await response.text(Self.large) }
        }
        let server = try BareServer(agent)
        let store = try #require(server.store)
        let registry = server.site.invoker.registry
        let client = ClientPresence(executor: InlineExecutor())
        let answer = await server.send("POST", "/responses", ["input": "x", "stream": true], client: client)
        let id = try #require(firstResponseID(in: await answer.next() ?? []))
        let door = Door()
        async let held: Void = store.occupyWriter { door.wait() }
        try await door.reached()
        // The agent has noticed and ended before this returns.
        client.leave()
        #expect(registry.count == 1)
        door.open()
        try await held
        await registry.waitForEndings()
        #expect(await server.send("GET", "/responses/\(id)").json["status"] == "cancelled")
        await becomesTrue { registry.count == 0 }
    }
}
