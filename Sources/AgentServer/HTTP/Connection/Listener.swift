import NIOCore
import NIOPosix
import Synchronization

/// Accepts connections, keeps count of them, and lets them end.
final class Listener: Sendable {
    private let socket: ListeningSocket
    private let acceptor: Acceptor
    private let connections: OpenConnections
    private let isClosed = Atomic(false)

    /// Begins to accept connections.
    ///
    /// - Parameters:
    ///   - socket: The socket that listens; the listener closes it.
    ///   - connection: Sets up each connection.
    ///   - onConnection: Called for each connection, on an event loop.
    /// - Throws: ``ServerError`` when that cannot be.
    init(
        _ socket: ListeningSocket, setUp connection: AgentConnection, onConnection: @escaping @Sendable () -> Void = {}
    ) throws {
        self.socket = socket
        let connections = OpenConnections()
        self.connections = connections
        let loops = MultiThreadedEventLoopGroup.singleton
        acceptor = try Acceptor(socket.descriptor) { descriptor in
            let pending = connections.expect()
            ClientBootstrap(group: loops)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                // A client that has sent all it has may close its side first; `ConnectionHandler` decides what that means.
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelInitializer { channel in
                    connections.add(channel, expected: pending)
                    onConnection()
                    return connection.setUp(channel)
                }
                .withConnectedSocket(descriptor)
                // It has gone before it was set up, as a rule.
                .whenFailure { _ in connections.giveUp(pending) }
        }
    }

    /// The address that clients connect to.
    var address: SocketAddress { socket.address }

    /// Accepts no more connections, and tells those that are open how to go on.
    func drain(_ drain: ConnectionDrain) async {
        await stopAccepting()
        connections.tell(drain)
    }

    /// Closes the listening socket, once: its number may be another file's by the next time.
    private func stopAccepting() async {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        await acceptor.stop()
        socket.close()
    }

    /// Returns when no connection is open any more.
    ///
    /// Call it after ``drain(_:)``. At the deadline those that are idle are closed, and a little later all that are left.
    func waitForEnd(until deadline: ContinuousClock.Instant, closingTime: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [connections] in await connections.waitUntilEmpty() }
            group.addTask { [connections] in
                guard (try? await Task.sleep(until: deadline)) != nil else { return }
                connections.tell(.stopping)
                try? await Task.sleep(for: closingTime)
            }
            await group.next()
            connections.closeAll()
            group.cancelAll()
        }
    }

    /// Closes everything at once. May follow ``drain(_:)``.
    func close() async {
        await stopAccepting()
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
