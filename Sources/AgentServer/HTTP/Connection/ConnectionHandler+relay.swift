import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A request that is answered elsewhere, at the connection. An object, for a copy of all this would cost a count each.
final class RelayedRequest {
    let request: ServerRequest
    let id: String
    let passage: ChatProxy.Passage
    let start: ContinuousClock.Instant?
    /// `nil` before it has begun.
    var relay: (any Relay)?
    /// As nginx logs a client that has left before its answer.
    var status = HTTPResponse.Status(code: 499)
    var bytesSent = 0

    /// - Parameter isTimed: Whether somebody wants to know how long it takes.
    init(_ request: ServerRequest, passage: ChatProxy.Passage, isTimed: Bool) {
        self.request = request
        self.passage = passage
        id = ServerSite.requestID(of: request)
        start = isTimed ? .now : nil
    }
}

extension ConnectionHandler {
    /// Whether a request is answered elsewhere. If so, it is the one that is under way from now on.
    func findsPassage(for head: HTTPRequest) -> Bool {
        guard site.relaysRequests else { return false }
        let request = request(head)
        guard let passage = site.passage(for: request) else { return false }
        relayed = RelayedRequest(request, passage: passage, isTimed: site.logsAccess || site.metrics != nil)
        return true
    }

    /// Hands on a part of a request.
    func relay(_ part: HTTPRequestPart) {
        switch part {
        case .head(let head):
            guard let relayed, let context else { return }
            if head.headerFields.expectsInvitation, !isLegacy { invite() }
            let relay = relayed.passage.relay(head, of: relayed.request, for: self, on: context.eventLoop)
            relayed.relay = relay
            relay.begin()
        case .body, .end:
            relayed?.relay?.receive(part)
        }
    }

    /// Ends a relayed request, and goes on to the next one when the answer has gone out.
    private func endRelayed(_ relayed: RelayedRequest, write: () -> EventLoopFuture<Void>?) {
        // First: a stream of HTTP/2 closes with its last byte.
        self.relayed = nil
        let written = write()
        note(relayed)
        guard let written else { return }
        // Not before: answers to requests that nobody reads would pile up.
        written.assumeIsolated().whenSuccess { self.answered() }
    }

    /// Ends a relayed request without an answer, or with half of one.
    func dropRelayed() {
        guard let relayed else { return }
        self.relayed = nil
        relayed.relay?.cancel()
        note(relayed)
    }

    private func note(_ relayed: RelayedRequest) {
        guard let start = relayed.start else { return }
        site.note(
            relayed.request, in: site.metrics?.chatProxy, status: relayed.status, requestID: relayed.id,
            bytes: relayed.bytesSent, since: start
        )
    }
}

extension ConnectionHandler: RelayClient {
    var hasRoom: Bool { context?.channel.isWritable ?? false }

    func relayWantsBody() {
        readOn()
    }

    func relay(_ head: HTTPResponseHead, whole body: ByteBuffer) {
        guard let relayed else { return }
        guard case .http1(let handlers) = transport, body.readableBytes <= Self.wholeBytes else {
            relay(head)
            if body.readableBytes > 0 { relay(body) }
            return endRelay(nil)
        }
        state.answerBegan(isWhole: true)
        relayed.status = .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase)
        relayed.bytesSent = body.readableBytes
        self.relayed = nil
        note(relayed)
        var answer = answer(status: relayed.status, size: body.readableBytes)
        var missing = site.additions(to: relayed.request, id: relayed.id)
        ProxyHeaders.forEachKept(head.headers) { name, value in
            if missing.allow(name) { answer.add(name, value) }
        }
        missing.forEach { answer.add($0, $1) }
        sendAndGoOn(&answer, body, handlers)
    }

    func relay(_ head: HTTPResponseHead) {
        guard let relayed, let context else { return }
        var head = response(head, to: relayed)
        let hasLength = head.headerFields.contains(.contentLength)
        let mayHaveBody = relayed.request.method != .head && head.status != .noContent && head.status != .notModified
        frame(&head, hasBody: mayHaveBody && !hasLength)
        state.answerBegan()
        relayed.status = head.status
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// The head of an answer in the form of the pipeline, with what every answer carries.
    private func response(_ head: HTTPResponseHead, to relayed: RelayedRequest) -> HTTPResponse {
        var fields = HTTPFields()
        fields.reserveCapacity(head.headers.count + 3)
        func add(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        var missing = site.additions(to: relayed.request, id: relayed.id)
        ProxyHeaders.forEachKept(head.headers) { name, value in
            if missing.allow(name) { add(name, value) }
        }
        missing.forEach(add)
        return HTTPResponse(
            status: .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase), headerFields: fields
        )
    }

    func relay(_ piece: ByteBuffer) {
        guard relayed?.request.method != .head else { return }
        relayed?.bytesSent += piece.readableBytes
        context?.write(wrapOutboundOut(.body(piece)), promise: nil)
    }

    func flushRelay() {
        guard let context else { return }
        context.flush()
        // A client that leaves so much unread may have stopped reading.
        if !context.channel.isWritable { watchForStall() }
    }

    /// Counts the time until the client has taken what it was sent.
    private func watchForStall() {
        _ = send(ByteBuffer())
    }

    func endRelay(_ trailers: HTTPFields?) {
        guard let relayed else { return }
        endRelayed(relayed) { finish(trailers) }
    }

    func failRelay(_ reply: Reply) {
        guard let relayed else { return }
        var reply = reply
        site.complete(&reply.headers, of: relayed.request, id: relayed.id)
        state.answerBegan(isWhole: true)
        relayed.status = reply.status
        let withBody = relayed.request.method != .head
        if withBody, case .whole(let body) = reply.body { relayed.bytesSent = body.readableBytes }
        endRelayed(relayed) { [reply] in send(reply, withBody: withBody) }
    }

    func breakRelayOff() {
        dropRelayed()
        guard let context else { return }
        // What has come before the break goes out first, for closing drops what has not.
        send(ByteBuffer())?.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    func switchProtocol(_ head: HTTPResponseHead, to tunnel: Tunnel) {
        guard let relayed, let context, case .http1(let handlers) = transport else { return }
        self.relayed = nil
        var response = response(head, to: relayed)
        response.headerFields[.connection] = "upgrade"
        response.headerFields[.upgrade] = head.headers.first(name: "upgrade")
        relayed.status = response.status
        context.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
        note(relayed)
        do {
            try handlers.give(context.channel, to: tunnel, from: self)
        } catch {
            context.close(promise: nil)
        }
    }
}
