import DequeModule
import NIOCore
import NIOPosix
import NIOSSL

/// The connections of a client, and what waits for one. All of it on the client's event loop.
final class WebPool {
    /// A server: where connections to it can be used for.
    private struct Origin: Hashable {
        var isSecure: Bool
        var authority: String
    }

    private struct Server {
        /// The last one used comes first: it is the least likely to have been closed meanwhile.
        var idle: [WebConnection] = []
        /// Connections that are open or about to be.
        var count = 0
        var waiting: Deque<WebExchange> = []
    }

    private let configuration: WebClient.Configuration
    private let tls: NIOSSLContext?
    private let loop: any EventLoop
    private var servers: [Origin: Server] = [:]
    private var waitingCount = 0
    private var isSweeping = false

    init(_ configuration: WebClient.Configuration, tls: NIOSSLContext?, on loop: any EventLoop) {
        self.configuration = configuration
        self.tls = tls
        self.loop = loop
    }

    // MARK: Exchanges

    /// Begins an exchange.
    func start(_ exchange: WebExchange) {
        guard !exchange.isOver else { return }
        let origin = Self.origin(of: exchange)
        if let connection = servers[origin]?.idle.popLast() {
            connection.carry(exchange)
        } else if servers[origin, default: Server()].count < configuration.maximumConnections {
            connect(for: exchange)
        } else if waitingCount < configuration.maximumWaiting {
            waitingCount += 1
            servers[origin, default: Server()].waiting.append(exchange)
        } else {
            exchange.fail(WebFailure(.refused, "too many requests wait for a connection"))
        }
    }

    /// Sends an exchange again, once, whose connection was closed before it could have been answered.
    func restart(_ exchange: WebExchange) {
        guard !exchange.isOver else { return }
        guard !exchange.isRestarted else {
            return exchange.fail(WebFailure(.closed, "connections were closed at once"))
        }
        exchange.isRestarted = true
        connect(for: exchange)
    }

    private func nextWaiting(at origin: Origin) -> WebExchange? {
        while let exchange = servers[origin]?.waiting.popFirst() {
            waitingCount -= 1
            if !exchange.isOver { return exchange }
        }
        return nil
    }

    private static func origin(of exchange: WebExchange) -> Origin {
        let address = exchange.address
        return Origin(isSecure: address.isSecure, authority: address.authority)
    }

    // MARK: Connections

    private func connect(for exchange: WebExchange) {
        let origin = Self.origin(of: exchange)
        let address = exchange.address
        guard !address.isSecure || tls != nil else {
            return exchange.fail(WebFailure(.refused, "the client is not set up for HTTPS"))
        }
        servers[origin, default: Server()].count += 1
        let numeric = try? SocketAddress(ipAddress: address.host, port: address.port)
        let tls = address.isSecure ? tls : nil
        let pool = NIOLoopBound(self, eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(web: configuration.connectTimeout))
            .resolver(configuration.resolver?(loop))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An address is no name that a certificate is asked for; it is checked all the same.
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: numeric == nil ? address.host : nil)
                        )
                    }
                    // One for each channel: a name with several addresses has several, of which one is used.
                    try channel.pipeline.syncOperations.addHandler(WebConnection(pool: pool.value))
                }
            }
        // There is nothing to look up, which would take other threads.
        let connected = numeric.map(bootstrap.connect(to:)) ?? bootstrap.connect(host: address.host, port: address.port)
        connected.assumeIsolated()
            .whenComplete { [self] outcome in
                do {
                    let channel = try outcome.get()
                    guard channel.isActive else { throw ChannelError.alreadyClosed }
                    let connection = try channel.pipeline.syncOperations.handler(type: WebConnection.self)
                    connection.onRelease = { [self] connection in release(connection, to: origin) }
                    connection.onClose = { [self] connection in
                        servers[origin]?.idle.removeAll { $0 === connection }
                        forget(origin)
                    }
                    exchange.isOver ? release(connection, to: origin) : connection.carry(exchange)
                } catch {
                    exchange.fail(WebFailure(.connection, "no connection: \(error)"))
                    // Later: this may be known at once, and so may the failure of the next one, and of the one behind it.
                    loop.assumeIsolated().execute { [self] in forget(origin) }
                }
            }
    }

    /// A connection is free.
    private func release(_ connection: WebConnection, to origin: Origin) {
        // Its end is told on its own.
        guard connection.isOpen else { return }
        if let next = nextWaiting(at: origin) { return connection.carry(next) }
        connection.idleSince = .now()
        servers[origin]?.idle.append(connection)
        sweepLater()
    }

    /// A connection is no more.
    private func forget(_ origin: Origin) {
        servers[origin]?.count -= 1
        if let next = nextWaiting(at: origin) {
            connect(for: next)
        } else if servers[origin]?.count == 0 {
            servers[origin] = nil
        }
    }

    private func sweepLater() {
        guard !isSweeping else { return }
        isSweeping = true
        loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in
            isSweeping = false
            let oldest = NIODeadline.now() - TimeAmount(web: configuration.idleTime)
            for connection in servers.values.flatMap(\.idle) where connection.idleSince <= oldest { connection.close() }
            if servers.values.contains(where: { !$0.idle.isEmpty }) { sweepLater() }
        }
    }

    func closeIdle() {
        for connection in servers.values.flatMap(\.idle) { connection.close() }
    }
}
