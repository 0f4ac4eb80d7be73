import NIOCore
import NIOPosix

/// Connections to the chat app, of one event loop: a request and its answer stay on one thread.
final class UpstreamPool {
    private let configuration: AgentServer.Configuration.ChatProxy
    private let loop: any EventLoop
    /// The last one used comes first: it is the least likely to have been closed meanwhile.
    private var idle: [UpstreamConnection] = []

    /// Where the app was found last. Development servers listen on one of loopback's addresses only, some on this and some
    /// on that; and what `localhost` leads to differs from machine to machine.
    private var usesIPv6 = false
    /// All that are open.
    private var open: [ObjectIdentifier: UpstreamConnection] = [:]
    private var isLooking = false

    /// How often connections are looked at that may be overdue.
    private static let lookInterval = TimeAmount.milliseconds(250)
    /// Idle connections that are kept.
    private static let maximumIdle = 256

    init(_ configuration: AgentServer.Configuration.ChatProxy, loop: any EventLoop) {
        self.configuration = configuration
        self.loop = loop
    }

    /// The `Host` that the app sees.
    var authority: String { "localhost:\(configuration.port)" }

    /// How long the app may be silent.
    var timeout: Duration { configuration.timeout }

    /// Finds a connection for a relay: one that is idle, or a new one.
    func lease(to relay: ProxyRelay, fresh: Bool = false) {
        if !fresh, let connection = idle.popLast() {
            connection.carry(relay)
            relay.connected(connection)
            return
        }
        let isIPv6 = usesIPv6
        connect(isIPv6: isIPv6).assumeIsolated()
            .flatMapError { [self] _ in
                connect(isIPv6: !isIPv6).assumeIsolated().map { [self] channel in
                    usesIPv6 = !isIPv6
                    return channel
                }.nonisolated()
            }
            .flatMapThrowing { channel in
                let connection = try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self)
                if relay.isCancelled {
                    connection.release(open: true, keptFor: nil)
                } else {
                    connection.carry(relay)
                    relay.connected(connection)
                }
            }
            .whenFailure { _ in relay.notConnected() }
    }

    private func connect(isIPv6: Bool) -> EventLoopFuture<any Channel> {
        let pool = NIOLoopBound(self, eventLoop: loop)
        return ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(min(timeout, .seconds(10))))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(UpstreamConnection(pool: pool.value))
                }
            }
            .connect(host: isIPv6 ? "::1" : "127.0.0.1", port: configuration.port)
    }

    /// Keeps a connection that is free.
    func park(_ connection: UpstreamConnection) {
        guard idle.count < Self.maximumIdle else {
            connection.close()
            return
        }
        idle.append(connection)
    }

    /// Watches a new connection's time.
    func watch(_ connection: UpstreamConnection) {
        open[ObjectIdentifier(connection)] = connection
        if !isLooking { lookLater() }
    }

    /// Forgets a connection that has closed, or that carries another protocol now.
    func forget(_ connection: UpstreamConnection) {
        open[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
    }

    private func lookLater() {
        isLooking = true
        loop.assumeIsolated().scheduleTask(in: Self.lookInterval) { [self] in
            let now = NIODeadline.now()
            for connection in Array(open.values) { connection.look(now) }
            if open.isEmpty { isLooking = false } else { lookLater() }
        }
    }
}
