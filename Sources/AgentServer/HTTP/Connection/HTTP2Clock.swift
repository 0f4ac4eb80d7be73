import NIOCore
import NIOHTTP2

/// Bounds the time that an HTTP/2 connection may be open without a request.
///
/// NIO's handler says goodbye as the protocol has it, but waits without end for a client that does not answer; and where
/// the protocol was negotiated, it counts no time before the first request.
final class HTTP2Clock: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame

    private let idleTime: TimeAmount
    private var streams = 0
    private var idleSince = NIODeadline.now()
    private var isEnding = false
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    /// How long a client may take to answer a goodbye.
    private static let graceTime = TimeAmount.seconds(2)

    init(idleTime: TimeAmount) {
        self.idleTime = idleTime
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        beIdle()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        self.context = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if event is ChannelShouldQuiesceEvent { end() }
    }

    fileprivate func streamCreated() {
        streams += 1
    }

    fileprivate func streamClosed() {
        streams -= 1
        if streams == 0 { beIdle() }
    }

    private func beIdle() {
        idleSince = .now()
        if timer == nil { startTimer() }
    }

    /// From now on the connection closes as soon as nothing is under way.
    private func end() {
        isEnding = true
        timer?.cancel()
        timer = nil
        if streams == 0 { beIdle() }
    }

    private var limit: TimeAmount { isEnding ? Self.graceTime : idleTime }

    /// The timer is set again only when it fires: a request costs a few stores.
    private func startTimer() {
        timer = context?.eventLoop.assumeIsolated().scheduleTask(deadline: idleSince + limit) { [self] in
            timer = nil
            guard streams == 0, let context else { return }
            if NIODeadline.now() - idleSince < limit {
                startTimer()
            } else if isEnding {
                context.close(promise: nil)
            } else {
                context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
                end()
            }
        }
    }

    /// Tells the clock, and NIO's handler, of streams.
    struct StreamDelegate: NIOHTTP2StreamDelegate {
        private let clock: NIOLoopBound<HTTP2Clock>
        private let next: any NIOHTTP2StreamDelegate

        init(_ clock: HTTP2Clock, _ next: any NIOHTTP2StreamDelegate, loop: any EventLoop) {
            self.clock = NIOLoopBound(clock, eventLoop: loop)
            self.next = next
        }

        func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
            clock.value.streamCreated()
            next.streamCreated(id, channel: channel)
        }

        func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
            clock.value.streamClosed()
            next.streamClosed(id, channel: channel)
        }
    }
}
