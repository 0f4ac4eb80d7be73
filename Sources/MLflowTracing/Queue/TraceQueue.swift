import DequeModule
import Synchronization

/// Traces that wait to be sent or stored. It never makes anybody wait: when it is full, the oldest go.
package final class TraceQueue: Sendable {
    /// Bounds of a queue.
    package struct Limits: Sendable {
        /// Traces that may wait.
        package var count = 10_000
        /// About how many bytes they may have.
        package var bytes = 64 << 20

        package init(count: Int = 10_000, bytes: Int = 64 << 20) {
            self.count = count
            self.bytes = bytes
        }
    }

    private struct State {
        var traces: Deque<FinishedTrace> = []
        var bytes = 0
        var dropped = 0
        var isFinished = false
        /// Whoever waits for the first trace.
        var reader: CheckedContinuation<Void, Never>?
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// How many wait, and how many were dropped since the beginning.
    package var counts: (waiting: Int, dropped: Int) { state.withLock { ($0.traces.count, $0.dropped) } }

    /// Puts a trace into the queue.
    package func put(_ trace: FinishedTrace) {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.isFinished else {
                state.dropped += 1
                return nil
            }
            state.traces.append(trace)
            state.bytes += trace.weight
            while state.traces.count > limits.count || state.bytes > limits.bytes && state.traces.count > 1 {
                state.bytes -= state.traces.removeFirst().weight
                state.dropped += 1
            }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Takes nothing more in; what waits can still be taken out.
    package func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Waits for traces, gives further ones a while to come, and takes them out. One reader at a time.
    ///
    /// - Parameters:
    ///   - count: How many to take out at most.
    ///   - gathering: How long to wait for more after the first.
    /// - Returns: Nothing when the queue is finished and empty, or the task is cancelled.
    package func next(_ count: Int, gathering: Duration) async -> [FinishedTrace] {
        await waitForFirst()
        if state.withLock({ !$0.isFinished && $0.traces.count < count }) { try? await Task.sleep(for: gathering) }
        guard !Task.isCancelled else { return [] }
        return state.withLock { state in
            let batch = Array(state.traces.prefix(count))
            state.traces.removeFirst(batch.count)
            state.bytes -= batch.reduce(0) { $0 + $1.weight }
            return batch
        }
    }

    private func waitForFirst() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.traces.isEmpty, !state.isFinished, !Task.isCancelled else { return true }
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume()
        }
    }
}
