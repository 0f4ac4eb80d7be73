import NIOCore
import NIOPosix

/// Accepts connections, keeps count of them, and lets them end.
final class Listener: Sendable {
    /// Where to listen.
    enum Place: Sendable {
        case address(host: String, port: Int)
        /// A socket that listens already, handed down by a supervisor.
        case socket(Int32)
    }

    private let channel: any Channel
    private let connections: OpenConnections

    private init(channel: any Channel, connections: OpenConnections) {
        self.channel = channel
        self.connections = connections
    }

    /// Begins to accept connections.
    ///
    /// - Parameters:
    ///   - place: Where to listen.
    ///   - connection: Sets up each connection.
    ///   - onConnection: Called for each connection, on an event loop.
    /// - Throws: `IOError` or `SocketAddressError` when the place cannot be had.
    static func open(
        _ place: Place, setUp connection: AgentConnection, onConnection: @escaping @Sendable () -> Void = {}
    ) async throws -> Listener {
        let connections = OpenConnections()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A client that has sent all it has may close its side first; `ConnectionHandler` decides what that means.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                connections.add(channel)
                onConnection()
                return connection.setUp(channel)
            }
        let channel: any Channel =
            switch place {
            case .address(let host, let port): try await bootstrap.bind(host: host, port: port).get()
            case .socket(let descriptor): try await bootstrap.withBoundSocket(descriptor).get()
            }
        return Listener(channel: channel, connections: connections)
    }

    /// The address that clients connect to.
    var address: SocketAddress? { channel.localAddress }

    /// Accepts no more connections, and tells those that are open how to go on.
    func drain(_ drain: ConnectionDrain) async {
        // A connection that was accepted, and is not set up yet when the listening channel closes, would be reset. So
        // accepting ends first, and what is on its way between the event loops gets through.
        try? await channel.setOption(.autoRead, value: false).get()
        for _ in 0..<3 {
            try? await channel.eventLoop.submit {}.get()
            for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try? await loop.submit {}.get() }
        }
        try? await channel.close()
        connections.tell(drain)
    }

    /// Returns when no connection is open any more.
    ///
    /// Call it after ``drain(_:)``. When the time is over, those that are left are closed.
    func waitForEnd(until deadline: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [connections] in await connections.waitUntilEmpty() }
            group.addTask { try? await Task.sleep(until: deadline) }
            await group.next()
            connections.closeAll()
            group.cancelAll()
        }
    }

    /// Closes everything at once.
    func close() async {
        try? await channel.close()
        connections.closeAll()
    }
}

/// How connections go on when the server takes no new ones.
enum ConnectionDrain: Sendable {
    /// The server stops: a connection ends with the answer that is under way, or at once.
    case stopping
    /// Others take over at the same address. A connection that is idle ends with its next answer, which says so: if it
    /// were closed while a request is on its way, the client would see a reset.
    case retiring
}
