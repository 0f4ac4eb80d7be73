import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Sets up the connections of a server.
struct AgentConnection: Sendable {
    let site: ServerSite
    let limits: AgentServer.Configuration.Limits

    func setUp(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture { try setUpHTTP1(channel, isSecure: false) }
    }

    /// The handlers of an HTTP/1 connection. Those that understand HTTP are the connection handler's to remove, should
    /// the protocol change.
    private func setUpHTTP1(_ channel: any Channel, isSecure: Bool) throws {
        let pipeline = channel.pipeline.syncOperations
        let clock = ConnectionClock(limits)
        let legacy = LegacyClientHandler()
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
            legacy: legacy,
            codec: HTTP1ToHTTPServerCodec(secure: isSecure)
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

/// The handlers of a connection that understand HTTP/1, in their order.
struct HTTP1Handlers {
    let clock: ConnectionClock
    let encoder: HTTPResponseEncoder
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    let legacy: LegacyClientHandler
    let codec: HTTP1ToHTTPServerCodec

    func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandlers(clock, encoder, decoder, legacy, codec)
    }

    /// Takes the handlers out of the pipeline. What the client sent behind its request goes to the handler that is next
    /// then.
    func remove(from pipeline: ChannelPipeline.SynchronousOperations) {
        pipeline.removeHandler(codec, promise: nil)
        // Already gone, as a rule.
        pipeline.removeHandler(legacy, promise: nil)
        pipeline.removeHandler(clock, promise: nil)
        pipeline.removeHandler(encoder, promise: nil)
        pipeline.removeHandler(decoder, promise: nil)
    }
}
