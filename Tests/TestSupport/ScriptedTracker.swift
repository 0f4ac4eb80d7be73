package import AgentJSON
import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

/// A tracking server that answers as a test wants, over real sockets.
package final class ScriptedTracker: Sendable {
    package struct Request: Sendable {
        package var method: HTTPMethod
        package var path: String
        package var headers: HTTPHeaders
        package var body: [UInt8]
        /// Whether it came together with the request before it, on the same connection.
        package var isPipelined = false

        package var json: JSON { (try? JSON(parsing: body)) ?? .null }
    }

    package enum Answer: Sendable {
        case status(Int, JSON = [:], headers: [(String, String)] = [])
        /// The same, and the connection ends.
        case last(Int, JSON = [:])
        /// Nothing, until so many requests have come by the connection; then all of them are answered.
        case hold(Int)
        /// Nothing, for ever.
        case hang
        /// The connection ends.
        case close
    }

    private let desk: TrackerDesk
    private let channel: Mutex<(any Channel)?> = Mutex(nil)
    package let port: Int

    /// - Parameters:
    ///   - port: Where to listen; 0 picks a free one.
    ///   - answer: The answer to a request, which is the n-th to its path; `nil` for what a healthy server says.
    package init(port: Int = 0, _ answer: @escaping @Sendable (Request, Int) -> Answer? = { _, _ in nil }) async throws
    {
        let desk = TrackerDesk(answer)
        self.desk = desk
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(TrackerHandler(desk))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.port = channel.localAddress?.port ?? 0
        self.channel.withLock { $0 = channel }
    }

    package func stop() async {
        try? await channel.withLock { $0 }?.close().get()
    }

    /// How many connections it has taken.
    package var connectionCount: Int { desk.state.withLock { $0.connections } }

    /// All requests so far, to a path that begins so.
    package func requests(to path: String = "/") -> [Request] {
        desk.state.withLock { $0.requests.filter { $0.path.hasPrefix(path) } }
    }

    /// Waits until there have been so many requests to a path.
    package func wait(for count: Int, to path: String) async {
        await withCheckedContinuation { continuation in
            let isThere = desk.state.withLock { state in
                if state.requests.count(where: { $0.path.hasPrefix(path) }) >= count { return true }
                state.waiters.append((count, path, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

/// What a tracker has got, and what it says; it is there before the first connection is.
private final class TrackerDesk: Sendable {
    private let answer: @Sendable (ScriptedTracker.Request, Int) -> ScriptedTracker.Answer?
    let state = Mutex(
        (
            requests: [ScriptedTracker.Request](), connections: 0,
            waiters: [(count: Int, path: String, CheckedContinuation<Void, Never>)]()
        ))

    init(_ answer: @escaping @Sendable (ScriptedTracker.Request, Int) -> ScriptedTracker.Answer?) {
        self.answer = answer
    }

    func receive(_ request: ScriptedTracker.Request) -> ScriptedTracker.Answer {
        let (index, ready) = state.withLock { state in
            state.requests.append(request)
            let index = state.requests.count { $0.path == request.path } - 1
            let requests = state.requests
            var ready: [CheckedContinuation<Void, Never>] = []
            state.waiters.removeAll { waiter in
                guard requests.count(where: { $0.path.hasPrefix(waiter.path) }) >= waiter.count else { return false }
                ready.append(waiter.2)
                return true
            }
            return (index, ready)
        }
        for continuation in ready { continuation.resume() }
        return answer(request, index) ?? Self.usual(request)
    }

    private static func usual(_ request: ScriptedTracker.Request) -> ScriptedTracker.Answer {
        if request.path.hasPrefix("/api/2.0/mlflow/experiments/get") {
            return .status(200, ["experiment": ["experiment_id": "7", "lifecycle_stage": "active"]])
        }
        if request.path == "/api/3.0/mlflow/traces" {
            let id = request.json["trace"]?["trace_info"]?["trace_id"]?.stringValue ?? ""
            let location = "mlflow-artifacts:/7/traces/\(id)/artifacts"
            return .status(200, ["trace": ["trace_info": ["tags": ["mlflow.artifactLocation": .string(location)]]]])
        }
        return .status(200)
    }
}

private final class TrackerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let desk: TrackerDesk
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// Requests that came in one piece.
    private var burst = 0
    private var count = 0
    private var held = 0

    init(_ desk: TrackerDesk) {
        self.desk = desk
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let piece): body += piece.readableBytesView
        case .end:
            guard let head else { return }
            let request = ScriptedTracker.Request(
                method: head.method, path: head.uri, headers: head.headers, body: body, isPipelined: burst > 0
            )
            burst += 1
            count += 1
            answer(desk.receive(request), context)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        desk.state.withLock { $0.connections += 1 }
        context.fireChannelActive()
    }

    func channelReadComplete(context: ChannelHandlerContext) { burst = 0 }

    private func answer(_ answer: ScriptedTracker.Answer, _ context: ChannelHandlerContext) {
        switch answer {
        case .hang: break
        case .close: context.close(promise: nil)
        case .hold(let number):
            held += 1
            guard count >= number else { return }
            for _ in 0..<held { write(200, [:], [], context) }
            held = 0
        case .last(let status, let json):
            write(status, json, [("connection", "close")], context)
            context.close(promise: nil)
        case .status(let status, let json, let fields): write(status, json, fields, context)
        }
    }

    private func write(
        _ status: Int, _ json: JSON, _ fields: [(String, String)], _ context: ChannelHandlerContext
    ) {
        let bytes = json.encoded()
        var headers = HTTPHeaders(fields)
        headers.add(name: "content-length", value: String(bytes.count))
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
