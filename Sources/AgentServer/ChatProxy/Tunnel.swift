import NIOCore

/// One end of a connection whose bytes go to another one as they are, and the other way round.
///
/// Each end is read only while the other one takes what comes. When one closes, so does the other; an end that only has
/// no more to say leaves the other one free to speak.
final class Tunnel: ChannelDuplexHandler, RemovableChannelHandler, ProtocolSuccessor {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var other: Tunnel?
    private var context: ChannelHandlerContext?
    private let idleTime: TimeAmount
    private var isReadHeld = false
    private var isInputClosed = false
    private var lastRead = NIODeadline.now()
    private var timer: Scheduled<Void>?
    /// What has come while the pipeline still changes; `nil` afterwards.
    private var held: [ByteBuffer]? = []
    private var isEndHeld = false

    private init(idleTime: TimeAmount) {
        self.idleTime = idleTime
    }

    /// Both ends of a tunnel. They must be added to channels of the same event loop.
    ///
    /// - Parameter idleTime: How long both may be silent before they are closed.
    static func pair(idleTime: TimeAmount) -> (Tunnel, Tunnel) {
        let (near, far) = (Tunnel(idleTime: idleTime), Tunnel(idleTime: idleTime))
        (near.other, far.other) = (far, near)
        return (near, far)
    }

    /// Takes a channel over from one handler, which has read some bytes too much.
    func takeOver(
        _ channel: any Channel, from handler: any RemovableChannelHandler, surplus: ByteBuffer
    ) throws {
        if surplus.readableBytes > 0 { held?.append(surplus) }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(self, position: .before(handler))
        pipeline.removeHandler(handler, promise: nil)
        // When the other end is there, too.
        channel.eventLoop.assumeIsolated().execute { [self] in settle() }
        channel.read()
    }

    func receiveSurplus(_ piece: ByteBuffer) {
        pass(piece)
    }

    func settle() {
        let pieces = held ?? []
        held = nil
        for piece in pieces { pass(piece) }
        other?.context?.flush()
        if isEndHeld { endInput() }
    }

    private func pass(_ piece: ByteBuffer) {
        other?.context?.write(wrapOutboundOut(piece), promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        startTimer(in: idleTime)
        other?.readOn()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = .now()
        let piece = unwrapInboundIn(data)
        if held == nil { pass(piece) } else { held?.append(piece) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        other?.context?.flush()
    }

    func read(context: ChannelHandlerContext) {
        if other?.hasRoom ?? false {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { other?.readOn() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            if held == nil { endInput() } else { isEndHeld = true }
        case ConnectionDrain.stopping:
            // Clients of such protocols come again by themselves.
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    private func endInput() {
        isInputClosed = true
        if let other, !other.isInputClosed {
            other.close(.output)
        } else {
            // The other one has ended before; what it was sent is on its way out.
            close(.all)
        }
    }

    private func end() {
        timer?.cancel()
        timer = nil
        context = nil
        let other = other
        self.other = nil
        other?.other = nil
        other?.close(.all)
    }

    /// Closes when what was sent has gone out, for closing drops what has not.
    private func close(_ mode: CloseMode) {
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            bound.value.close(mode: mode, promise: nil)
        }
    }

    private var hasRoom: Bool { context?.channel.isWritable ?? false }

    private func readOn() {
        guard isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    private func startTimer(in time: TimeAmount) {
        timer = context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            timer = nil
            let quiet = NIODeadline.now() - max(lastRead, other?.lastRead ?? lastRead)
            if quiet >= idleTime {
                context?.close(promise: nil)
            } else {
                startTimer(in: idleTime - quiet)
            }
        }
    }
}
