import NIOCore

/// Bounds the time that a connection may take: for the head of a request as a whole, for its body from one byte to the
/// next, between two requests, and for the client to read what it is sent.
///
/// The first handler of a connection, because half a head never gets past the parser. ``ConnectionHandler`` tells it
/// what the parser made of the bytes. Its timers are set again only when they fire: a request costs a few stores.
final class ConnectionClock: ChannelInboundHandler, RemovableChannelHandler {
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
        /// A client that does not read its answer.
        case stall
    }

    private let arrivalTime: TimeAmount
    private let idleTime: TimeAmount
    private let stallTime: TimeAmount
    private var phase = Phase.idle(since: .now())
    /// Whether bytes of a next request came while the last one was being answered.
    private var hasSurplus = false
    private var arrivalTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var stallTimer: Scheduled<Void>?
    private var writesUnderWay = 0
    private var writesDone = 0
    private var onOverdue: ((Overdue) -> Void)?
    private var loop: NIOIsolatedEventLoop?
    private var options: (any NIOSynchronousChannelOptions)?

    init(_ limits: AgentServer.Configuration.Limits) {
        arrivalTime = TimeAmount(limits.arrivalTime)
        idleTime = TimeAmount(limits.idleTime)
        stallTime = TimeAmount(limits.stallTime)
    }

    /// Starts with a new connection.
    ///
    /// - Parameters:
    ///   - loop: The connection's event loop.
    ///   - options: Tell how much of a write has gone out; `nil` where that cannot be known.
    ///   - onOverdue: What to do when the time is over.
    func start(
        on loop: NIOIsolatedEventLoop, options: (any NIOSynchronousChannelOptions)?,
        onOverdue: @escaping (Overdue) -> Void
    ) {
        self.onOverdue = onOverdue
        self.options = options
        self.loop = loop
        startIdleTimer(at: .now() + idleTime)
    }

    // MARK: What the parser sees

    func headArrived() {
        let now = NIODeadline.now()
        phase = .body(last: now)
        hasSurplus = false
        if arrivalTimer == nil { startArrivalTimer(at: now + arrivalTime) }
    }

    func requestArrived() {
        phase = .answering
    }

    /// The body is not read for a while: its delay is not the client's.
    func bodyHeld() {
        if case .body = phase { phase = .answering }
    }

    /// The body is read again.
    func bodyAwaited() {
        let now = NIODeadline.now()
        phase = .body(last: now)
        if arrivalTimer == nil { startArrivalTimer(at: now + arrivalTime) }
    }

    func answered() {
        guard case .answering = phase else { return }
        let now = NIODeadline.now()
        if hasSurplus {
            startHead(now)
        } else {
            phase = .idle(since: now)
            if idleTimer == nil { startIdleTimer(at: now + idleTime) }
        }
    }

    // MARK: What is written

    func writeBegan() {
        writesUnderWay += 1
        if stallTimer == nil { startStallTimer() }
    }

    func writeEnded() {
        writesUnderWay -= 1
        writesDone &+= 1
    }

    /// A large answer takes its time; what counts is whether the client reads any of it.
    private func startStallTimer() {
        let (done, unread) = (writesDone, unreadBytes)
        stallTimer = loop?.scheduleTask(in: stallTime) { [self] in
            stallTimer = nil
            guard writesUnderWay > 0 else { return }
            if writesDone == done, unreadBytes >= unread {
                onOverdue?(.stall)
            } else {
                startStallTimer()
            }
        }
    }

    /// Bytes that were written and have not gone out.
    var unreadBytes: Int {
        (try? options?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: Handler

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .idle:
            startHead(.now())
        case .body:
            phase = .body(last: .now())
        case .head:
            break
        case .answering:
            hasSurplus = true
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

    private func startHead(_ now: NIODeadline) {
        phase = .head(since: now)
        hasSurplus = false
        if arrivalTimer == nil { startArrivalTimer(at: now + arrivalTime) }
    }

    private func stop() {
        arrivalTimer?.cancel()
        idleTimer?.cancel()
        stallTimer?.cancel()
        stallTimer = nil
        arrivalTimer = nil
        idleTimer = nil
        onOverdue = nil
        options = nil
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
