import DequeModule
import NIOCore
import Synchronization

extension WebSocket {
    /// What the handler's tasks and the connection share.
    struct State {
        enum Phase {
            case open
            /// One side has said goodbye: nothing more is received or sent.
            case closing
            /// The connection has gone.
            case ended
        }

        let limits: WebSocketLimits
        var phase = Phase.open
        var isDraining = false
        /// Let go of at the end, for each holds the other.
        var connection: NIOLoopBound<WebSocketConnection>?

        /// Messages that have come and were not received.
        private(set) var inbox: Deque<Message> = []
        private var inboxBytes = 0
        private var receiver: CheckedContinuation<Message?, Never>?
        /// Whether the connection reads nothing until there is room.
        private(set) var isReadHeld = false

        /// Frames that wait for the write under way to go out.
        var outbox = ByteBuffer()
        /// Bytes of the write under way.
        var bytesUnderWay = 0
        var isFlushAsked = false
        var senders: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var closers: [UInt64: CheckedContinuation<Void, Never>] = [:]
        private var lastID: UInt64 = 0

        init(limits: WebSocketLimits) {
            self.limits = limits
        }

        mutating func nextID() -> UInt64 {
            lastID += 1
            return lastID
        }

        // MARK: Receiving

        private var hasRoom: Bool {
            inbox.count < limits.waitingMessages && inboxBytes < limits.waitingBytes
        }

        /// The next message, or `nil` for the end; nothing at all when one has to wait.
        ///
        /// - Parameter continuation: Who waits then.
        mutating func take(or continuation: CheckedContinuation<Message?, Never>? = nil) -> (Message??, Hop) {
            guard phase == .open else { return (.some(.none), .nothing) }
            if isDraining { return (.some(.none), close(.goingAway, Self.drainReason)) }
            guard let message = inbox.popFirst() else {
                precondition(
                    continuation == nil || receiver == nil, "A WebSocket is received from by one task at a time")
                receiver = continuation ?? receiver
                return (nil, .nothing)
            }
            inboxBytes -= message.count
            guard isReadHeld, hasRoom else { return (message, .nothing) }
            isReadHeld = false
            return (message, .readOn(connection))
        }

        mutating func takeReceiver() -> CheckedContinuation<Message?, Never>? {
            defer { receiver = nil }
            return receiver
        }

        /// A message has come. Who has waited for it, if anybody.
        mutating func deliver(_ message: Message) -> CheckedContinuation<Message?, Never>? {
            guard phase == .open else { return nil }
            if let receiver = takeReceiver() { return receiver }
            inbox.append(message)
            inboxBytes += message.count
            return nil
        }

        /// Whether another message may come. If not, the connection is told when it may.
        mutating func takesMore() -> Bool {
            guard phase == .open, !hasRoom else { return true }
            isReadHeld = true
            return false
        }

        // MARK: Sending

        /// Whether senders must wait.
        var isFull: Bool { outbox.readableBytes + bytesUnderWay > limits.sendingBytes }

        /// The frames to be written next.
        mutating func takeOutbox() -> ByteBuffer {
            isFlushAsked = false
            defer { outbox = ByteBuffer() }
            bytesUnderWay = outbox.readableBytes
            return outbox
        }

        /// What was taken has gone out. Those who have waited for that.
        mutating func wrote() -> [CheckedContinuation<Void, any Error>] {
            bytesUnderWay = 0
            guard !isFull, !senders.isEmpty else { return [] }
            defer { senders = [:] }
            return Array(senders.values)
        }

        // MARK: The end

        static let drainReason = "The server stops"

        /// Closes from this side.
        mutating func close(_ code: CloseCode, _ reason: String) -> Hop {
            guard phase == .open else { return .nothing }
            phase = .closing
            return .close(connection, code, reason)
        }

        /// The server wants to end: at once, unless a turn is under way.
        mutating func drain() -> Hop {
            isDraining = true
            return receiver == nil ? .nothing : close(.goingAway, Self.drainReason)
        }

        /// Those who wait for what will not come, now that the phase has changed.
        mutating func takeAbandoned() -> Abandoned {
            inbox = []
            inboxBytes = 0
            defer { senders = [:] }
            return Abandoned(receiver: takeReceiver(), senders: Array(senders.values))
        }
    }

    /// Tasks that wait for what will not come.
    struct Abandoned {
        var receiver: CheckedContinuation<Message?, Never>?
        var senders: [CheckedContinuation<Void, any Error>]

        func resume() {
            receiver?.resume(returning: nil)
            for sender in senders { sender.resume(throwing: Closed()) }
        }
    }
}

// MARK: The connection's side

extension WebSocket {
    /// Begins.
    ///
    /// - Parameters:
    ///   - connection: Carries the socket's messages.
    ///   - isDraining: Whether the server wants to end already.
    func begin(on connection: NIOLoopBound<WebSocketConnection>, isDraining: Bool) {
        state.withLock { state in
            state.connection = connection
            state.isDraining = isDraining
        }
    }

    /// Whether another message may come. If not, the connection is told when it may.
    func takesMore() -> Bool {
        state.withLock { $0.takesMore() }
    }

    /// A message has come.
    func deliver(_ message: Message) {
        state.withLock { $0.deliver(message) }?.resume(returning: message)
    }

    /// The frames to be written next.
    func takeOutbox() -> ByteBuffer {
        state.withLock { $0.takeOutbox() }
    }

    /// What was taken has gone out.
    func wrote() {
        for sender in state.withLock({ $0.wrote() }) { sender.resume() }
    }

    /// The server wants to end.
    func drain() {
        perform(state.withLock { $0.drain() })
    }

    /// The handler has returned.
    func handlerReturned() {
        perform(state.withLock { $0.close($0.isDraining ? .goingAway : .normal, "") })
    }

    /// The socket closes; whoever waits for a message, or for room, waits no more.
    ///
    /// - Parameter keepsOutbox: Whether what was sent before still goes out.
    func closes(keepsOutbox: Bool) {
        let abandoned = state.withLock { state in
            if state.phase == .open { state.phase = .closing }
            if !keepsOutbox { state.outbox = ByteBuffer() }
            return state.takeAbandoned()
        }
        abandoned.resume()
    }

    /// The connection has gone.
    func ended() {
        let (abandoned, closers) = state.withLock { state in
            state.phase = .ended
            state.connection = nil
            state.outbox = ByteBuffer()
            defer { state.closers = [:] }
            return (state.takeAbandoned(), Array(state.closers.values))
        }
        abandoned.resume()
        for closer in closers { closer.resume() }
    }
}
