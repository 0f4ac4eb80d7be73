import HTTPTypes
import Logging
import NIOCore

@testable import AgentServer

/// A server without connections: a test reads its streams as it pleases, and says when their readers go.
struct BareServer {
    let site: ServerSite

    init(
        _ agent: some ResponsesAgent, logger: Logger = Logger(label: "bare") { _ in SwiftLogNoOpLogHandler() },
        change: (inout AgentServer.Configuration) -> Void = { _ in }
    ) throws {
        let server = AgentServer(agent)
        var configuration = server.configuration
        configuration.store.location = "memory:"
        change(&configuration)
        site = server.site(configuration, store: try server.openStore(configuration), logger: logger)
    }

    /// Sends a request.
    func send(
        _ method: HTTPRequest.Method, _ target: String, _ body: JSON? = nil, client: ClientPresence = ClientPresence()
    ) async -> Reply {
        let request = ServerRequest(method: method, target: target, authority: "localhost", body: body?.encoded() ?? [])
        return await site.answer(request, client: client)
    }
}

extension Reply {
    /// The frames of a stream.
    var frames: (any FrameSource)? {
        if case .stream(let frames) = body { frames } else { nil }
    }

    /// The whole body.
    var bytes: [UInt8] {
        get async {
            switch body {
            case .whole(let buffer): Array(buffer.readableBytesView)
            case .stream(let frames): await frames.rest
            case .webSocket: []
            }
        }
    }

    /// The whole body as JSON.
    var json: JSON {
        get async { (try? JSON(parsing: await bytes)) ?? .null }
    }
}

extension FrameSource {
    /// All that is still to come.
    var rest: [UInt8] {
        get async {
            var bytes: [UInt8] = []
            while let buffer = await next() { bytes += buffer.readableBytesView }
            return bytes
        }
    }
}
