import NIOCore
import NIOHTTP1

/// One request and its answer, on the event loop of its client.
final class WebExchange {
    let request: WebRequest
    let head: ByteBuffer
    private let limit: Int
    private let result: EventLoopPromise<WebAnswer>
    private weak var connection: WebConnection?
    private(set) var isOver = false
    private var answer: WebAnswer?
    /// Whether it has been sent again on a new connection.
    var isRestarted = false

    init(_ request: WebRequest, head: ByteBuffer, limit: Int, result: EventLoopPromise<WebAnswer>) {
        self.request = request
        self.head = head
        self.limit = limit
        self.result = result
    }

    var hasAnswer: Bool { answer != nil }

    func begin(on connection: WebConnection) { self.connection = connection }

    /// Takes a part of the answer.
    func receive(_ part: HTTPClientResponsePart) {
        switch part {
        case .head(let head):
            answer = WebAnswer(status: Int(head.status.code), headers: head.headers, body: ByteBuffer())
        case .body(let piece):
            guard let size = answer?.body.readableBytes, size + piece.readableBytes <= limit else {
                return fail(WebFailure(.malformed, "the answer is larger than \(limit) bytes"))
            }
            if size == 0 { answer?.body = piece } else { answer?.body.writeImmutableBuffer(piece) }
        case .end:
            guard let answer, !isOver else { return }
            isOver = true
            result.succeed(answer)
        }
    }

    func fail(_ failure: WebFailure) {
        // The promise's end abandons the rest.
        result.fail(failure)
    }

    /// Nobody waits for the answer any more.
    func abandon() {
        guard !isOver else { return }
        isOver = true
        connection?.close()
    }
}

/// A connection to a server. It carries one exchange at a time.
final class WebConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var onRelease: ((WebConnection) -> Void)?
    var onClose: ((WebConnection) -> Void)?
    var idleSince = NIODeadline.now()

    private let pool: WebPool
    private var context: ChannelHandlerContext?
    private var parser = AnswerParser()
    private var exchange: WebExchange?
    private var isReused = false
    private var isLast = false

    init(pool: WebPool) {
        self.pool = pool
    }

    var isOpen: Bool { context?.channel.isActive ?? false }

    /// Sends a request.
    func carry(_ exchange: WebExchange) {
        guard let context, context.channel.isActive else {
            // It was closed in this moment.
            return pool.restart(exchange)
        }
        self.exchange = exchange
        exchange.begin(on: self)
        parser.expect(isHead: exchange.request.method == .HEAD)
        var head = exchange.head
        if let body = exchange.request.body {
            if body.readableBytes <= 64 * 1024 {
                head.writeImmutableBuffer(body)
                context.write(wrapOutboundOut(head), promise: nil)
            } else {
                context.write(wrapOutboundOut(head), promise: nil)
                context.write(wrapOutboundOut(body), promise: nil)
            }
        } else {
            context.write(wrapOutboundOut(head), promise: nil)
        }
        context.flush()
    }

    func close() { context?.close(promise: nil) }

    // MARK: Handler

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes that nobody asked for are the server's mistake, or worse.
        guard let exchange else { return close() }
        parser.feed(unwrapInboundIn(data))
        do throws(AnswerParser.Malformed) {
            while let part = try parser.next() {
                if case .head(let head) = part { isLast = !head.isKeepAlive }
                exchange.receive(part)
                if case .end = part { return finish() }
            }
        } catch {
            exchange.fail(WebFailure(.malformed, "no answer of HTTP"))
        }
    }

    /// The answer is whole.
    private func finish() {
        exchange = nil
        isReused = true
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
        if isReused, !exchange.hasAnswer, exchange.request.isRepeatable, !exchange.isRestarted {
            exchange.isRestarted = true
            pool.restart(exchange)
        } else {
            exchange.fail(WebFailure(.closed, "the connection broke off"))
        }
    }
}
