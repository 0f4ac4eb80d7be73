import NIOCore
import NIOHTTP1

/// A connection to the chat app. It carries one exchange at a time, for a ``ProxyRelay``.
final class UpstreamConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// The handlers that understand HTTP.
    struct Codecs {
        let encoder: HTTPRequestEncoder
        let decoder: ByteToMessageHandler<HTTPResponseDecoder>

        init() {
            // The relay frames: it knows whether the client's request has a body.
            var configuration = HTTPRequestEncoder.Configuration()
            configuration.automaticallySetFramingHeaders = false
            encoder = HTTPRequestEncoder(configuration: configuration)
            decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        }

        func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
            // Without a validator: names and values come as `HTTPField`s, which cannot hold what would end a line, and
            // `ChatProxy` has looked at the target.
            try pipeline.addHandlers(encoder, decoder)
        }
    }

    let codecs = Codecs()
    /// Whether it has carried an exchange before.
    private(set) var isReused = false

    private let pool: UpstreamPool
    private let timeout: Duration
    private weak var relay: ProxyRelay?
    private var context: ChannelHandlerContext?
    private var isReadHeld = false
    private var lastProgress = NIODeadline.now()
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
        lastProgress = .now()
    }

    func write(_ part: HTTPClientRequestPart) {
        lastProgress = .now()
        context?.write(wrapOutboundOut(part), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    var hasRoom: Bool { context?.channel.isWritable ?? false }

    /// Reads on where the client's slowness had put that off.
    func readOn() {
        guard isReadHeld, let context else { return }
        isReadHeld = false
        lastProgress = .now()
        context.read()
    }

    /// Ends an exchange; keeps the connection for another one, or closes it.
    func release(open: Bool, keptFor time: TimeAmount?) {
        relay = nil
        guard open, let context, context.channel.isActive else { return close() }
        isReused = true
        if let time { idleTime = time }
        lastProgress = .now()
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
        try tunnel.takeOver(
            context.channel, before: codecs.encoder, decoder: codecs.decoder, others: [codecs.encoder, self]
        )
    }

    // MARK: Time

    /// Closes the connection when it is overdue. The pool asks every now and then, which costs an exchange no timer.
    func look(_ now: NIODeadline) {
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
        guard let relay else {
            // Nobody asked.
            context.close(promise: nil)
            return
        }
        lastProgress = .now()
        relay.receive(unwrapInboundIn(data))
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
            lastProgress = .now()
            relay?.appHasRoom()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure: ProxyFailure =
            switch error as? HTTPParserError {
            case .invalidEOFState: .closed
            case .some: .garbage
            case nil: .closed
            }
        relay?.lost(failure)
        close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        relay?.lost(.closed)
        relay = nil
        self.context = nil
        pool.forget(self)
    }
}
