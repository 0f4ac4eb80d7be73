import AgentJSON
import NIOCore
import NIOHTTP1

extension UpstreamHandler {
    func write(_ status: Int, _ json: JSON, _ context: ChannelHandlerContext) {
        write(status, bytes: json.encoded(), context)
    }

    /// A whole answer, after which the next request may come.
    func write(
        _ status: Int, bytes: [UInt8], type: String = "application/json", fields: [(String, String)] = [],
        _ context: ChannelHandlerContext
    ) {
        var headers = HTTPHeaders(fields)
        headers.add(name: "content-type", value: type)
        headers.add(name: "content-length", value: String(bytes.count))
        writeHead(status, headers, context)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        finish(context)
    }

    /// Says all steps at once. A fault leaves an answer that is no better than the stream would be.
    func answerWhole(_ steps: [Step], _ form: some WireForm, _ context: ChannelHandlerContext) {
        var form = form
        for step in steps {
            if case .fault(let fault) = step {
                switch fault {
                case .silence: return
                case .cut: return cut(context, afterHead: true)
                case .garbage: return write(200, bytes: Array("{oops".utf8), context)
                case .error, .failure:
                    let refusal = Refusal(status: 500, type: "server_error", message: "The model is gone", code: "gone")
                    return write(500, refusal.json, context)
                }
            }
            _ = form.events(of: spoken(step))
        }
        write(200, form.whole, context)
    }

    /// Says the steps one after the other, each in a write of its own.
    func stream(
        _ steps: [Step], _ form: some WireForm, every interval: Int, _ context: ChannelHandlerContext
    ) {
        var form = form
        writeHead(200, ["content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"], context)
        for event in form.opening() { writeEvent(event, context) }
        say(steps[...], form, every: .milliseconds(Int64(interval)), due: .now(), context)
    }

    private func say(
        _ steps: ArraySlice<Step>, _ form: some WireForm, every interval: TimeAmount, due: NIODeadline,
        _ context: ChannelHandlerContext
    ) {
        var (steps, form) = (steps, form)
        while pending != nil, let step = steps.popFirst() {
            for event in form.events(of: spoken(step)) { writeEvent(event, context) }
            switch step {
            case .fault(.silence), .end(.open): return
            case .fault(.cut): return cut(context, afterHead: false)
            case .fault(.garbage):
                writeEvent("data: <html>oops\n\n", context)
                return finish(context)
            case .fault, .end: return finish(context)
            default: break
            }
            guard interval > .zero else { continue }
            // From when it was due, so that delays do not add up.
            let next = due + interval
            let (rest, sofar) = (steps, form)
            context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { [self] in
                say(rest, sofar, every: interval, due: next, context)
            }
            return
        }
    }

    /// A step with the time in it, where that is its text.
    private func spoken(_ step: Step) -> Step {
        guard case .clock = step else { return step }
        return .text("\(NIODeadline.now().uptimeNanoseconds)")
    }

    private func writeHead(_ status: Int, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        let status = HTTPResponseStatus(statusCode: status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
    }

    private func writeEvent(_ event: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: event)))), promise: nil)
    }

    private func finish(_ context: ChannelHandlerContext) {
        pending = nil
        isAnswering = false
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // What has been written goes out before.
        if isLast { context.close(promise: nil) }
    }

    /// Ends the connection in the middle of a chunk, past the encoder, which writes whole ones only.
    private func cut(_ context: ChannelHandlerContext, afterHead: Bool) {
        pending = nil
        if afterHead { writeHead(200, ["content-type": "application/json"], context) }
        if let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self) {
            encoder.writeAndFlush(NIOAny(ByteBuffer(string: "40\r\ndata: {\"id")), promise: nil)
        }
        context.close(promise: nil)
    }
}
