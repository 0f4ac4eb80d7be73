import HTTPTypes
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes

/// Watches the requests of a connection: notices when the client leaves, answers what is no HTTP, closes the
/// connection after an answer that says so.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let presence: ClientPresence
    private let clock: ConnectionClock
    /// Requests whose head has come and whose answer is not complete.
    private var inFlight = 0
    private var isRefusing = false
    /// Whether the client is still sending its request.
    private var isReceiving = false
    /// Whether the last answer has gone out while the client was still sending.
    private var isLingering: Bool { closesAfterAnswer && inFlight == 0 }
    /// Whether the answer under way is the connection's last.
    private var closesAfterAnswer = false
    /// How much of a request is read and dropped after its answer, so that the client gets to read that answer: a
    /// connection closed with bytes unread is reset, and the answer with it.
    private var lingerBytes = 64 * 1024 * 1024

    init(presence: ClientPresence, clock: ConnectionClock) {
        self.presence = presence
        self.clock = clock
    }

    func handlerAdded(context: ChannelHandlerContext) {
        clock.whenOverdue { [self] overdue in
            switch overdue {
            case .arrival: refuse(context, .requestTimeout, "The request did not arrive in time.")
            case .idle, .stall: context.close(promise: nil)
            }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            inFlight += 1
            isReceiving = true
            if let connection = head.headerFields.first(of: .connection), connection.lowercased() == "close" {
                closesAfterAnswer = true
            }
            clock.headArrived()
        case .body(let buffer):
            if isLingering {
                lingerBytes -= buffer.readableBytes
                if lingerBytes < 0 { context.close(promise: nil) }
                return
            }
        case .end:
            isReceiving = false
            clock.requestArrived()
            if closesAfterAnswer, inFlight == 0 { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // After a refusal nothing else may follow on this connection.
        guard !isRefusing else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if closesAfterAnswer {
                head.headerFields[.connection] = "close"
                context.write(wrapOutboundOut(.head(head)), promise: promise)
            } else {
                closesAfterAnswer = head.headerFields.first(of: .connection) == "close"
                context.write(data, promise: promise)
            }
        case .body:
            context.write(data, promise: promise)
        case .end:
            // Over when the last byte has gone out: a large answer to a slow client is still in our hands until then.
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            written.futureResult.whenComplete { _ in
                let (watch, context) = bound.value
                watch.answered(context)
            }
            context.write(data, promise: written)
        }
    }

    private func answered(_ context: ChannelHandlerContext) {
        inFlight -= 1
        // Behind a pipelined request there is another one to answer.
        guard inFlight == 0 else { return }
        clock.answered()
        if closesAfterAnswer, !isReceiving { context.close(promise: nil) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.writabilityChanged(isWritable: context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        switch error {
        case .headerOverflow:
            refuse(context, .requestHeaderFieldsTooLarge, "The request's headers are too large.")
        default:
            refuse(context, .badRequest, "Invalid HTTP request received.")
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // The end of what the client sends. It may still read, but few clients close one side only, and one that
            // has gone looks just like this.
            presence.leave()
        case is ChannelShouldQuiesceEvent:
            // The server stops: this connection ends with the answers that are under way.
            if inFlight == 0 { context.close(promise: nil) } else { closesAfterAnswer = true }
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        presence.leave()
        context.fireChannelInactive()
    }

    /// Answers below the application, and closes.
    private func refuse(_ context: ChannelHandlerContext, _ status: HTTPResponse.Status, _ text: String) {
        guard !isRefusing else { return }
        isRefusing = true
        presence.leave()
        // In the middle of another answer, or behind one that is still to come, there is no place for this one.
        guard inFlight == 0 || (inFlight == 1 && status == .requestTimeout) else {
            context.close(promise: nil)
            return
        }
        let head = HTTPResponse(
            status: status,
            headerFields: [
                .contentType: "text/plain; charset=utf-8",
                .contentLength: "\(text.utf8.count)",
                .connection: "close",
                .requestID: Identifiers.make(),
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(string: text))), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
    }
}
