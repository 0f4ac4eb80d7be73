import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Carries one request to the chat app and its answer back, both as they come.
///
/// Does what ``RelayState`` says. Each side is read only while the other one takes what comes. All on the event loop of
/// both connections.
final class ProxyRelay {
    private let proxy: ChatProxy
    private let pool: UpstreamPool
    private let loop: any EventLoop
    private let request: ServerRequest
    private var head: HTTPRequestHead
    private let upgrade: String?
    /// How the request's body is framed; `nil` until it is known.
    private var framing: Framing?
    private var state: RelayState
    /// Held until the answer is over. Not weakly: objects with weak references pay for each of their strong ones.
    private var client: (any RelayClient)?
    private var connection: UpstreamConnection?
    /// What came of the request before there was a connection. Bounded by one read of the client's socket.
    private var waiting: [HTTPRequestPart] = []
    /// The end of the request, when it has come.
    private var end: HTTPRequestPart?
    private var isHeadSent = false
    private var holdTimer: Scheduled<Void>?
    private var hasPlace = false
    private var isOver = false
    /// Whether nobody waits for the answer any more.
    private(set) var isCancelled = false

    private enum Framing {
        case none
        case length(Int)
        case chunked

        func add(to headers: inout HTTPHeaders) {
            switch self {
            case .none: break
            case .length(let length): headers.add(name: "content-length", value: String(length))
            case .chunked: headers.add(name: "transfer-encoding", value: "chunked")
            }
        }
    }

    /// How long a small answer is held while it is not whole.
    private static let holdTime = TimeAmount.milliseconds(50)

    init(
        _ passage: ChatProxy.Passage, head: HTTPRequest, request: ServerRequest, client: any RelayClient,
        loop: any EventLoop
    ) {
        proxy = passage.proxy
        pool = passage.proxy.pool(on: loop)
        self.loop = loop
        self.request = request
        self.client = client
        upgrade = ProxyHeaders.upgrade(of: request)
        let method = HTTPMethod(request.method)
        var headers = ProxyHeaders.request(
            request, authority: pool.authority, upgrade: upgrade,
            forwarding: passage.proxy.configuration.addsForwardedHeaders
        )
        framing = Self.framing(of: request)
        framing?.add(to: &headers)
        self.head = HTTPRequestHead(version: .http1_1, method: method, uri: passage.target, headers: headers)
        state = RelayState(method: method, wantsSwitch: upgrade != nil)
    }

    /// How a request's body is framed, as far as its head tells.
    private static func framing(of request: ServerRequest) -> Framing? {
        // HTTP/2's parser takes `+5` for a number. The app may not, and would take the body for a request.
        if let length = request.headers.first(of: .contentLength).flatMap({ Int($0) }) { return .length(length) }
        if request.headers.contains(.transferEncoding) { return .chunked }
        // HTTP/2 needs neither.
        if request.isHTTP2 { return nil }
        return emptyFraming(of: request.method)
    }

    /// How a request without a body is framed: some methods have one as a rule, and an app expects a length there.
    private static func emptyFraming(of method: HTTPRequest.Method) -> Framing {
        method == .post || method == .put || method == .patch ? .length(0) : .none
    }

    /// Starts.
    func begin() {
        guard proxy.reserve() else { return perform(.fail(.busy)) }
        hasPlace = true
        if let coding = request.headers.first(of: .transferEncoding), coding.lowercased() != "chunked" {
            return perform(.fail(.unknownCoding))
        }
        pool.lease(to: self)
    }

    // MARK: The app's connection

    func connected(_ connection: UpstreamConnection) {
        self.connection = connection
        if framing != nil { sendHead() }
        let parts = waiting
        waiting = []
        for part in parts { send(part) }
        connection.flush()
        client?.relayWantsBody()
    }

    func notConnected() {
        guard !isCancelled else { return }
        perform(.fail(.down))
    }

    /// The connection is of no use any more.
    func lost(_ failure: ProxyFailure) {
        guard let connection else { return }
        self.connection = nil
        perform(state.lose(failure, isReused: connection.isReused))
    }

    // MARK: The request

    private func send(_ part: HTTPRequestPart) {
        if framing == nil {
            let found = if case .end = part { Self.emptyFraming(of: request.method) } else { Framing.chunked }
            found.add(to: &head.headers)
            framing = found
        }
        sendHead()
        switch part {
        case .head: break
        case .body(let piece):
            state.sentBody()
            connection?.write(.body(.byteBuffer(piece)))
        case .end(let trailers):
            state.sentEnd()
            end = part
            connection?.write(.end(trailers.map { HTTPHeaders(ProxyHeaders.trailers($0)) }))
        }
    }

    private func sendHead() {
        guard !isHeadSent else { return }
        isHeadSent = true
        connection?.write(.head(head))
    }

    /// The app takes more of the request.
    func appHasRoom() {
        client?.relayWantsBody()
    }

    /// Whether the app waits for the client, and not the other way round.
    var waitsForClient: Bool { !state.isRequestSent && (connection?.hasRoom ?? false) }

    // MARK: The answer

    var clientTakesMore: Bool { client?.hasRoom ?? true }

    func receive(_ part: HTTPClientResponsePart) {
        switch part {
        case .head(let head): perform(state.receive(head))
        case .body(let piece): perform(state.receive(piece))
        case .end(let trailers): perform(state.receiveEnd(trailers))
        }
    }

    func receivedAnswerBatch() {
        if state.isHolding {
            if holdTimer == nil {
                holdTimer = loop.assumeIsolated().scheduleTask(in: Self.holdTime) { [self] in
                    holdTimer = nil
                    perform(state.letGo())
                    client?.flushRelay()
                }
            }
        } else {
            client?.flushRelay()
        }
    }

    private func perform(_ action: RelayState.Action) {
        switch action {
        case .nothing:
            break
        case .begin(let head, let body):
            client?.relay(head)
            if let body, body.readableBytes > 0 { client?.relay(body) }
        case .send(let piece):
            client?.relay(piece)
        case .whole(let head, let body):
            answerOver()?.relay(head, whole: isHeadRequest ? ByteBuffer() : body)
        case .end(let trailers):
            end(trailers)
        case .switchProtocol(let head):
            switchProtocol(head)
        case .again:
            isHeadSent = false
            waiting = end.map { [$0] } ?? []
            pool.lease(to: self, fresh: true)
        case .fail(let failure):
            answerOver()?.failRelay(failure.reply)
        case .breakOff:
            answerOver()?.breakRelayOff()
        }
    }

    private func end(_ trailers: HTTPHeaders?) {
        answerOver()?.endRelay(trailers.map { ProxyHeaders.trailers(HTTPFields($0, splitCookie: false)) })
    }

    private var isHeadRequest: Bool { head.method == .HEAD }

    /// The answer is over. If the request is, too, the connection can carry another.
    ///
    /// - Returns: The client, for a last word.
    private func answerOver() -> (any RelayClient)? {
        let connection = letGo()
        connection?.release(open: state.leavesConnectionOpen, keptFor: state.keptFor)
        defer { client = nil }
        return client
    }

    /// Gives back what this exchange holds, and hands over its connection.
    private func letGo() -> UpstreamConnection? {
        holdTimer?.cancel()
        holdTimer = nil
        if hasPlace { proxy.giveBack() }
        hasPlace = false
        isOver = true
        defer { connection = nil }
        return connection
    }

    // MARK: Another protocol

    private func switchProtocol(_ head: HTTPResponseHead) {
        guard let client, let connection else { return cancel() }
        let (near, far) = Tunnel.pair(idleTime: TimeAmount(proxy.configuration.tunnelIdleTime))
        self.connection = nil
        do {
            try connection.switchProtocol(to: far)
        } catch {
            connection.close()
            answerOver()?.failRelay(ProxyFailure.closed.reply)
            return
        }
        _ = answerOver()
        client.switchProtocol(head, to: near)
    }
}

extension ProxyRelay: Relay {
    var wantsBody: Bool { connection?.hasRoom ?? false }

    func receive(_ part: HTTPRequestPart) {
        if isOver { return }
        if connection == nil { waiting.append(part) } else { send(part) }
    }

    func receivedBatch() {
        connection?.flush()
    }

    func clientHasRoom() {
        connection?.readOn()
    }

    func cancel() {
        isCancelled = true
        client = nil
        waiting = []
        letGo()?.close()
    }
}
