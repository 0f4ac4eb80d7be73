import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import WebClient

/// Carries requests and answers between a connection and the site.
///
/// Does what ``ConnectionState`` says. Each request gets a task on the connection's event loop, which ends with the
/// answer; it is cancelled when the connection closes. A request that is answered elsewhere gets a ``Relay`` instead.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How messages go over the wire.
    enum Transport {
        case http1(HTTP1Handlers)
        /// One stream of an HTTP/2 connection, which carries one request.
        case http2
    }

    let site: ServerSite
    let limits: AgentServer.Configuration.Limits
    let clock: ConnectionClock
    let transport: Transport
    var state: ConnectionState
    var context: ChannelHandlerContext?
    /// The relayed request that is under way.
    var relayed: RelayedRequest?

    /// The client's address. Asked of the channel, for the context of a stream of HTTP/2 has none and traps.
    private lazy var peer = context?.channel.remoteAddress?.ipAddress
    private let presence: ClientPresence
    let executor: LoopExecutor
    /// Whether the request that is under way, or was last, is one of HTTP/1.0.
    private(set) var isLegacy = false
    /// Whether the body of the answer that is under way goes in chunks.
    var isChunked = false
    var encoder: ChannelHandlerContext?
    /// The memory of the last answer that was sent whole.
    var spare = ByteBuffer()
    /// Parts of pipelined requests that came while another one was being answered. Bounded by one read of the
    /// socket, for none is made before these are taken.
    private var waiting = CircularBuffer<(part: HTTPRequestPart, isLegacy: Bool)>()
    private var wantsRead = false
    private var task: Task<Void, Never>?

    init(
        site: ServerSite, limits: AgentServer.Configuration.Limits, clock: ConnectionClock, transport: Transport,
        executor: LoopExecutor
    ) {
        self.site = site
        self.limits = limits
        self.clock = clock
        self.transport = transport
        self.executor = executor
        presence = ClientPresence(executor: executor)
        state = ConnectionState(bodyLimit: limits.bodyBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if case .http1(let handlers) = transport { handlers.codec.receiver = self }
        // A stream of HTTP/2 traps when it is asked for options it does not know.
        let options = isHTTP2 ? nil : context.channel.syncOptions
        clock.start(on: context.eventLoop.assumeIsolated(), options: options) { [self] overdue in
            switch overdue {
            case .arrival: fail(.requestTimeout, "The request did not arrive in time.")
            case .idle, .stall: context.close(promise: nil)
            }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        if case .http1(let handlers) = transport { handlers.codec.receiver = nil }
        encoder = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        encoder = nil
        waiting.removeAll()
        leave()
        task?.cancel()
        task = nil
        context.fireChannelInactive()
    }

    /// The client has gone.
    private func leave() {
        presence.leave()
        dropRelayed()
    }

    // MARK: What the client sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        read(unwrapInboundIn(data))
    }

    /// A part of a request has come.
    ///
    /// - Parameter isLegacy: Whether this is the head of a request of HTTP/1.0.
    func read(_ part: HTTPRequestPart, isLegacy: Bool = false) {
        if !state.isAnswering {
            receive(part, isLegacy: isLegacy)
        } else if !state.isLast {
            waiting.append((part, isLegacy))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        relayed?.relay?.receivedBatch()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        // The socket is read while a request is being answered, for that is how a client that leaves is noticed; but
        // not while there is something to answer already, nor while a relay takes no more.
        let isHeld = state.isRelayingBody && relayed?.relay?.wantsBody == false
        if waiting.isEmpty, !(state.isDeaf && state.isAnswering), !isHeld {
            context.read()
        } else {
            wantsRead = true
            if state.isRelayingBody { clock.bodyHeld() }
        }
    }

    /// Reads on where that was put off.
    func readOn() {
        guard wantsRead, waiting.isEmpty, let context else { return }
        wantsRead = false
        if state.isRelayingBody { clock.bodyAwaited() }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { relayed?.relay?.clientHasRoom() }
        context.fireChannelWritabilityChanged()
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
            // has gone looks just like this. A stream of HTTP/2 ends otherwise.
            guard case .http1 = transport else { break }
            let isRelayed = relayed != nil
            leave()
            if !state.isAnswering || isRelayed { context.close(promise: nil) }
        case let drain as ConnectionDrain:
            perform(state.drain(drain))
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func receive(_ part: HTTPRequestPart, isLegacy: Bool) {
        switch part {
        case .head:
            self.isLegacy = isLegacy
            clock.headArrived()
        case .body: break
        case .end: clock.requestArrived()
        }
        perform(state.receive(part, isLegacy: self.isLegacy) { findsPassage(for: $0) })
    }

    private func fail(_ status: HTTPResponse.Status, _ text: String) {
        perform(state.fail(ConnectionState.Refusal(status: status, text: text)))
    }

    private func perform(_ action: ConnectionState.Action) {
        switch action {
        case .nothing: break
        case .invite: invite()
        case .answer(let received): answer(received)
        case .relay(let part): relay(part)
        case .refuse(let refusal): refuse(refusal)
        case .close: context?.close(promise: nil)
        }
    }

    /// Tells a client to send the body that it has announced.
    func invite() {
        context?.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    // MARK: Answers

    /// Answers below the application. What the client still sends is dropped; at its end the connection closes.
    private func refuse(_ refusal: ConnectionState.Refusal) {
        leave()
        var reply: Reply
        if refusal.status == .contentTooLarge {
            reply = .detail(refusal.text, status: refusal.status.code)
        } else {
            reply = .text(refusal.text, status: refusal.status.code)
        }
        reply.headers.append(HTTPField(name: .requestID, value: Identifiers.make()))
        // What could not be read has neither a method nor a beginning to be counted from.
        site.metrics?.stray.count(nil, refusal.status.code, since: nil)
        guard let written = send(reply, withBody: true), refusal.status != .contentTooLarge, let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.whenComplete { _ in bound.value.close(promise: nil) }
    }

    private func answer(_ received: ConnectionState.Received) {
        guard let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let exchange = AnswerTask(
            site: site, presence: presence, loop: context.eventLoop, handler: bound,
            request: request(received.head, body: received.body)
        )
        task = Task(executorPreference: executor) { await exchange.run() }
    }

    /// A request as the site sees it.
    func request(_ head: HTTPRequest, body: [UInt8] = []) -> ServerRequest {
        var request = ServerRequest(
            method: head.method,
            target: head.path ?? "/",
            scheme: head.scheme ?? "http",
            authority: head.authority,
            headers: head.headerFields,
            body: body,
            peer: peer
        )
        request.isHTTP2 = isHTTP2
        request.mayUpgrade = !isHTTP2 && !isLegacy
        return request
    }

    /// Goes on to the next request, or closes: the last byte of the answer has gone out.
    func answered() {
        guard let context else { return }
        task = nil
        let isEarly = state.isRelayingBody
        // A stream of HTTP/2 closes by itself, unless the request goes on: reset then, the client may lose the answer.
        if state.answered() || (isHTTP2 && !isEarly) {
            context.close(promise: nil)
            return
        }
        if isEarly { clock.bodyAwaited() }
        if state.isIdle {
            clock.answered()
            while !state.isAnswering, let next = waiting.popFirst() { receive(next.part, isLegacy: next.isLegacy) }
            relayed?.relay?.receivedBatch()
        }
        readOn()
    }

    var isHTTP2: Bool {
        if case .http2 = transport { true } else { false }
    }
}
