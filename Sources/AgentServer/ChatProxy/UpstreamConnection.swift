import NIOCore
import NIOHTTP1
import WebClient

/// A connection to the chat app. It carries one exchange at a time, for a ``ProxyRelay``.
final class UpstreamConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Whether it has carried an exchange before.
    private(set) var isReused = false

    private let pool: UpstreamPool
    private let timeout: Duration
    private var parser = AnswerParser()
    private var writer = RequestWriter()
    /// The relay of the exchange that is under way.
    private var relay: ProxyRelay?
    private var context: ChannelHandlerContext?
    private var isReadHeld = false
    /// When something was last seen to happen, and whether anything has since: the clock is read by the pool's look only.
    private var lastProgress = NIODeadline.now()
    private var hasProgressed = true
    /// How long it may be idle: shorter than the app says, or than servers that say nothing do (5 s in Node and
    /// uvicorn), for a request that meets the close on its way may be lost.
    private var idleTime = TimeAmount.seconds(3)

    init(pool: UpstreamPool) {
        self.pool = pool
        timeout = pool.timeout
    }

    // MARK: For the relay

    /// Begins an exchange.
    func carry(_ relay: ProxyRelay) {
        self.relay = relay
        hasProgressed = true
    }

    func write(_ part: HTTPClientRequestPart) {
        hasProgressed = true
        if case .head(let head) = part { parser.expect(isHead: head.method == .HEAD) }
        for piece in writer.write(part) { context?.write(wrapOutboundOut(piece), promise: nil) }
    }

    func flush() {
        guard let context else { return }
        if let piece = writer.take() { context.write(wrapOutboundOut(piece), promise: nil) }
        context.flush()
    }

    var hasRoom: Bool { context?.channel.isWritable ?? false }

    /// Reads on where the client's slowness had put that off.
    func readOn() {
        guard isReadHeld, let context else { return }
        isReadHeld = false
        hasProgressed = true
        context.read()
    }

    /// Ends an exchange; keeps the connection for another one, or closes it.
    func release(open: Bool, keptFor time: TimeAmount?) {
        relay = nil
        // Bytes that nobody asked for are the app's mistake, or worse.
        guard open, !parser.hasSurplus, let context, context.channel.isActive else { return close() }
        isReused = true
        if let time { idleTime = time }
        hasProgressed = true
        pool.park(self)
        readOn()
    }

    func close() {
        relay = nil
        context?.close(promise: nil)
    }

    /// Gives the connection's bytes to a tunnel.
    func switchProtocol(to tunnel: Tunnel) throws {
        guard let context else { throw ChannelError.ioOnClosedChannel }
        relay = nil
        try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        try tunnel.takeOver(context.channel, from: self, surplus: parser.takeSurplus())
    }

    // MARK: Time

    /// Closes the connection when it is overdue. The pool asks every now and then, which costs an exchange no timer.
    func look(_ now: NIODeadline) {
        if hasProgressed {
            hasProgressed = false
            lastProgress = now
        }
        let quiet = now - lastProgress
        guard let relay else {
            if quiet >= idleTime { close() }
            return
        }
        if isReadHeld || relay.waitsForClient {
            // The client's slowness is not the app's, and is watched at the client's connection.
            lastProgress = now
        } else if quiet >= TimeAmount(timeout) {
            relay.lost(.slow(timeout))
            close()
        }
    }

    // MARK: Handler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        pool.watch(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        pool.forget(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard relay != nil else {
            // Nobody asked.
            context.close(promise: nil)
            return
        }
        hasProgressed = true
        parser.feed(unwrapInboundIn(data))
        do throws(AnswerParser.Malformed) {
            // The relay may be gone after each part.
            while let relay, let part = try parser.next() { relay.receive(part) }
        } catch {
            relay?.lost(.garbage)
            close()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        relay?.receivedAnswerBatch()
    }

    func read(context: ChannelHandlerContext) {
        if relay?.clientTakesMore ?? true {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            hasProgressed = true
            relay?.appHasRoom()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        relay?.lost(.closed)
        close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let relay, let end = parser.endOfInput() { relay.receive(end) }
        relay?.lost(.closed)
        relay = nil
        self.context = nil
        pool.forget(self)
    }
}
