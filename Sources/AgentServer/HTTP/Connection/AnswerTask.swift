import HTTPTypes
import NIOCore

/// Answers one request of a connection, on the connection's event loop.
struct AnswerTask: Sendable {
    let site: ServerSite
    let presence: ClientPresence
    let loop: any EventLoop
    let handler: NIOLoopBound<ConnectionHandler>
    let request: ServerRequest

    func run() async {
        let start = ContinuousClock.now
        let reply = await site.answer(request, client: presence)
        if case .webSocket(let offer) = reply.body { return await switchToWebSocket(reply, offer, since: start) }
        let sent = await send(reply)
        presence.forget()
        site.note(
            request, in: reply.metrics, status: reply.status, requestID: reply.headers.first(of: .requestID) ?? "-",
            bytes: sent,
            since: start
        )
        _ = await onLoop { handler in
            handler.answered()
            return nil
        }
    }

    /// Agrees to a handshake. Its handler gets a task of its own, for nothing of HTTP is to be kept as long as that.
    private func switchToWebSocket(_ reply: Reply, _ offer: WebSocketOffer, since start: ContinuousClock.Instant) async
    {
        site.note(
            request, in: reply.metrics, status: reply.status, requestID: offer.exchange.requestID, bytes: 0,
            since: start
        )
        _ = await onLoop { handler in
            handler.switchToWebSocket(reply, offer)
            return nil
        }
    }

    /// Sends an answer and returns how much of its body went out.
    private func send(_ reply: Reply) async -> Int {
        let withBody = request.method != .head
        do {
            guard let written = await onLoop({ $0.send(reply, withBody: withBody) }) else { return 0 }
            try await written.get()
            switch reply.body {
            case .whole(let buffer): return withBody ? buffer.readableBytes : 0
            case .stream(let frames) where withBody: return await send(frames)
            case .stream(let frames):
                frames.abandon()
                return 0
            case .webSocket: return 0
            }
        } catch {
            // The connection broke; its handler knows.
            return 0
        }
    }

    /// Sends frames as they come. Each piece has gone out before the next one is taken: what comes meanwhile is
    /// taken together, and a client that does not read holds up the agent.
    private func send(_ frames: any FrameSource) async -> Int {
        site.metrics?.streamBegan()
        defer {
            frames.abandon()
            site.metrics?.streamEnded()
        }
        var sent = 0
        while let piece = await frames.next() {
            let isLast = frames.supply == .ended
            guard let written = await onLoop({ $0.send(piece, isLast: isLast) }),
                (try? await written.get()) != nil
            else { return sent }
            sent += piece.readableBytes
            if isLast { return sent }
        }
        if let written = await onLoop({ $0.finish() }) { try? await written.get() }
        return sent
    }

    /// Does something with the handler where that is allowed, which is where this task runs anyway.
    private func onLoop(
        _ body: @escaping @Sendable (ConnectionHandler) -> EventLoopFuture<Void>?
    ) async -> EventLoopFuture<Void>? {
        if loop.inEventLoop { return body(handler.value) }
        return try? await loop.submit { body(handler.value) }.get()
    }
}
