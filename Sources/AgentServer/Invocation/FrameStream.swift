package import AgentRuns
package import CoreMetrics
package import NIOCore
import Synchronization
import WebClient

/// The frames of one stream, between the agent that writes them and the connection that sends them.
///
/// Frames that are queued when the reader gets to run go out as **one** buffer: an idle stream loses no time, a busy one batches
/// by itself.
/// The queue is bounded: above its mark the agent waits. A frame is never split.
package final class FrameStream: FrameSource {
    private struct State {
        var call: any DialectCall
        var bytes: [UInt8] = []
        /// Bytes of all frames so far.
        var size = 0
        /// The agent is done; the end may still have to be stored.
        var isConcluded = false
        var end = CallEnd.finished
        var isFinished = false
        /// Nobody reads any more.
        var isAbandoned = false
        /// The agent had more to say when nobody read any more.
        var wasRefused = false
        var failure: AgentError?
        /// Whether anything was written since the last look at the clock; saves a look at every write.
        var wroteSinceLook = false
        var lastWrite: ContinuousClock.Instant
        var reader: CheckedContinuation<Void, Never>?
        var writers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var nextWriter: UInt64 = 0

        var supply: FrameSupply { !bytes.isEmpty ? .ready : isFinished || isAbandoned ? .ended : .awaited }
    }

    /// Bytes above which writers wait.
    private let mark: Int
    private let limit: Int
    private let keepAliveFrame: [UInt8]
    private let events: Counter?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - call: What the frames are for.
    ///   - limit: How many bytes they may be in all: the dialect keeps what a response is reduced from.
    ///   - mark: Bytes above which writers wait.
    ///   - events: Counts what agents write.
    ///   - now: The time.
    package init(
        call: any DialectCall, limit: Int = .max, mark: Int = 256 * 1024, events: Counter? = nil,
        now: ContinuousClock.Instant = .now
    ) {
        self.events = events
        self.mark = mark
        self.limit = limit
        keepAliveFrame = call.keepAlive
        var state = State(call: call, lastWrite: now)
        state.call.begin(to: &state.bytes)
        self.state = Mutex(state)
    }

    /// How many writers wait for room, and whether a reader waits for frames.
    package var waiting: (writers: Int, reader: Bool) {
        state.withLock { ($0.writers.count, $0.reader != nil) }
    }

    // MARK: Reading

    /// All that is queued, as soon as there is anything; `nil` at the end.
    ///
    /// One reader at a time. A cancelled reader abandons the stream.
    package func next() async -> ByteBuffer? {
        if Task.isCancelled { abandon() }
        while true {
            switch take() {
            case .ready(let buffer): return buffer
            case .ended: return nil
            case .awaited: await waitForFrames()
            }
        }
    }

    package var supply: FrameSupply { state.withLock { $0.supply } }

    private enum Taken {
        case awaited
        case ready(ByteBuffer)
        case ended
    }

    private func take() -> Taken {
        let (taken, writers) = state.withLock { state -> (Taken, [CheckedContinuation<Void, any Error>]) in
            switch state.supply {
            case .awaited: return (.awaited, [])
            case .ended: return (.ended, [])
            case .ready:
                defer { if !state.writers.isEmpty { state.writers.removeAll() } }
                return (.ready(Self.take(&state)), Array(state.writers.values))
            }
        }
        for writer in writers { writer.resume() }
        return taken
    }

    private func waitForFrames() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard case .awaited = state.supply else { return false }
                    state.reader = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            abandon()
        }
    }

    /// Ends the stream because nobody reads any more: writers get `CancellationError`, what is queued is dropped.
    package func abandon() {
        let (reader, writers) = state.withLock { state in
            state.isAbandoned = true
            state.bytes = []
            defer {
                state.reader = nil
                state.writers.removeAll()
            }
            return (state.reader, Array(state.writers.values))
        }
        reader?.resume()
        for writer in writers { writer.resume(throwing: CancellationError()) }
    }

    // MARK: Writing

    /// Writes a comment where nothing was written for `interval`, so that nothing on the way takes the connection
    /// for dead.
    package func keepAlive(after interval: Duration, now: ContinuousClock.Instant) {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.wroteSinceLook {
                state.wroteSinceLook = false
                state.lastWrite = now
            }
            // What is still queued keeps the connection busy enough.
            guard !keepAliveFrame.isEmpty, !state.isFinished, !state.isAbandoned, state.bytes.isEmpty,
                now - state.lastWrite >= interval
            else { return nil }
            state.lastWrite = now
            state.bytes += keepAliveFrame
            return state.reader.take()
        }
        reader?.resume()
    }

    private static func take(_ state: inout State) -> ByteBuffer {
        let buffer = ByteBuffer(bytes: state.bytes)
        state.bytes.removeAll(keepingCapacity: state.bytes.capacity <= 16 * 1024)
        return buffer
    }
}

extension FrameStream: CallOutput {
    package var isOver: Bool { state.withLock { $0.isConcluded || $0.isAbandoned } }

    package func conclude(_ end: CallEnd, at time: RunTime) -> CallConclusion {
        let (conclusion, writers) = state.withLock { state in
            guard !state.isConcluded else { return (CallConclusion.isOver, [CheckedContinuation<Void, any Error>]()) }
            state.isConcluded = true
            var end = end
            // An agent may catch the error of an event that was refused and go on; its stream failed all the same, as
            // in the original.
            if case .finished = end, let failure = state.failure { end = .failed(failure) }
            if case .finished = end, state.wasRefused { end = .stopped(.clientGone) }
            state.end = end
            defer { state.writers.removeAll() }
            let run = state.call.conclude(end, at: time)
            return (run.map { .store($0) } ?? .ready, Array(state.writers.values))
        }
        for writer in writers { writer.resume(throwing: CancellationError()) }
        return conclusion
    }

    package func complete(_ failure: AgentError?, report: (CallReport) -> Void) {
        let (reader, outcome) = state.withLock { state -> (CheckedContinuation<Void, Never>?, CallReport?) in
            guard !state.isFinished else { return (nil, nil) }
            state.isFinished = true
            if let failure { state.call.storingFailed(failure) }
            state.call.end(to: &state.bytes)
            let report = CallReport(
                state.call, end: state.end, size: state.size, isOutputRefused: state.failure != nil)
            guard !state.isAbandoned else {
                state.bytes = []
                return (nil, report)
            }
            return (state.reader.take(), report)
        }
        if let outcome { report(outcome) }
        reader?.resume()
    }

    /// Ends the stream when there is nothing to store; for tests.
    package func finish(_ end: CallEnd = .finished) {
        if case .isOver = conclude(end, at: RunTime(milliseconds: 0)) { return }
        complete(nil) { _ in }
    }

    package func enqueue(_ output: AgentOutput) throws {
        let reader = try state.withLock { state -> CheckedContinuation<Void, Never>? in
            if let failure = state.failure { throw failure }
            if state.isConcluded || state.isAbandoned {
                state.wasRefused = true
                throw CancellationError()
            }
            let start = state.bytes.count
            do {
                try state.call.frame(output, to: &state.bytes)
                let written = state.bytes.count - start
                // What makes no frame now is kept for a later one.
                state.size += written > 0 ? written : output.approximateSize
                guard state.size <= limit else {
                    throw AgentError("The agent's output is larger than \(limit) bytes")
                }
            } catch let error as AgentError {
                state.bytes.removeSubrange(start...)
                // An agent may catch this and go on; its stream is over all the same, as in the original.
                state.failure = error
                throw error
            }
            guard state.bytes.count > start else { return nil }
            events?.increment()
            state.wroteSinceLook = true
            return state.reader.take()
        }
        reader?.resume()
    }

    package func waitForRoom(until deadline: ContinuousClock.Instant?) async throws {
        let mark = mark
        // The common case takes no continuation.
        let isFull = try state.withLock { state in
            if state.isAbandoned || state.isConcluded { throw CancellationError() }
            return state.bytes.count > mark
        }
        guard isFull else { return try Task.checkCancellation() }
        let id = state.withLock { state in
            state.nextWriter += 1
            return state.nextWriter
        }
        let alarm = deadline?.schedule { self.letGo(id) }
        defer { alarm?.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.isAbandoned || state.isConcluded || Task.isCancelled {
                        return .failure(CancellationError())
                    }
                    if state.bytes.count <= mark { return .success(()) }
                    if let deadline, deadline <= .now { return .failure(CancellationError()) }
                    state.writers[id] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            letGo(id)
        }
    }

    /// Has a writer wait no longer.
    private func letGo(_ writer: UInt64) {
        state.withLock { $0.writers.removeValue(forKey: writer) }?.resume(throwing: CancellationError())
    }
}
