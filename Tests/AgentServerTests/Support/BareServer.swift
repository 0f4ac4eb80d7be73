import AgentStore
import HTTPTypes
import Logging
import NIOCore

@testable import AgentServer

/// A server without connections: a test reads its streams as it pleases, and says when their readers go.
struct BareServer {
    let site: ServerSite
    let store: SQLiteStore?

    init(
        _ agent: some ResponsesAgent, logger: Logger = Logger(label: "bare") { _ in SwiftLogNoOpLogHandler() },
        traces: CollectedTraces? = nil, change: (inout AgentServer.Configuration) -> Void = { _ in }
    ) throws {
        let server = AgentServer(agent)
        var configuration = server.configuration
        configuration.store.location = "memory:"
        change(&configuration)
        store = try server.openStore(configuration)
        site = server.site(configuration, store: store, tracing: .init(sink: traces), logger: logger)
    }

    /// Sends a request.
    func send(
        _ method: String, _ target: String, _ body: JSON? = nil, client: ClientPresence = ClientPresence()
    ) async -> Answer {
        await send(method, target, bytes: body?.encoded() ?? [], client: client)
    }

    /// Sends a request whose body is written already.
    func send(_ method: String, _ target: String, bytes: [UInt8], client: ClientPresence) async -> Answer {
        let request = ServerRequest(
            method: HTTPRequest.Method(method) ?? .get, target: target, authority: "localhost", body: bytes
        )
        let reply = await site.answer(request, client: client)
        switch reply.body {
        case .whole(let buffer): return Answer(status: reply.status.code, body: Array(buffer.readableBytesView))
        case .stream(let frames): return Answer(status: reply.status.code, frames: frames)
        case .webSocket: return Answer(status: reply.status.code)
        }
    }

    /// What was answered, of which streams are not read yet.
    struct Answer {
        var status: Int
        var body: [UInt8] = []
        var frames: (any FrameSource)?

        var json: JSON { (try? JSON(parsing: body)) ?? .null }

        /// The next bytes of a stream, or its end.
        func next() async -> [UInt8]? {
            await frames?.next().map { Array($0.readableBytesView) }
        }

        /// All of a stream that is still to come.
        func rest() async -> [UInt8] {
            var bytes: [UInt8] = []
            while let piece = await next() { bytes += piece }
            return bytes
        }
    }
}
