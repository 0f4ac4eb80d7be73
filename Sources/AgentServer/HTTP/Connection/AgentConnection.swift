import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPTypesHTTP2
import NIOSSL
import NIOTLS
import WebClient

/// Sets up the connections of a server.
struct AgentConnection: Sendable {
    let site: ServerSite
    let limits: AgentServer.Configuration.Limits
    /// The certificate of a server that speaks HTTPS.
    var tls: NIOSSLContext?

    func setUp(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            if let tls {
                try setUpTLS(channel, tls)
            } else {
                try setUpHTTP1(channel, isSecure: false)
            }
        }
    }

    // MARK: HTTPS

    private func setUpTLS(_ channel: any Channel, _ context: NIOSSLContext) throws {
        // Nothing else looks at the time before the client has said how it wants to speak.
        let handshake = channel.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.arrivalTime)) {
            channel.close(promise: nil)
        }
        channel.closeFuture.assumeIsolated().whenComplete { _ in handshake.cancel() }
        let pipeline = channel.pipeline.syncOperations
        let handshakeHandler = HandshakeHandler()
        try pipeline.addHandler(NIOSSLServerHandler(context: context))
        try pipeline.addHandler(
            ApplicationProtocolNegotiationHandler { result, channel in
                channel.eventLoop.makeCompletedFuture {
                    handshake.cancel()
                    if case .negotiated("h2") = result {
                        try setUpHTTP2(channel)
                    } else {
                        try setUpHTTP1(channel, isSecure: true)
                    }
                    handshakeHandler.end()
                }
            }
        )
        try pipeline.addHandler(handshakeHandler)
    }

    private func setUpHTTP2(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let management = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(maxIdleTime: nil, maxAge: nil, maxGraceTime: nil, keepalive: nil)
        )
        let clock = HTTP2Clock(idleTime: TimeAmount(limits.idleTime))
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 100),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headerBytes),
        ]
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server,
            connectionConfiguration: connection,
            streamConfiguration: .init(),
            streamDelegate: HTTP2Clock.StreamDelegate(
                clock, management.http2StreamDelegate, loop: channel.eventLoop
            ),
            inboundStreamInitializer: { stream in
                stream.eventLoop.makeCompletedFuture { try setUpStream(stream) }
            }
        )
        let http2 = try pipeline.handler(type: NIOHTTP2Handler.self)
        try pipeline.addHandlers([clock, management], position: .after(http2))
    }

    private func setUpStream(_ stream: any Channel) throws {
        let clock = ConnectionClock(limits)
        try stream.pipeline.syncOperations.addHandlers(
            clock,
            HTTP2FramePayloadToHTTPServerCodec(),
            ConnectionHandler(
                site: site, limits: limits, clock: clock, transport: .http2, executor: LoopExecutor(stream.eventLoop)
            )
        )
    }

    // MARK: HTTP/1

    /// The handlers of an HTTP/1 connection. Those that understand HTTP are the connection handler's to remove, should
    /// the protocol change.
    private func setUpHTTP1(_ channel: any Channel, isSecure: Bool) throws {
        let pipeline = channel.pipeline.syncOperations
        let clock = ConnectionClock(limits)
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = limits.headerBytes
        decoder.maxHeaderListSize = limits.headerBytes
        // The connection handler frames: only it knows whether an answer to HEAD has a body.
        var encoder = HTTPResponseEncoder.Configuration()
        encoder.automaticallySetFramingHeaders = false
        let handlers = HTTP1Handlers(
            clock: clock,
            encoder: HTTPResponseEncoder(configuration: encoder),
            decoder: ByteToMessageHandler(
                // Bytes behind a request to change the protocol belong to the new one.
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoder)
            ),
            codec: HTTP1Codec(isSecure: isSecure)
        )
        try handlers.add(to: pipeline)
        try pipeline.addHandler(
            ConnectionHandler(
                site: site, limits: limits, clock: clock, transport: .http1(handlers),
                executor: LoopExecutor(channel.eventLoop)
            )
        )
    }
}

/// Closes a connection whose TLS fails, and one that has no handlers yet when the server stops. How others go on when the
/// server drains, their handlers learn as soon as they are there.
private final class HandshakeHandler: ChannelInboundHandler {
    typealias InboundIn = Never

    private var context: ChannelHandlerContext?
    /// What was said before there was anybody to hear it; `nil` afterwards.
    private var held: [any Sendable]? = []

    func end() {
        for event in held ?? [] { context?.fireUserInboundEventTriggered(event) }
        held = nil
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ConnectionDrain.stopping where held != nil: context.close(promise: nil)
        case let drain as ConnectionDrain where held != nil: held?.append(drain)
        case let drain as ChannelShouldQuiesceEvent where held != nil: held?.append(drain)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// The handlers of a connection that understand HTTP/1, in their order.
struct HTTP1Handlers {
    let clock: ConnectionClock
    let encoder: HTTPResponseEncoder
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    let codec: HTTP1Codec

    func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandlers(clock, encoder, decoder, codec)
    }

    /// Gives a channel to what speaks another protocol, and takes the handlers out of the pipeline.
    func give(_ channel: any Channel, to successor: some ProtocolSuccessor, from handler: ConnectionHandler) throws {
        try successor.takeOver(channel, before: clock, decoder: decoder, others: [handler, codec, clock, encoder])
    }
}
