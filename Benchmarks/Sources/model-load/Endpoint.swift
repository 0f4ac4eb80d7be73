import NIOCore
import NIOHTTP1
import NIOPosix

/// Streams a chat completion to whoever asks: for `timestamps N MS` in the request N pieces, MS apart, each of them the
/// monotonic clock in nanoseconds; otherwise one word.
final class Endpoint: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let begin =
        #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"#
        + #""model":"bench","choices":[{"index":0,"delta":{"#
    private static let end = #"},"finish_reason":null}]}"# + "\n\n"
    private static let last =
        begin + #"},"finish_reason":"stop"}]}"# + "\n\n"
        + #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[],"#
        + #""usage":{"prompt_tokens":8,"completion_tokens":50,"total_tokens":58}}"# + "\n\ndata: [DONE]\n\n"

    private var body = ByteBuffer()
    private var isThere = true

    static func listen(on port: Int, group: MultiThreadedEventLoopGroup) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(Endpoint())
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: body.clear()
        case .body(var piece): body.writeBuffer(&piece)
        case .end: answer(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { isThere = false }

    private func answer(_ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok, headers: ["content-type": "text/event-stream; charset=utf-8"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        write(Self.begin + #""role":"assistant","content":"""# + Self.end, context)
        if let (count, interval) = asked {
            send(count, every: interval, due: .now(), context)
        } else {
            write(Self.begin + #""content":"hello""# + Self.end, context)
            finish(context)
        }
    }

    /// The two numbers behind `timestamps`.
    private var asked: (count: Int, interval: TimeAmount)? {
        let text = String(buffer: body)
        guard let range = text.firstRange(of: "timestamps ") else { return nil }
        let words = text[range.upperBound...].split(separator: " ", maxSplits: 1)
        guard words.count == 2, let count = Int(words[0]), let interval = Int64(words[1].prefix { $0.isNumber })
        else { return nil }
        return (min(max(count, 0), 100_000), .milliseconds(min(max(interval, 0), 60_000)))
    }

    private func send(_ count: Int, every interval: TimeAmount, due: NIODeadline, _ context: ChannelHandlerContext) {
        guard isThere else { return }
        guard count > 0 else { return finish(context) }
        write(Self.begin + #""content":""# + "\(NIODeadline.now().uptimeNanoseconds)\"" + Self.end, context)
        context.eventLoop.assumeIsolated().scheduleTask(deadline: due + interval) { [self] in
            send(count - 1, every: interval, due: due + interval, context)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        write(Self.last, context)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }
}
