import NIOCore

/// Bounds the time that a connection may take: for the head of a request as a whole, for its body from one byte to the
/// next, and between two requests.
///
/// The first handler of a connection, because half a head never gets past the parser. ``RequestWatch`` tells it what
/// the parser made of the bytes. Its timers are set again only when they fire: a request costs a few stores.
final class ConnectionClock: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Phase {
        /// Between requests.
        case idle(since: NIODeadline)
        case head(since: NIODeadline)
        case body(last: NIODeadline)
        /// The request is complete; the server's turn.
        case answering
    }

    /// What a timer watches for.
    enum Overdue {
        /// A request that does not arrive.
        case arrival
        /// A connection that nobody uses.
        case idle
    }

    private let arrivalTime: TimeAmount
    private let idleTime: TimeAmount
    private var phase = Phase.idle(since: .now())
    private var arrivalTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var onOverdue: ((Overdue) -> Void)?
    private var loop: NIOIsolatedEventLoop?

    init(arrivalTime: TimeAmount, idleTime: TimeAmount) {
        self.arrivalTime = arrivalTime
        self.idleTime = idleTime
    }

    /// What to do when the time is over.
    func whenOverdue(_ action: @escaping (Overdue) -> Void) {
        onOverdue = action
    }

    // MARK: What the parser sees

    func headArrived() {
        phase = .body(last: .now())
    }

    func requestArrived() {
        phase = .answering
    }

    func answered() {
        guard case .answering = phase else { return }
        let now = NIODeadline.now()
        phase = .idle(since: now)
        if idleTimer == nil { startIdleTimer(at: now + idleTime) }
    }

    // MARK: Handler

    func handlerAdded(context: ChannelHandlerContext) {
        loop = context.eventLoop.assumeIsolated()
        startIdleTimer(at: .now() + idleTime)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .idle:
            let now = NIODeadline.now()
            phase = .head(since: now)
            if arrivalTimer == nil { startArrivalTimer(at: now + arrivalTime) }
        case .body:
            phase = .body(last: .now())
        case .head, .answering:
            break
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    private func stop() {
        arrivalTimer?.cancel()
        idleTimer?.cancel()
        arrivalTimer = nil
        idleTimer = nil
        onOverdue = nil
        loop = nil
    }

    // MARK: Timers

    private func startArrivalTimer(at deadline: NIODeadline) {
        arrivalTimer = loop?.scheduleTask(deadline: deadline) { [self] in
            arrivalTimer = nil
            switch phase {
            case .head(let start), .body(let start):
                if NIODeadline.now() - start >= arrivalTime {
                    onOverdue?(.arrival)
                } else {
                    startArrivalTimer(at: start + arrivalTime)
                }
            case .idle, .answering:
                break
            }
        }
    }

    private func startIdleTimer(at deadline: NIODeadline) {
        idleTimer = loop?.scheduleTask(deadline: deadline) { [self] in
            idleTimer = nil
            guard case .idle(let since) = phase else { return }
            if NIODeadline.now() - since >= idleTime {
                onOverdue?(.idle)
            } else {
                startIdleTimer(at: since + idleTime)
            }
        }
    }
}
