import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One GET over HTTP/1.1, on a connection of its own: bounded in size and time, without redirects.
enum WebFetch {
    /// Why there is no answer.
    struct Failure: Error {
        var reason: String
    }

    /// The body of the answer, which must be 200.
    ///
    /// - Parameters:
    ///   - address: Where to ask.
    ///   - limit: Bytes that the body may have.
    ///   - timeout: How long all of it may take.
    ///   - trust: Whom the server's certificate must lead to, over HTTPS.
    static func get(
        _ address: WebAddress, limit: Int, timeout: Duration, trust: NIOSSLTrustRoots
    ) async throws(Failure) -> [UInt8] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let result = loop.makePromise(of: ByteBuffer.self)
        let clock = loop.scheduleTask(in: TimeAmount(timeout)) { result.fail(Failure(reason: "no answer in time")) }
        defer { clock.cancel() }
        do {
            let tls = address.isSecure ? try context(trust) : nil
            let connected = connect(to: address, limit: limit, timeout: timeout, tls: tls, on: loop, result: result)
            // However it ends, the connection is not needed any more.
            result.futureResult.whenComplete { _ in
                connected.whenSuccess { $0.close(promise: nil) }
            }
            let body = try await withTaskCancellationHandler {
                try await result.futureResult.get()
            } onCancel: {
                result.fail(Failure(reason: "cancelled"))
            }
            return Array(body.readableBytesView)
        } catch let failure as Failure {
            throw failure
        } catch {
            // Nobody waits for it any more.
            result.fail(error)
            throw Failure(reason: "\(error)")
        }
    }

    private static func context(_ trust: NIOSSLTrustRoots) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = trust
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }

    private static func connect(
        to address: WebAddress, limit: Int, timeout: Duration, tls: NIOSSLContext?, on loop: any EventLoop,
        result: EventLoopPromise<ByteBuffer>
    ) -> EventLoopFuture<any Channel> {
        let connected = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An address is no name that a certificate is asked for; it is checked all the same.
                        let isName = (try? SocketAddress(ipAddress: address.host, port: 0)) == nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: isName ? address.host : nil)
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        FetchHandler(address: address, limit: limit, result: result)
                    )
                }
            }
            .connect(host: address.host, port: address.port)
        connected.whenFailure { result.fail(Failure(reason: "no connection: \($0)")) }
        return connected
    }
}

/// Asks, and gathers the answer.
private final class FetchHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let address: WebAddress
    private let limit: Int
    private let result: EventLoopPromise<ByteBuffer>
    private var parser = AnswerParser()
    private var body = ByteBuffer()

    init(address: WebAddress, limit: Int, result: EventLoopPromise<ByteBuffer>) {
        self.address = address
        self.limit = limit
        self.result = result
        parser.expect(isHead: false)
    }

    func channelActive(context: ChannelHandlerContext) {
        let request = """
            GET \(address.target) HTTP/1.1\r
            Host: \(address.authority)\r
            Accept: application/json\r
            User-Agent: swift-agent-server/\(AgentServer.version)\r
            Connection: close\r
            \r

            """
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.feed(unwrapInboundIn(data))
        do {
            while let part = try parser.next() { receive(part) }
        } catch {
            fail("no answer of HTTP")
        }
    }

    private func receive(_ part: HTTPClientResponsePart) {
        switch part {
        case .head(let head):
            if head.status != .ok { fail("answered with status \(head.status.code)") }
        case .body(let piece):
            guard body.readableBytes + piece.readableBytes <= limit else {
                return fail("the answer is larger than \(limit) bytes")
            }
            body.writeImmutableBuffer(piece)
        case .end:
            result.succeed(body)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("\(error)")
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let end = parser.endOfInput() { receive(end) }
        fail("the connection broke off")
    }

    /// Ends it. The first end counts, and closes the connection.
    private func fail(_ reason: String) {
        result.fail(WebFetch.Failure(reason: reason))
    }
}
