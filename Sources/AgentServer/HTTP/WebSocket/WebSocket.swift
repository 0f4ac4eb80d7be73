package import NIOCore
import NIOWebSocket
import Synchronization

/// Serves one WebSocket. The socket closes when it returns.
///
/// Runs on the connection's event loop, and is cancelled when the socket closes. The client's presence is that of the
/// exchange.
package typealias WebSocketHandler = @Sendable (Exchange, WebSocket) async -> Void

/// The server's end of a WebSocket, as its handler sees it. May be used from any task.
///
/// Both directions are bounded: a client that sends more than is received is not read any more, and ``send(text:)``
/// waits for a client that does not read.
package final class WebSocket: Sendable {
    /// A whole message.
    package enum Message: Sendable, Equatable {
        /// Valid UTF-8.
        case text([UInt8])
        case binary([UInt8])

        /// How many bytes it has.
        var count: Int {
            switch self {
            case .text(let bytes), .binary(let bytes): bytes.count
            }
        }
    }

    /// The socket takes no more messages: one side has closed it, or the connection has gone.
    package struct Closed: Error, Sendable {
        package init() {}
    }

    let state: Mutex<State>
    private let loop: any EventLoop

    init(_ limits: WebSocketLimits, on loop: any EventLoop) {
        self.loop = loop
        state = Mutex(State(limits: limits))
    }

    // MARK: Receiving

    /// The next message of the client; `nil` when there is none any more, or the task is cancelled.
    ///
    /// The end comes when either side has closed, when the connection has gone, and when the server drains: a handler that
    /// waits here, or comes back to wait, has no turn under way, and the socket is closed with 1001. So it is to be called
    /// when everything before has been answered, and by one task at a time. Messages that are not received by then are
    /// dropped.
    package func receive() async -> Message? {
        let (ready, hop) = state.withLock { $0.take() }
        perform(hop)
        if let ready { return ready }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (ready, hop) = state.withLock { state in
                    Task.isCancelled ? (.some(.none), .nothing) : state.take(or: continuation)
                }
                perform(hop)
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            state.withLock { $0.takeReceiver() }?.resume(returning: nil)
        }
    }

    // MARK: Sending

    /// Sends a text as one message.
    ///
    /// What is sent before the last write has gone out shares the next one. Returns when there is room for more; the
    /// message is on its way even if the task is cancelled meanwhile.
    ///
    /// - Parameter text: Valid UTF-8.
    /// - Throws: ``Closed``, or `CancellationError`.
    package func send(text: [UInt8]) async throws {
        try await send { outbox in
            text.withUnsafeBytes { FrameWriter.write($0, as: .text, to: &outbox) }
        }
    }

    /// Sends a text as one message, as above.
    package func send(text: ByteBuffer) async throws {
        try await send { outbox in
            text.withUnsafeReadableBytes { FrameWriter.write($0, as: .text, to: &outbox) }
        }
    }

    private func send(_ write: (inout ByteBuffer) -> Void) async throws {
        let (isFull, hop) = try state.withLock { state in
            guard state.phase == .open else { throw Closed() }
            write(&state.outbox)
            defer { state.isFlushAsked = true }
            return (state.isFull, state.isFlushAsked ? Hop.nothing : .flush(state.connection))
        }
        perform(hop)
        guard isFull else { return try Task.checkCancellation() }
        try await waitForRoom()
    }

    private func waitForRoom() async throws {
        let id = state.withLock { $0.nextID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.phase != .open { return .failure(Closed()) }
                    if !state.isFull { return .success(()) }
                    state.senders[id] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.senders.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    // MARK: The end

    /// Closes the socket behind the messages that were sent, and returns when the connection has ended, or the task is
    /// cancelled: some seconds later at most, once the client has read them. Without effect on a socket that is closed or
    /// closing, for which it waits too.
    ///
    /// - Parameters:
    ///   - code: Why.
    ///   - reason: Why, in at most 123 bytes of UTF-8; what is more is cut off.
    package func close(code: CloseCode = .normal, reason: String = "") async {
        perform(state.withLock { $0.close(code, reason) })
        let id = state.withLock { $0.nextID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.phase == .ended || Task.isCancelled { return true }
                    state.closers[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.closers.removeValue(forKey: id) }?.resume()
        }
    }

    /// Whether the server wants to end. The turn under way may come to its end; ``receive()`` returns `nil` then.
    package var isDraining: Bool {
        state.withLock { $0.isDraining }
    }

    // MARK: The connection

    /// What is to be done on the event loop.
    enum Hop {
        case nothing
        case flush(NIOLoopBound<WebSocketConnection>?)
        case readOn(NIOLoopBound<WebSocketConnection>?)
        case close(NIOLoopBound<WebSocketConnection>?, CloseCode, String)
    }

    /// Always later, so that what a handler does in one go is written in one go.
    func perform(_ hop: Hop) {
        switch hop {
        case .nothing: break
        case .flush(let connection): loop.execute { connection?.value.flush() }
        case .readOn(let connection): loop.execute { connection?.value.readOn() }
        case .close(let connection, let code, let reason):
            loop.execute { connection?.value.close(code, reason) }
        }
    }
}
