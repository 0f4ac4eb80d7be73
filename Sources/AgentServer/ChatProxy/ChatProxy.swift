import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization

/// Forwards requests that no route of the server takes to a chat app on this machine.
///
/// MLflow's `enable_chat_proxy`, as a correct proxy: every answer is streamed as it arrives, and nothing is kept from one
/// client to another.
package final class ChatProxy: Sendable {
    let configuration: AgentServer.Configuration.ChatProxy
    private let limit: Int
    private let pools: [ObjectIdentifier: NIOLoopBoundBox<UpstreamPool?>]
    private let underWay = Atomic(0)

    /// - Parameters:
    ///   - configuration: Which paths go where.
    ///   - limit: How many requests may be forwarded at the same time.
    init(_ configuration: AgentServer.Configuration.ChatProxy, limit: Int) {
        self.configuration = configuration
        self.limit = limit
        var pools: [ObjectIdentifier: NIOLoopBoundBox<UpstreamPool?>] = [:]
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            pools[ObjectIdentifier(loop)] = .makeEmptyBox(valueType: UpstreamPool.self, eventLoop: loop)
        }
        self.pools = pools
    }

    /// A request that may pass.
    struct Passage {
        let proxy: ChatProxy
        /// Path and query for the chat app.
        let target: String
    }

    /// Whether a request may pass; the answer to one that may not.
    func passage(for request: ServerRequest) -> Result<Passage, Refusal> {
        guard request.method != .trace, request.method != .connect else {
            return .failure(Refusal(reply: .text("Method Not Allowed", status: 405)))
        }
        // HTTP/1 has no way to say these; HTTP/2 has, and they would end the line of the request to the app.
        guard !request.target.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return .failure(.control) }
        let (path, query) = RequestTarget.split(request.target)
        guard path.first == "/" else { return .failure(.notFound) }
        do {
            let path = try ProxyPath(path)
            guard allows(path.checked) else { return .failure(.notFound) }
            return .success(Passage(proxy: self, target: query.map { "\(path.sent)?\($0)" } ?? path.sent))
        } catch .control {
            return .failure(.control)
        } catch {
            return .failure(.notFound)
        }
    }

    /// The answer to a request that may not pass.
    struct Refusal: Error {
        let reply: Reply

        static let control = Refusal(reply: .text("Bad Request: a control character in the path", status: 400))
        static let notFound = Refusal(reply: .text("Not found", status: 404))
    }

    private func allows(_ path: String) -> Bool {
        Self.exactPaths.contains(path) || configuration.exactPaths.contains(path)
            || Self.pathPrefixes.contains { path.hasPrefix($0) }
            || configuration.pathPrefixes.contains { path.hasPrefix($0) }
    }

    /// The paths that MLflow forwards.
    private static let exactPaths: Set<String> = ["/", "/favicon.ico", "/ping"]
    private static let pathPrefixes = ["/assets/", "/api/", "/chat/"]

    // MARK: Upstream connections

    /// The connections of an event loop; called there.
    func pool(on loop: any EventLoop) -> UpstreamPool {
        guard let box = pools[ObjectIdentifier(loop)] else { return UpstreamPool(configuration, loop: loop) }
        if let pool = box.value { return pool }
        let pool = UpstreamPool(configuration, loop: loop)
        box.value = pool
        return pool
    }

    /// Keeps a place for one more request. Whether there was one.
    func reserve() -> Bool {
        guard underWay.add(1, ordering: .relaxed).newValue <= limit else {
            giveBack()
            return false
        }
        return true
    }

    /// Gives a place back.
    func giveBack() {
        underWay.subtract(1, ordering: .relaxed)
    }
}

extension ChatProxy.Passage {
    /// The relay of a request.
    func relay(
        _ head: HTTPRequest, of request: ServerRequest, for client: any RelayClient, on loop: any EventLoop
    ) -> ProxyRelay {
        ProxyRelay(self, head: head, request: request, client: client, loop: loop)
    }
}
