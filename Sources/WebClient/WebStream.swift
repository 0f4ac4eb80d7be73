import DequeModule
package import NIOCore
package import NIOHTTP1
import Synchronization

/// An answer whose body is read while it comes. One reader at a time.
///
/// What nobody reads is read from the connection only up to a bound. Whoever does not read to the end calls ``cancel()``.
package final class WebStream: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    private let body: StreamedBody

    init(_ head: HTTPResponseHead, body: StreamedBody) {
        status = Int(head.status.code)
        headers = head.headers
        self.body = body
    }

    deinit { body.release() }

    /// The next bytes of the body, as they came; `nil` at its end.
    ///
    /// - Throws: ``WebFailure`` of the kind `closed` where the answer broke off, `timeout` where nothing came for too long,
    ///   `cancelled` where the task is cancelled.
    package func next() async throws(WebFailure) -> ByteBuffer? { try await body.next() }

    /// Reads the body to its end.
    ///
    /// - Parameter limit: Bytes that are kept; the rest is not waited for.
    package func rest(limit: Int) async throws(WebFailure) -> ByteBuffer {
        var bytes = ByteBuffer()
        while bytes.readableBytes < limit, var piece = try await next() { bytes.writeBuffer(&piece) }
        cancel()
        return bytes.getSlice(at: bytes.readerIndex, length: min(limit, bytes.readableBytes)) ?? bytes
    }

    /// Changes how long nothing may come before the end of the body, from now on.
    ///
    /// - Parameter end: When all of it is over; `nil` where that stays as it is.
    package func setPause(_ pause: Duration, until end: NIODeadline? = nil) {
        body.setPause(TimeAmount(web: pause), until: end)
    }

    /// Wants no more of it, but waits for its end for a moment, without holding up anybody: then the connection can be used
    /// again.
    package func leave() { body.leave() }

    /// Wants no more of it: the connection is closed, where the answer is not whole.
    package func cancel() { body.cancel() }
}

/// The body of an answer on its way from the event loop to its reader.
final class StreamedBody: Sendable {
    private struct State {
        var pieces: Deque<ByteBuffer> = []
        var bytes = 0
        var isPaused = false
        /// Whether what comes is thrown away.
        var isLeft = false
        var end: Result<Void, WebFailure>?
        var reader: Reader?

        /// What can be had without waiting, and whether reading from the connection is to go on.
        mutating func take() -> (ready: Result<ByteBuffer?, WebFailure>?, goesOn: Bool) {
            guard let piece = pieces.popFirst() else { return (end.map { $0.map { nil } }, false) }
            bytes -= piece.readableBytes
            let goesOn = isPaused && bytes < StreamedBody.lowMark
            if goesOn { isPaused = false }
            return (.success(piece), goesOn)
        }
    }

    private typealias Reader = CheckedContinuation<Result<ByteBuffer?, WebFailure>, Never>

    /// Bytes that wait for the reader, from which on no more are read.
    private static let highMark = 256 * 1024
    /// Bytes below which reading goes on.
    private static let lowMark = 64 * 1024

    private let state = Mutex(State())
    private let control: WebControl

    /// - Parameter control: What the exchange is held by.
    init(_ control: WebControl) {
        self.control = control
    }

    /// Whether more may be read from the connection; the event loop asks when it gets to it, for the wish may have changed.
    private var wantsMore: Bool { state.withLock { !$0.isPaused } }

    // MARK: The reader

    func next() async throws(WebFailure) -> ByteBuffer? {
        // What has come already is there without waiting.
        let (ready, goesOn) = state.withLock { $0.take() }
        if goesOn { control.setReading { [weak self] in self?.wantsMore ?? true } }
        if let ready { return try ready.get() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (ready, goesOn) = state.withLock { state -> (Result<ByteBuffer?, WebFailure>?, Bool) in
                    let (ready, goesOn) = state.take()
                    if ready != nil { return (ready, goesOn) }
                    if Task.isCancelled { return (.failure(WebFailure(.cancelled, "cancelled")), false) }
                    state.reader = continuation
                    return (nil, false)
                }
                if goesOn { control.setReading { [weak self] in self?.wantsMore ?? true } }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }

    func setPause(_ pause: TimeAmount, until end: NIODeadline?) { control.setPause(pause, until: end) }

    func leave() {
        let isOver = state.withLock { state in
            state.isLeft = true
            return state.end != nil
        }
        if !isOver { control.finish(within: .seconds(1)) }
    }

    /// Nobody is there to read any more.
    func release() {
        if !state.withLock({ $0.isLeft }) { cancel() }
    }

    func cancel() {
        end(.failure(WebFailure(.cancelled, "cancelled")))
        control.cancel()
    }

    // MARK: The event loop

    /// Takes bytes.
    func push(_ piece: ByteBuffer) {
        let (reader, pauses) = state.withLock { state -> (Reader?, Bool) in
            guard state.end == nil, !state.isLeft else { return (nil, false) }
            if let reader = state.reader {
                state.reader = nil
                return (reader, false)
            }
            state.pieces.append(piece)
            state.bytes += piece.readableBytes
            let pauses = !state.isPaused && state.bytes >= Self.highMark
            if pauses { state.isPaused = true }
            return (nil, pauses)
        }
        reader?.resume(returning: .success(piece))
        if pauses { control.setReading { [weak self] in self?.wantsMore ?? true } }
    }

    /// There will be no more. What has come is still read.
    func end(_ result: Result<Void, WebFailure>) {
        let reader = state.withLock { state -> Reader? in
            guard state.end == nil else { return nil }
            state.end = result
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: result.map { nil })
    }
}

/// Hands the parts of one answer to a ``WebStream``.
final class StreamedAnswer: WebReceiver {
    private let body: StreamedBody
    /// Until there is a head: what it is fulfilled with would stay as long as it does.
    private var result: EventLoopPromise<WebStream>?

    init(_ body: StreamedBody, result: EventLoopPromise<WebStream>) {
        self.body = body
        self.result = result
    }

    func receive(_ part: HTTPClientResponsePart) {
        switch part {
        case .head(let head):
            result?.succeed(WebStream(head, body: body))
            result = nil
        case .body(let piece): body.push(piece)
        case .end: break
        }
    }

    func finish() { body.end(.success(())) }

    func fail(_ failure: WebFailure) {
        result?.fail(failure)
        result = nil
        body.end(.failure(failure))
    }
}
