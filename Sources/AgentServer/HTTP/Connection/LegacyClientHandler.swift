import NIOCore
import NIOHTTP1

/// Speaks HTTP/1.0 with clients that do: without chunks. ``ConnectionHandler`` closes after the answer.
///
/// A client keeps to its version, so the handler leaves the pipeline when the first request is none of these.
final class LegacyClientHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Whether the client speaks HTTP/1.0.
    private(set) var isLegacy = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { isLegacy = head.version != .http1_1 }
        context.fireChannelRead(data)
        if !isLegacy { context.pipeline.syncOperations.removeHandler(context: context, promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isLegacy, case .head(var head) = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        head.version = .http1_0
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
