import NIOCore
import NIOHTTP1

/// A connection to a server. It carries one exchange at a time.
final class WebConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var onRelease: ((WebConnection) -> Void)?
    var onClose: ((WebConnection) -> Void)?
    var idleSince = NIODeadline.now()

    private let pool: WebPool
    private var context: ChannelHandlerContext?
    private var parser = AnswerParser()
    private var exchange: WebExchange?
    private var isReused = false
    private var isReading = true
    /// Whether there was something to read while nothing was wanted.
    private var isReadHeld = false
    private var isLast = false
    private var isClosing = false

    init(pool: WebPool) {
        self.pool = pool
    }

    var isOpen: Bool { !isClosing && context?.channel.isActive ?? false }

    /// Sends a request.
    func carry(_ exchange: WebExchange) {
        guard let context, context.channel.isActive else {
            // It was closed in this moment.
            return pool.restart(exchange)
        }
        self.exchange = exchange
        exchange.begin(on: self)
        parser.expect(isHead: exchange.expectsHead)
        for piece in exchange.message.pieces { context.write(wrapOutboundOut(piece), promise: nil) }
        context.flush()
    }

    func close() {
        isClosing = true
        context?.close(promise: nil)
    }

    /// Has no more read for now, or goes on.
    func setReading(_ isReading: Bool) {
        self.isReading = isReading
        guard isReading, isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    // MARK: Handler

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if isReading { context.read() } else { isReadHeld = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes that nobody asked for are the server's mistake, or worse.
        guard let exchange else { return close() }
        parser.feed(unwrapInboundIn(data))
        do throws(AnswerParser.Malformed) {
            while let part = try parser.next() {
                if case .head(let head) = part { isLast = !head.isKeepAlive }
                exchange.receive(part)
                guard case .end = part else { continue }
                if exchange.isOver { return finish() }
                if isLast { return close() }
                // The answer to the request behind it.
                parser.expect(isHead: exchange.expectsHead)
            }
        } catch {
            exchange.fail(WebFailure(.malformed, "no answer of HTTP"))
        }
    }

    /// The answer is whole.
    private func finish() {
        exchange = nil
        isReused = true
        setReading(true)
        guard !isLast, !parser.hasSurplus else { return close() }
        onRelease?(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A kept connection that was closed meanwhile: its end has the request sent again.
        if !(isReused && exchange?.hasAnswer == false) { exchange?.fail(WebFailure(.connection, "\(error)")) }
        close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let exchange = exchange
        self.exchange = nil
        if let exchange, let end = parser.endOfInput() { exchange.receive(end) }
        onClose?(self)
        onRelease = nil
        onClose = nil
        guard let exchange, !exchange.isOver else { return }
        if isReused, !exchange.hasAnswer, exchange.isRepeatable, !exchange.isRestarted {
            pool.restart(exchange)
        } else {
            exchange.fail(WebFailure(.closed, "the connection broke off"))
        }
    }
}
