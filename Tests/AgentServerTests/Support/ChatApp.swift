import AgentServer
import TestSupport

/// The chat app of `Conformance/parity/reference`, as a process.
enum ChatApp {
    /// Starts the app for the length of a test, and gives its port.
    static func with<Result: Sendable>(_ body: (Int) async throws -> Result) async throws -> Result {
        // Not by its command line: so nobody has to guess a port that is free, nor when it listens.
        let script = """
            import sys
            sys.path.insert(0, sys.argv[1])
            import chat_app
            server = chat_app.ThreadingHTTPServer(("127.0.0.1", 0), chat_app.Handler)
            server.daemon_threads = True
            print(f"Serving on 127.0.0.1:{server.server_address[1]}", flush=True)
            server.serve_forever()
            """
        let app = try AgentProcess(["-B", "-c", script, folder], program: "python3")
        do {
            let result = try await body(try await app.port())
            app.terminate()
            _ = await app.outcome()
            return result
        } catch {
            app.terminate()
            _ = await app.outcome()
            throw error
        }
    }

    /// Starts the app for the length of a test, and a server that forwards to it.
    static func withProxy(
        _ change: (inout AgentServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await with { port in try await AgentServerTests.withProxy(to: port, change, body) }
    }

    private static var folder: String {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        return tests.joined(separator: "/") + "/Conformance/parity/reference"
    }
}

/// A server that forwards to a port of this machine, for the length of a test.
func withProxy(
    to port: Int, _ change: (inout AgentServer.Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
    var configuration = AgentServer.Configuration()
    configuration.chatProxy.isEnabled = true
    configuration.chatProxy.port = port
    change(&configuration)
    try await withLiveServer(ClosureAgent(), configuration: configuration, body)
}
