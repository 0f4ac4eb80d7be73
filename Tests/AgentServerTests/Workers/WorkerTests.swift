import AgentServer
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Workers", .serialized)
struct WorkerTests {
    @Test("serve on one socket, and one that is killed under load costs only what it was answering")
    func killed() async throws {
        let agent = try AgentProcess(["--port", "0", "--workers", "2"])
        let port = try await agent.port()
        let before = try await agent.workers(2)
        let load = Load(port: port, clients: 8)
        let served = await load.run {
            kill(try #require(before.first), SIGKILL)
            // Both places are taken again, one of them by another process.
            try await waitWhile { try await agent.workers(2) == before }
            await load.moreAnswers(200)
        }
        #expect(served.refused == 0)
        #expect(served.brokenOff <= 8)
        #expect(served.answers >= 200)
        agent.terminate()
        #expect(await agent.outcome().status == 0)
    }

    @Test("are renewed on SIGHUP without a refused or reset connection")
    func renewed() async throws {
        let agent = try AgentProcess(["--port", "0", "--workers", "2"])
        let port = try await agent.port()
        let load = Load(port: port, clients: 8)
        let served = await load.run {
            for _ in 0..<3 {
                let before = Set(try await agent.workers(2))
                agent.signal(SIGHUP)
                while true {
                    let now = try await agent.workers(2)
                    if before.isDisjoint(with: now) { break }
                    await load.moreAnswers(10)
                }
                await load.moreAnswers(100)
            }
        }
        #expect(served.refused == 0)
        #expect(served.brokenOff == 0)
        #expect(served.answers >= 300)
        // Old workers told their clients.
        #expect(served.closedByServer > 0)
        agent.terminate()
        #expect(await agent.outcome().status == 0)
    }

    @Test("trap alone: the requests of the others go on")
    func trap() async throws {
        let agent = try AgentProcess(
            ["--port", "0", "--workers", "2", "--drain-timeout", "0"],
            // Its report takes seconds, in which the process is not dead yet.
            environment: ["SWIFT_BACKTRACE": "enable=no"]
        )
        let port = try await agent.port()
        let workers = try await agent.workers(2)
        let trapped = try #require(workers.first)
        let (opened, isOpen) = AsyncStream.makeStream(of: Int32.self)
        try await withThrowingTaskGroup(of: (worker: Int32, isDone: Bool).self) { group in
            // Streams without end, until each worker has one.
            var streaming: [Int32] = []
            var iterator = opened.makeAsyncIterator()
            while !Set(workers).isSubset(of: streaming) {
                group.addTask { try await Self.stream(port: port) { isOpen.yield($0) } }
                streaming.append(try #require(await iterator.next()))
            }
            try await Self.trap(worker: trapped, port: port)
            for _ in streaming where streaming.contains(trapped) {
                let stream = try #require(try await group.next())
                #expect(stream.worker == trapped)
                #expect(!stream.isDone)
                streaming.remove(at: try #require(streaming.firstIndex(of: trapped)))
            }
            // Its supervisor has seen it, too.
            try await waitWhile { try await agent.workers(2).contains(trapped) }
            agent.terminate()
            for try await stream in group {
                #expect(stream.worker != trapped)
                #expect(stream.isDone)
            }
        }
        let outcome = await agent.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.standardError.contains("Worker \(trapped) ended: signal"))
    }

    /// Reads a stream that ends with its server.
    private static func stream(
        port: Int, onOpen: @escaping @Sendable (Int32) -> Void
    ) async throws -> (worker: Int32, isDone: Bool) {
        let delta: JSON = ["type": "response.output_text.delta", "item_id": "m", "delta": "x"]
        let events = JSON.array(Array(repeating: delta, count: 10_000))
        let body: JSON = ["input": [], "stream": true, "custom_inputs": ["events": events, "delay_ms": 50]]
        return try await RawClient.with(port: port) { client in
            let worker = try await client.worker()
            try await client.send(post(body.description))
            _ = try await client.read(until: "\"delta\": \"x\"}\n\n")
            onOpen(worker)
            let rest = (try? await client.read(until: "data: [DONE]\n\n")) ?? ""
            return (worker, rest.hasSuffix("data: [DONE]\n\n"))
        }
    }

    /// Makes one worker trap.
    private static func trap(worker: Int32, port: Int) async throws {
        while true {
            let isDone = try await RawClient.with(port: port) { client in
                guard try await client.worker() == worker else { return false }
                try await client.send(post(#"{"input": [], "custom_inputs": {"trap": true}}"#))
                // Nothing comes, or a reset.
                let answer = (try? await client.readToEnd()) ?? ""
                #expect(!answer.contains("200 OK"))
                return true
            }
            if isDone { return }
        }
    }

    @Test("finish their streams on SIGTERM, and take their supervisor with them")
    func drain() async throws {
        let agent = try AgentProcess(["--port", "0", "--workers", "2"])
        let port = try await agent.port()
        let delta: JSON = ["type": "response.output_text.delta", "item_id": "m", "delta": "x"]
        let body: JSON = [
            "input": [], "stream": true, "custom_inputs": ["events": [delta, delta, delta], "delay_ms": 200],
        ]
        try await RawClient.with(port: port) { client in
            try await client.send(post(body.description))
            _ = try await client.read(until: "\"delta\": \"x\"}\n\n")
            agent.terminate()
            #expect(try await client.readToEnd().contains("data: [DONE]\n\n"))
        }
        #expect(await agent.outcome().status == 0)
    }

    @Test("that do not come to serve are given up on, and the reason is said")
    func useless() async throws {
        let outcome = try await AgentProcess(["--port", "0", "--workers", "2", "--fails-as-worker"]).outcome()
        #expect(outcome.status == 1)
        #expect(outcome.standardOutput.isEmpty)
        let last = try #require(outcome.standardError.split(separator: "\n").last)
        #expect(last.hasPrefix("Error: 5 workers in a row ended before they took a connection"))
        #expect(last.contains("exit status 3"))
    }

    @Test("end when their supervisor has gone")
    func orphans() async throws {
        let agent = try AgentProcess(["--port", "0", "--workers", "2"])
        _ = try await agent.port()
        let workers = try await agent.workers(2)
        agent.signal(SIGKILL)
        #expect(await agent.outcome().status == -SIGKILL)
        // The pipes are theirs, too: `outcome` has waited for these, which close a moment before the end.
        for worker in workers { try await waitWhile { ProcessTable.isRunning(worker) } }
    }

    @Test("end when their supervisor has gone before they come to hear of it, and do not become one")
    func earlyOrphan() async throws {
        let script = """
            import os, socket, sys
            link, other = socket.socketpair()
            link.close()
            os.dup2(other.fileno(), 4)
            os.set_inheritable(4, True)
            os.execve(sys.argv[1], [sys.argv[1], "--port", "0", "--workers", "1"], {"AGENT_SERVER_SUPERVISOR": "1000000"})
            """
        let outcome = try await AgentProcess(
            ["-c", script, AgentProcess.executable("scripted-agent")], program: "python3"
        ).outcome()
        #expect(outcome.standardOutput == "")
        #expect(outcome.standardError == "Error: The supervisor has gone\n")
        #expect(outcome.status == 1)
    }

    @Test("are not asked for: a wrong number, a port in use, a certificate that cannot be read")
    func wrongValues() async throws {
        let number = try await AgentProcess(["--workers", "0"]).outcome()
        #expect(number.standardError.contains("--workers is 0; it must be 1 to 1024"))
        let first = try AgentProcess(["--port", "0", "--workers", "1"])
        let port = try await first.port()
        let second = try await AgentProcess(["--port", "\(port)", "--workers", "1"]).outcome()
        #expect(second.standardError == "Error: Port \(port) is in use on 127.0.0.1\n")
        #expect(second.status == 1)
        first.terminate()
        #expect(await first.outcome().status == 0)
        let tls = try await AgentProcess(["--workers", "1", "--tls-certificate", "/none", "--tls-key", "/none"])
            .outcome()
        #expect(tls.standardError == "Error: The file /none cannot be read\n")
    }
}
