import AgentServer
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Metrics of workers", .serialized)
struct WorkerMetricsTests {
    private static let calls = #"agent_server_requests_total{method="POST",route="/invocations",status="200"}"#

    /// Calls the server until each of so many workers has answered. How many calls that took.
    private static func callAll(_ count: Int, port: Int) async throws -> Int {
        var seen: Set<Int32> = []
        var calls = 0
        while seen.count < count {
            seen.insert(try await RawClient.with(port: port) { client in try await client.worker() })
            calls += 1
        }
        return calls
    }

    @Test("are added up, whichever is asked, and what a worker has counted outlives it")
    func sum() async throws {
        let agent = try AgentProcess(["--port", "0", "--workers", "2"])
        let port = try await agent.port()
        let workers = try await agent.workers(2)
        var calls = try await Self.callAll(2, port: port)
        // A request is counted when its answer has gone out.
        try await waitWhile { try await scrape(port: port)[Self.calls] != Double(calls) }
        for _ in 0..<10 {
            let lines = try await scrape(port: port)
            #expect(lines[Self.calls] == Double(calls))
            #expect(lines["agent_server_processes"] == 2)
            #expect(lines[#"agent_server_info{agent="agent",version="\#(AgentServer.version)"}"#] == 1)
        }
        kill(try #require(workers.first), SIGKILL)
        try await waitWhile { try await agent.workers(2) == workers }
        for _ in 0..<10 { #expect(try await scrape(port: port)[Self.calls] == Double(calls)) }
        calls += try await Self.callAll(2, port: port)
        try await waitWhile { try await scrape(port: port)[Self.calls] != Double(calls) }
        try await waitWhile { try await scrape(port: port)["agent_server_processes"] != 2 }
        agent.terminate()
        #expect(await agent.outcome().status == 0)
    }

    @Test("are not forgotten when workers are renewed")
    func renewed() async throws {
        let agent = try AgentProcess(["--port", "0", "--workers", "2"])
        let port = try await agent.port()
        let before = Set(try await agent.workers(2))
        let calls = try await Self.callAll(2, port: port)
        try await waitWhile { try await scrape(port: port)[Self.calls] != Double(calls) }
        agent.signal(SIGHUP)
        while !before.isDisjoint(with: try await agent.workers(2)) {
            // Never less: that would look like a new beginning.
            #expect(try await scrape(port: port)[Self.calls] == Double(calls))
        }
        #expect(try await scrape(port: port)[Self.calls] == Double(calls))
        agent.terminate()
        #expect(await agent.outcome().status == 0)
    }

    @Test("do not wait for a worker that does not answer, and keep what it had counted")
    func stuck() async throws {
        let agent = try AgentProcess(["--port", "0", "--workers", "2"])
        let port = try await agent.port()
        let workers = try await agent.workers(2)
        let calls = try await Self.callAll(2, port: port)
        try await waitWhile { try await scrape(port: port)[Self.calls] != Double(calls) }
        // A connection to the other one: new ones may come to the one that is stopped, and wait there.
        let stopped = try await RawClient.with(port: port) { client in
            let asked = try await client.worker()
            let stopped = try #require(workers.first { $0 != asked })
            kill(stopped, SIGSTOP)
            var text: String
            // The signal may be late, and the worker answer once more.
            repeat {
                try await client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                text = try await client.read(until: "process_start_time_seconds ")
                try #require(!text.isEmpty)
            } while !text.contains("\nagent_server_processes 1\n")
            // The call that found out who is asked is counted when it has gone out, which may be now.
            #expect(text.contains("\(Self.calls) \(calls)\n") || text.contains("\(Self.calls) \(calls + 1)\n"))
            return stopped
        }
        kill(stopped, SIGCONT)
        try await waitWhile { try await scrape(port: port)["agent_server_processes"] != 2 }
        agent.terminate()
        #expect(await agent.outcome().status == 0)
    }

    @Test("leave no folder behind, even if the supervisor is killed", arguments: [SIGTERM, SIGKILL])
    func folders(signal: Int32) async throws {
        try await TemporaryFolder.with { parent in
            let agent = try AgentProcess(
                ["--port", "0", "--workers", "2", "--drain-timeout", "0"], environment: ["TMPDIR": parent.path]
            )
            let port = try await agent.port()
            _ = try await scrape(port: port)
            let folder = try #require(Self.files(in: parent.path).first)
            var status = stat()
            #expect(lstat("\(parent.path)/\(folder)", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            agent.signal(signal)
            _ = await agent.outcome()
            // The last worker goes a moment after its output has closed.
            try await waitWhile { !Self.files(in: parent.path).isEmpty }
        }
    }

    private static func files(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var files: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { files.append(name) }
        }
        return files
    }
}
