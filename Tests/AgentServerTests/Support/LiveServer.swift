import AgentServer
import Logging

/// A server on a socket of its own, for the length of a test.
func withLiveServer(
    _ agent: some ResponsesAgent, configuration: AgentServer.Configuration = .init(),
    _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
    try await withLiveServer(AgentServer(agent), configuration: configuration, body)
}

func withLiveServer(
    _ server: AgentServer, configuration: AgentServer.Configuration = .init(),
    _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
    var configuration = configuration
    configuration.port = 0
    // Tests leave no files in the folder they run in.
    if configuration.store.location == AgentServer.Configuration().store.location {
        configuration.store.location = "memory:"
    }
    let (addresses, ready) = AsyncStream.makeStream(of: String.self)
    try await withThrowingTaskGroup(of: Void.self) { [configuration] group in
        group.addTask {
            defer { ready.finish() }
            try? await server.serve(configuration, logger: Logger(label: "live") { _ in SwiftLogNoOpLogHandler() }) {
                ready.yield($0)
            }
        }
        guard let address = await addresses.first(where: { _ in true }),
            let port = Int(address.split(separator: ":").last ?? "")
        else { throw NotStarted() }
        do {
            try await body(port)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
    }
}

private struct NotStarted: Error {}

/// A POST of a JSON text, as bytes.
func post(_ body: String, headers: String = "") -> String {
    "POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
