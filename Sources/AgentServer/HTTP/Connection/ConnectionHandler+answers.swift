import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Writes answers, whole ones and streams.
extension ConnectionHandler {
    /// Writes an answer, or the head of a stream.
    ///
    /// - Returns: When it has gone out; `nil` when the connection is closed.
    func send(_ reply: Reply, withBody: Bool) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        guard case .whole(let buffer) = reply.body else {
            var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
            frame(&head, hasBody: true)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            guard withBody else {
                // Over HTTP/1 even the end of a body would be one.
                if isHTTP2 { return finish() }
                context.flush()
                return context.eventLoop.makeSucceededVoidFuture()
            }
            // With the first event, unless that may take its time.
            let isFollowed = if case .stream(let frames) = reply.body { frames.supply == .ready } else { false }
            if !isFollowed { context.flush() }
            return context.eventLoop.makeSucceededVoidFuture()
        }
        let length = reply.status == .noContent ? nil : String(buffer.readableBytes)
        let body = withBody && buffer.readableBytes > 0 ? buffer : nil
        if case .http1(let handlers) = transport, body.map({ $0.readableBytes <= Self.wholeBytes }) ?? true {
            var answer = answer(status: reply.status, size: body?.readableBytes ?? 0)
            for field in reply.headers { answer.add(field.name.rawName, field.value) }
            if let length { answer.add("Content-Length", length) }
            return send(&answer, body, handlers)
        }
        var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
        if let length { head.headerFields.append(HTTPField(name: .contentLength, value: length)) }
        frame(&head, hasBody: false)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body {
            // Over HTTP/1 one promise does for the whole answer.
            if isHTTP2 { _ = write(body) } else { context.write(wrapOutboundOut(.body(body)), promise: nil) }
        }
        return finish()
    }

    /// Bodies up to this size are copied behind their head, which costs less than a second piece of the write.
    static let wholeBytes = 16 * 1024

    /// The beginning of an answer that is sent whole.
    func answer(status: HTTPResponse.Status, size: Int) -> HTTP1Answer {
        HTTP1Answer(
            status: status.code, reason: status.reasonPhrase, isLegacy: isLegacy, using: &spare,
            size: size
        )
    }

    /// Sends an answer whole.
    func send(
        _ answer: inout HTTP1Answer, _ body: ByteBuffer?, _ handlers: HTTP1Handlers
    ) -> EventLoopFuture<Void>? {
        guard let context, let encoder = encoderContext(handlers) else { return nil }
        if state.isLast { answer.add("Connection", "close") }
        answer.end(body)
        let written = watchedPromise(context)
        encoder.writeAndFlush(NIOAny(IOData.byteBuffer(answer.buffer)), promise: written)
        keep(answer.buffer)
        return written.futureResult
    }

    /// Sends an answer whole, and goes on when it has gone out: at once, as a rule, and then it took no promise.
    func sendAndGoOn(_ answer: inout HTTP1Answer, _ body: ByteBuffer, _ handlers: HTTP1Handlers) {
        guard let encoder = encoderContext(handlers) else { return }
        if state.isLast { answer.add("Connection", "close") }
        answer.end(body)
        encoder.writeAndFlush(NIOAny(IOData.byteBuffer(answer.buffer)), promise: nil)
        keep(answer.buffer)
        if clock.unreadBytes == 0 {
            answered()
        } else {
            send(ByteBuffer())?.assumeIsolated().whenSuccess { self.answered() }
        }
    }

    /// Keeps an answer's memory for the next one.
    private func keep(_ buffer: ByteBuffer) {
        if buffer.capacity <= Self.spareBytes { spare = buffer }
    }

    private static let spareBytes = 4 * 1024

    /// Where bytes are written that need no encoder.
    private func encoderContext(_ handlers: HTTP1Handlers) -> ChannelHandlerContext? {
        if let encoder { return encoder }
        encoder = try? context?.pipeline.syncOperations.context(handler: handlers.encoder)
        return encoder
    }

    /// Adds what HTTP/1 says of the connection and of a body without a known length.
    func frame(_ head: inout HTTPResponse, hasBody: Bool) {
        guard case .http1 = transport else { return }
        if state.isLast { head.headerFields.append(HTTPField(name: .connection, value: "close")) }
        // HTTP/1.0 has no chunks: there the body ends with the connection.
        isChunked = hasBody && !isLegacy
        if isChunked { head.headerFields.append(HTTPField(name: .transferEncoding, value: "chunked")) }
    }

    /// Writes a piece of a stream.
    ///
    /// - Parameter isLast: Whether it is the last one, and the answer is to end.
    func send(_ piece: ByteBuffer, isLast: Bool = false) -> EventLoopFuture<Void>? {
        if 1...Self.wholeBytes ~= piece.readableBytes, let sent = sendChunk(piece, isLast: isLast) { return sent }
        defer { context?.flush() }
        let written = write(piece)
        return isLast ? write(.end(nil)) : written
    }

    /// Writes a small piece of a stream in the form of HTTP/1.1, in one buffer: an encoder would make three of it, and a
    /// gathering system call.
    ///
    /// - Returns: `nil` where there is no such form.
    private func sendChunk(_ piece: ByteBuffer, isLast: Bool) -> EventLoopFuture<Void>? {
        guard let context, isChunked, case .http1(let handlers) = transport, let encoder = encoderContext(handlers)
        else { return nil }
        var chunk = context.channel.allocator.buffer(capacity: piece.readableBytes + 32)
        chunk.writeString(String(piece.readableBytes, radix: 16))
        chunk.writeStaticString("\r\n")
        chunk.writeImmutableBuffer(piece)
        chunk.writeStaticString(isLast ? "\r\n0\r\n\r\n" : "\r\n")
        let written = watchedPromise(context)
        encoder.writeAndFlush(NIOAny(IOData.byteBuffer(chunk)), promise: written)
        return written.futureResult
    }

    /// Ends an answer.
    func finish(_ trailers: HTTPFields? = nil) -> EventLoopFuture<Void>? {
        defer { context?.flush() }
        return write(.end(trailers))
    }

    /// Writes a body or a piece of one. Over HTTP/2 in slices: how much of one write has gone out cannot be seen there,
    /// so a large one would look like a client that does not read.
    private func write(_ piece: ByteBuffer) -> EventLoopFuture<Void>? {
        var rest = piece
        while isHTTP2, rest.readableBytes > Self.sliceBytes, let slice = rest.readSlice(length: Self.sliceBytes) {
            _ = write(.body(slice))
        }
        return write(.body(rest))
    }

    private static let sliceBytes = 256 * 1024

    /// Writes a part, and lets the clock see whether the client takes it.
    private func write(_ part: HTTPResponsePart) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        let written = watchedPromise(context)
        context.write(wrapOutboundOut(part), promise: written)
        return written.futureResult
    }

    /// The promise of a write whose end the clock sees.
    private func watchedPromise(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let written = context.eventLoop.makePromise(of: Void.self)
        clock.writeBegan()
        let clock = clock
        written.futureResult.assumeIsolated().whenComplete { _ in clock.writeEnded() }
        return written
    }
}
