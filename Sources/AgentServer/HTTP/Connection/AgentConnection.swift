import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A client's connection: sets up its handlers and carries requests and answers between it and the site.
struct AgentConnection: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let http: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let presence: ClientPresence
        let executor: LoopExecutor
        var channel: any Channel { http.channel }
    }

    let site: ServerSite
    let limits: AgentServer.Configuration.Limits

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let executor = LoopExecutor(channel.eventLoop)
            let presence = ClientPresence(executor: executor)
            let pipeline = channel.pipeline.syncOperations
            let clock = ConnectionClock(limits)
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderFieldSize = limits.headerBytes
            decoder.maxHeaderListSize = limits.headerBytes
            try pipeline.addHandler(clock)
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: decoder
            )
            try pipeline.addHandler(LegacyClientHandler())
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(RequestWatch(presence: presence, clock: clock))
            let http = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)
            )
            return Value(http: http, presence: presence, executor: executor)
        }
    }

    func handle(value: Value, logger: Logger) async {
        // The framework's loop over the requests of a connection, on the thread of the connection's channel.
        let http = HTTP1Channel { request, writer, channel in
            try await answer(request, to: writer, on: channel, presence: value.presence)
        }
        await withTaskExecutorPreference(value.executor) {
            await http.handleHTTP(asyncChannel: value.http, logger: logger)
        }
        value.presence.leave()
    }

    private func answer(
        _ request: Request, to writer: consuming HummingbirdCore.ResponseWriter, on channel: any Channel,
        presence: ClientPresence
    ) async throws {
        let start = ContinuousClock.now
        let head = request.head
        let length = head.headerFields.first(of: .contentLength).flatMap { Int($0) }
        if head.headerFields.first(of: .expect)?.lowercased() == "100-continue", length ?? 0 <= limits.bodyBytes {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let serverRequest = ServerRequest(
            method: head.method,
            target: head.path ?? "/",
            scheme: head.scheme ?? "http",
            authority: head.authority,
            headers: head.headerFields,
            body: .pieces(ConnectionPayload(body: request.body, announcedLength: length, presence: presence)),
            peer: channel.remoteAddress?.ipAddress
        )
        var reply = await site.answer(serverRequest, client: presence)
        defer { presence.forget() }
        // The rest of the body is not worth its way: `RequestWatch` ends the connection.
        if reply.status == .contentTooLarge { reply.headers[.connection] = "close" }
        let sent = try await send(reply, to: writer, asHead: head.method == .head)
        site.note(serverRequest, reply, bytes: sent, since: start)
    }

    /// Sends an answer and returns the bytes of its body that went out.
    private func send(
        _ reply: Reply, to writer: consuming HummingbirdCore.ResponseWriter, asHead: Bool
    ) async throws -> Int {
        var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
        switch reply.body {
        case .whole(let buffer):
            if reply.status != .noContent {
                head.headerFields.append(HTTPField(name: .contentLength, value: String(buffer.readableBytes)))
            }
            if asHead || buffer.readableBytes == 0 {
                try await writer.writeResponse(head)
                return 0
            }
            try await writer.write(response: head, body: ResponseBody(byteBuffer: buffer))
            return buffer.readableBytes
        case .stream(let frames):
            defer { frames.abandon() }
            var body = try await writer.writeHead(head)
            var sent = 0
            while let buffer = await frames.next() {
                sent += buffer.readableBytes
                try await body.write(buffer)
            }
            try await body.finish(nil)
            return sent
        }
    }
}

/// The body of a request on a connection.
private struct ConnectionPayload: PayloadReader {
    let body: RequestBody
    /// What `Content-Length` says; `nil` where the body comes in chunks.
    let announcedLength: Int?
    let presence: ClientPresence

    func collect(upTo limit: Int) async throws -> [UInt8] {
        let length = announcedLength ?? 0
        guard length <= limit else { throw PayloadError.tooLarge }
        var bytes: [UInt8] = []
        for try await buffer in body {
            guard bytes.count + buffer.readableBytes <= limit else { throw PayloadError.tooLarge }
            // Not all at once: a length is easily said.
            if bytes.isEmpty { bytes.reserveCapacity(min(max(length, buffer.readableBytes), 1 << 20)) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        // The framework takes a connection that breaks off for the end of a body.
        guard announcedLength.map({ $0 == bytes.count }) ?? !presence.isGone else { throw PayloadError.brokenOff }
        return bytes
    }
}
