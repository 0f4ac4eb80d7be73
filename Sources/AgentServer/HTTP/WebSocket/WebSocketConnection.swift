import NIOCore
import NIOWebSocket
import WebClient

/// Carries messages between a connection and a ``WebSocket``, and runs its handler.
///
/// Does what ``WebSocketState`` says. One write is under way at a time; what is to be sent meanwhile shares the next one.
/// There is never more than one pong to be sent, that to the last ping.
final class WebSocketConnection: ChannelDuplexHandler, ProtocolSuccessor {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let socket: WebSocket
    private let clock: WebSocketClock
    private let client: ClientPresence
    private let run: @Sendable () -> Task<Void, Never>
    private var state: WebSocketState
    private var context: ChannelHandlerContext?
    private var task: Task<Void, Never>?

    /// Whether the handlers of HTTP have gone.
    private var isSettled = false
    private var isInputClosed = false
    /// What has come and was not looked at, for the handler has enough to do. Bounded by one read of the socket, for none
    /// is made before this is taken; when the client closes, by what the system holds.
    private var unread = ByteBuffer()
    private var wantsRead = false

    private var isWriting = false
    private var pong: [UInt8]?
    private var wantsPing = false
    private var goodbye: Goodbye?

    /// What is said last, and what comes after it.
    private struct Goodbye {
        enum Rest {
            /// The client is to answer it.
            case wait
            /// What the client sends is dropped until it closes: a connection closed with bytes unread is reset, and the
            /// goodbye is lost with it.
            case drop
            case close
        }

        var code: WebSocket.CloseCode?
        var reason = ""
        var rest: Rest
        var isWritten = false
    }

    /// - Parameters:
    ///   - offer: The handshake that was agreed to.
    ///   - limits: The server's.
    ///   - executor: Runs tasks on the event loop of the connection.
    ///   - loop: That.
    ///   - isDraining: Whether the server wants to end already.
    init(
        _ offer: WebSocketOffer, limits: AgentServer.Configuration.Limits, executor: LoopExecutor, loop: any EventLoop,
        isDraining: Bool
    ) {
        let socket = WebSocket(limits.webSocket, on: loop)
        self.socket = socket
        clock = WebSocketClock(limits.webSocket, stallTime: limits.stallTime)
        client = offer.exchange.client
        state = WebSocketState(messageLimit: limits.bodyBytes)
        run = {
            Task(executorPreference: executor) {
                await offer.handler(offer.exchange, socket)
                socket.handlerReturned()
            }
        }
        socket.begin(on: NIOLoopBound(self, eventLoop: loop), isDraining: isDraining)
    }

    // MARK: Beginning and end

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        clock.start(on: context.eventLoop.assumeIsolated(), options: context.channel.syncOptions) { [self] event in
            switch event {
            case .quiet:
                wantsPing = state.isOpen
                flush()
            case .overdue:
                self.context?.close(promise: nil)
            }
        }
    }

    func receiveSurplus(_ piece: ByteBuffer) {
        append(piece)
    }

    func settle() {
        // The client has gone while the pipeline changed.
        guard context != nil else { return end() }
        isSettled = true
        task = run()
        readOn()
        if isInputClosed { inputEnded() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func end() {
        context = nil
        clock.stop()
        unread = ByteBuffer()
        leave()
        socket.ended()
    }

    /// Nobody waits for what the handler does.
    private func leave() {
        client.leave()
        task?.cancel()
        task = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            if isSettled { inputEnded() }
        case is ConnectionDrain:
            socket.drain()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The client sends no more. Without a goodbye it has gone, as a rule.
    private func inputEnded() {
        // If it has said goodbye, the answer is on its way out, and closes.
        if state.isOver, goodbye?.rest == .close { return }
        context?.close(promise: nil)
    }

    // MARK: What the client sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        clock.heard()
        append(unwrapInboundIn(data))
        if isSettled { readUnread() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isSettled { flush() }
    }

    private func append(_ piece: ByteBuffer) {
        var piece = piece
        if unread.readableBytes == 0 { unread = piece } else { unread.writeBuffer(&piece) }
    }

    /// Takes what has come, as far as the handler keeps up.
    private func readUnread() {
        while unread.readableBytes > 0, socket.takesMore() {
            guard let event = state.next(&unread) else { break }
            perform(event)
        }
        // Lets go of its memory.
        if unread.readableBytes == 0 { unread = ByteBuffer() }
    }

    func read(context: ChannelHandlerContext) {
        // While the pipeline changes, bytes may come only after those that the parser had read too much.
        guard isSettled, unread.readableBytes == 0 else {
            wantsRead = true
            clock.isDeaf = isSettled
            return
        }
        context.read()
    }

    /// Reads on where that was put off: the handler has received a message.
    func readOn() {
        readUnread()
        flush()
        guard wantsRead, unread.readableBytes == 0, let context else { return }
        wantsRead = false
        clock.isDeaf = false
        clock.heard()
        context.read()
    }

    private func perform(_ event: WebSocketState.Event) {
        switch event {
        case .deliver(let message):
            socket.deliver(message)
        case .ping(let payload):
            pong = payload
        case .goodbye(let code):
            sayGoodbye(Goodbye(code: code, rest: .close), keepsOutbox: false)
            leave()
        case .farewell:
            closeWhenWritten()
        case .fail(let violation):
            // Unless this side has said it already.
            if goodbye != nil { return closeWhenWritten() }
            sayGoodbye(Goodbye(code: violation.code, reason: violation.text, rest: .drop), keepsOutbox: true)
            leave()
        }
    }

    // MARK: What is sent

    /// Closes from this side.
    func close(_ code: WebSocket.CloseCode, _ reason: String) {
        guard state.close() else { return }
        sayGoodbye(Goodbye(code: code, reason: reason, rest: .wait), keepsOutbox: true)
        // There may be something behind which the client's goodbye waits.
        readOn()
    }

    private func sayGoodbye(_ goodbye: Goodbye, keepsOutbox: Bool) {
        socket.closes(keepsOutbox: keepsOutbox)
        self.goodbye = goodbye
        flush()
    }

    /// Both sides have said goodbye, the client before it had read this side's.
    private func closeWhenWritten() {
        if goodbye?.isWritten == true, !isWriting {
            context?.close(promise: nil)
        } else {
            goodbye?.rest = .close
        }
    }

    /// Writes what is to be sent, unless a write is under way: then it follows that.
    func flush() {
        guard let context, isSettled, !isWriting else { return }
        var batch = socket.takeOutbox()
        if let pong { FrameWriter.write(pong, as: .pong, to: &batch) }
        if wantsPing { FrameWriter.write([], as: .ping, to: &batch) }
        pong = nil
        wantsPing = false
        if let goodbye, !goodbye.isWritten {
            FrameWriter.writeClose(goodbye.code, goodbye.reason, to: &batch)
            self.goodbye?.isWritten = true
        }
        guard batch.readableBytes > 0 else { return }
        isWriting = true
        clock.writeBegan()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in wrote() }
        context.writeAndFlush(wrapOutboundOut(batch), promise: written)
    }

    private func wrote() {
        isWriting = false
        clock.writeEnded()
        socket.wrote()
        guard let context else { return }
        // Later: writes that end at once, one in the other, would use up the stack.
        guard let goodbye, goodbye.isWritten else {
            return context.eventLoop.assumeIsolated().execute { [self] in flush() }
        }
        switch goodbye.rest {
        case .close:
            context.close(promise: nil)
        case .drop:
            clock.goodbyeSent()
            context.close(mode: .output, promise: nil)
        case .wait:
            clock.goodbyeSent()
        }
    }
}
