import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Sets up the connections of a server.
///
/// The framework accepts, and tells connections when the server stops; the connection itself is ours. Its own way
/// through a connection (an asynchronous sequence of parts each way) stops reading where an answer comes early, does not
/// notice clients that leave, and costs more (plain Hummingbird in `Benchmarks/RESULTS.md`).
struct AgentConnection: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let site: ServerSite
    let limits: AgentServer.Configuration.Limits

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let executor = LoopExecutor(channel.eventLoop)
            let pipeline = channel.pipeline.syncOperations
            let clock = ConnectionClock(limits)
            let legacy = LegacyClientHandler()
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderFieldSize = limits.headerBytes
            decoder.maxHeaderListSize = limits.headerBytes
            try pipeline.addHandler(clock)
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                // Values in our answers come from here or were checked; names of hosts in redirects by the parser.
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: decoder
            )
            try pipeline.addHandler(legacy)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(
                ConnectionHandler(
                    site: site, limits: limits, presence: ClientPresence(executor: executor), executor: executor,
                    clock: clock, legacy: legacy
                )
            )
            return Value(channel: channel)
        }
    }

    /// Waits for the end of the connection; cancelling closes it.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}
