import NIOCore
import NIOHTTP1

/// Asks for one stream after the other on a connection that it keeps, and notes how old each piece is when it comes.
final class Client: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// When to ask for the first stream.
    struct Begin: Sendable {
        let at: NIODeadline
    }

    private let load: Load
    private let promise: EventLoopPromise<Load.Result>
    /// What stands before the time in an event.
    private let key: [UInt8]
    private var result = Load.Result()
    private var rest = ByteBuffer()
    private var begun = NIODeadline.now()
    private var streams = 0
    private var deltas = 0
    private var status: HTTPResponseStatus?

    init(_ load: Load, _ promise: EventLoopPromise<Load.Result>) {
        self.load = load
        self.promise = promise
        key = Array((load.isDirect ? #""content":""# : #""delta":""#).utf8)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let begin = event as? Begin else { return }
        ask(at: begin.at, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = NIODeadline.now()
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(var piece):
            rest.writeBuffer(&piece)
            readLines(at: now)
        case .end: finish(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Streams that never came to their end; nothing where all have.
        result.faults += load.repeats - streams
        streams = load.repeats
        promise.succeed(result)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func ask(at due: NIODeadline, _ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [self] in
            (deltas, status) = (0, nil)
            rest.clear()
            let body = ByteBuffer(string: load.body)
            let headers: HTTPHeaders = [
                "host": "127.0.0.1:\(load.port)", "content-type": "application/json",
                "content-length": "\(body.readableBytes)",
            ]
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: load.path, headers: headers)
            begun = .now()
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        if status != .ok || deltas != load.deltas { result.faults += 1 }
        streams += 1
        guard streams < load.repeats else { return context.close(promise: nil) }
        // At the same place within the interval as before.
        let length = load.interval.nanoseconds * Int64(load.deltas + 2)
        ask(at: max(begun + .nanoseconds(length), .now()), context)
    }

    private func readLines(at now: NIODeadline) {
        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let line = rest.readSlice(length: end - rest.readerIndex + 1)
        {
            guard let sent = line.withUnsafeReadableBytes(time(in:)) else { continue }
            if deltas == 0 { result.firsts.append((now - begun).nanoseconds) }
            deltas += 1
            result.deltas.append(Int64(now.uptimeNanoseconds) - sent)
        }
        rest.discardReadBytes()
    }

    /// The number behind the key; `nil` in lines without.
    private func time(in line: UnsafeRawBufferPointer) -> Int64? {
        var matched = 0
        for (index, byte) in line.enumerated() {
            matched = byte == key[matched] ? matched + 1 : byte == key[0] ? 1 : 0
            guard matched == key.count else { continue }
            let digits = line[(index + 1)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
            return digits.isEmpty ? nil : Int64(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }
}
