import NIOCore

/// Tells when a client has been silent for long, when it reads nothing, and when it does not answer a goodbye.
///
/// Its timers are set again only when they fire: a message costs a few stores.
final class WebSocketClock {
    enum Event {
        /// The client has said nothing for a while: ask for a sign of life.
        case quiet
        /// The client has gone, reads nothing, or does not let go.
        case overdue
    }

    private let pingInterval: TimeAmount
    private let silenceTime: TimeAmount
    private let stallTime: TimeAmount
    private let closeTime: TimeAmount
    private var lastHeard = NIODeadline.now()
    private var isAsked = false
    private var isWriting = false
    private var writes = 0
    private var silenceTimer: Scheduled<Void>?
    private var stallTimer: Scheduled<Void>?
    private var closeTimer: Scheduled<Void>?
    private var onEvent: ((Event) -> Void)?
    private var loop: NIOIsolatedEventLoop?
    private var options: (any NIOSynchronousChannelOptions)?
    /// Whether the client is not read, so that its silence means nothing.
    var isDeaf = false

    init(_ limits: WebSocketLimits, stallTime: Duration) {
        pingInterval = TimeAmount(limits.pingInterval)
        silenceTime = TimeAmount(limits.silenceTime)
        closeTime = TimeAmount(limits.closeTime)
        self.stallTime = TimeAmount(stallTime)
    }

    /// Starts.
    ///
    /// - Parameters:
    ///   - loop: The connection's event loop.
    ///   - options: Tell how much of a write has gone out.
    ///   - onEvent: What to do when time is over.
    func start(
        on loop: NIOIsolatedEventLoop, options: (any NIOSynchronousChannelOptions)?,
        onEvent: @escaping (Event) -> Void
    ) {
        self.loop = loop
        self.options = options
        self.onEvent = onEvent
        lastHeard = .now()
        startSilenceTimer(at: lastHeard + pingInterval)
    }

    func stop() {
        silenceTimer?.cancel()
        stallTimer?.cancel()
        closeTimer?.cancel()
        silenceTimer = nil
        stallTimer = nil
        closeTimer = nil
        onEvent = nil
        options = nil
        loop = nil
    }

    /// Bytes have come.
    func heard() {
        lastHeard = .now()
        isAsked = false
    }

    private func startSilenceTimer(at deadline: NIODeadline) {
        silenceTimer = loop?.scheduleTask(deadline: deadline) { [self] in
            silenceTimer = nil
            // A client that is still reading cannot have read the ping behind that.
            if isDeaf || isWriting { heard() }
            let now = NIODeadline.now()
            guard now - lastHeard < silenceTime else {
                onEvent?(.overdue)
                return
            }
            let isQuiet = now - lastHeard >= pingInterval
            // What comes in answer sets the time anew, so that is looked at soon.
            startSilenceTimer(at: isQuiet ? min(lastHeard + silenceTime, now + pingInterval) : lastHeard + pingInterval)
            if isQuiet, !isAsked {
                isAsked = true
                onEvent?(.quiet)
            }
        }
    }

    // MARK: What is written

    func writeBegan() {
        isWriting = true
        if stallTimer == nil { startStallTimer() }
    }

    func writeEnded() {
        isWriting = false
        writes &+= 1
    }

    /// A large message takes its time; what counts is whether the client reads any of it.
    private func startStallTimer() {
        let (done, unread) = (writes, unreadBytes)
        stallTimer = loop?.scheduleTask(in: stallTime) { [self] in
            stallTimer = nil
            guard isWriting else { return }
            if writes == done, unreadBytes >= unread {
                onEvent?(.overdue)
            } else {
                startStallTimer()
            }
        }
    }

    private var unreadBytes: Int {
        (try? options?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: The end

    /// The goodbye has gone out.
    func goodbyeSent() {
        guard closeTimer == nil else { return }
        closeTimer = loop?.scheduleTask(in: closeTime) { [self] in
            closeTimer = nil
            onEvent?(.overdue)
        }
    }
}
