import HTTPTypes
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes

/// Carries requests and answers between a connection and the site.
///
/// Does what ``ConnectionState`` says. Each request gets a task on the connection's event loop, which ends with the
/// answer; it is cancelled when the connection closes.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let site: ServerSite
    private let presence: ClientPresence
    private let executor: LoopExecutor
    private let clock: ConnectionClock
    private let legacy: LegacyClientHandler
    private var state: ConnectionState
    /// Parts of pipelined requests that came while another one was being answered. Bounded by one read of the
    /// socket, for none is made before these are taken.
    private var waiting = CircularBuffer<HTTPRequestPart>()
    private var wantsRead = false
    private var task: Task<Void, Never>?
    private var context: ChannelHandlerContext?

    init(
        site: ServerSite, limits: AgentServer.Configuration.Limits, presence: ClientPresence, executor: LoopExecutor,
        clock: ConnectionClock, legacy: LegacyClientHandler
    ) {
        self.site = site
        self.presence = presence
        self.executor = executor
        self.clock = clock
        self.legacy = legacy
        state = ConnectionState(bodyLimit: limits.bodyBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        clock.start(on: context.channel) { [self] overdue in
            switch overdue {
            case .arrival: fail(.requestTimeout, "The request did not arrive in time.")
            case .idle, .stall: context.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        waiting.removeAll()
        presence.leave()
        task?.cancel()
        task = nil
        context.fireChannelInactive()
    }

    // MARK: What the client sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if !state.isAnswering {
            receive(part)
        } else if !state.isLast {
            waiting.append(part)
        }
    }

    func read(context: ChannelHandlerContext) {
        // The socket is read while a request is being answered, for that is how a client that leaves is noticed; but
        // not while there is something to answer already.
        if waiting.isEmpty, !(state.isDeaf && state.isAnswering) {
            context.read()
        } else {
            wantsRead = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? HTTPParserError {
        case .headerOverflow: fail(.requestHeaderFieldsTooLarge, "The request's headers are too large.")
        case .some: fail(.badRequest, "Invalid HTTP request received.")
        case nil: context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // The end of what the client sends. It may still read, but few clients close one side only, and one that
            // has gone looks just like this.
            presence.leave()
            if !state.isAnswering { context.close(promise: nil) }
        case is ChannelShouldQuiesceEvent:
            perform(state.quiesce())
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func receive(_ part: HTTPRequestPart) {
        switch part {
        case .head: clock.headArrived()
        case .body: break
        case .end: clock.requestArrived()
        }
        perform(state.receive(part, isLegacy: legacy.isLegacy))
    }

    private func fail(_ status: HTTPResponse.Status, _ text: String) {
        perform(state.fail(ConnectionState.Refusal(status: status, text: text)))
    }

    private func perform(_ action: ConnectionState.Action) {
        switch action {
        case .nothing: break
        case .invite: context?.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        case .answer(let received): answer(received)
        case .refuse(let refusal): refuse(refusal)
        case .close: context?.close(promise: nil)
        }
    }

    // MARK: Answers

    /// Answers below the application. What the client still sends is dropped; at its end the connection closes.
    private func refuse(_ refusal: ConnectionState.Refusal) {
        presence.leave()
        var reply: Reply
        if refusal.status == .contentTooLarge {
            reply = .detail(refusal.text, status: refusal.status.code)
        } else {
            reply = .empty(status: refusal.status.code, headers: [.contentType: "text/plain; charset=utf-8"])
            reply.body = .whole(ByteBuffer(string: refusal.text))
        }
        reply.headers.append(HTTPField(name: .requestID, value: Identifiers.make()))
        guard let written = send(reply, withBody: true), refusal.status != .contentTooLarge, let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.whenComplete { _ in bound.value.close(promise: nil) }
    }

    private func answer(_ received: ConnectionState.Received) {
        guard let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let exchange = AnswerTask(
            site: site, presence: presence, loop: context.eventLoop, handler: bound,
            request: ServerRequest(
                method: received.head.method,
                target: received.head.path ?? "/",
                scheme: received.head.scheme ?? "http",
                authority: received.head.authority,
                headers: received.head.headerFields,
                body: received.body,
                peer: context.remoteAddress?.ipAddress
            )
        )
        task = Task(executorPreference: executor) { await exchange.run() }
    }

    /// Writes an answer, or the head of a stream.
    ///
    /// - Returns: When it has gone out; `nil` when the connection is closed.
    func send(_ reply: Reply, withBody: Bool) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
        if state.isLast { head.headerFields.append(HTTPField(name: .connection, value: "close")) }
        guard case .whole(let buffer) = reply.body else {
            // At once: the first event may take its time.
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            return context.eventLoop.makeSucceededVoidFuture()
        }
        if reply.status != .noContent {
            head.headerFields.append(HTTPField(name: .contentLength, value: String(buffer.readableBytes)))
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if withBody, buffer.readableBytes > 0 { context.write(wrapOutboundOut(.body(buffer)), promise: nil) }
        return finish()
    }

    /// Writes a piece of a stream.
    func send(_ piece: ByteBuffer) -> EventLoopFuture<Void>? { flush(.body(piece)) }

    /// Ends an answer.
    func finish() -> EventLoopFuture<Void>? { flush(.end(nil)) }

    private func flush(_ part: HTTPResponsePart) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        let written = context.eventLoop.makePromise(of: Void.self)
        let clock = NIOLoopBound(clock, eventLoop: context.eventLoop)
        clock.value.writeBegan()
        written.futureResult.whenComplete { _ in clock.value.writeEnded() }
        context.writeAndFlush(wrapOutboundOut(part), promise: written)
        return written.futureResult
    }

    /// Goes on to the next request, or closes: the last byte of the answer has gone out.
    func answered() {
        guard let context else { return }
        task = nil
        if state.answered() {
            context.close(promise: nil)
            return
        }
        guard state.isIdle else { return }
        clock.answered()
        while !state.isAnswering, let part = waiting.popFirst() { receive(part) }
        if wantsRead, waiting.isEmpty {
            wantsRead = false
            context.read()
        }
    }
}
