import DequeModule
import Synchronization

/// Traces that wait to be sent. It never makes anybody wait: when it is full, the oldest go.
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
        /// How many traces end the gathering of a batch; `nil` while none is gathered.
        var wanted: Int?

        var isOver: Bool { isFinished && traces.isEmpty }

        mutating func takeReader() -> CheckedContinuation<Void, Never>? {
            defer { reader = nil }
            return reader
        }
    }

    private let limits: Limits
    private let state = Mutex(State())
    /// Rings when enough is gathered.
    private let enough = Alarm()
    /// Rings when there is nothing left to come.
    private let end = Alarm()

    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// How many wait, and how many were dropped since the beginning.
    package var counts: (waiting: Int, dropped: Int) { state.withLock { ($0.traces.count, $0.dropped) } }

    /// Puts a trace into the queue.
    package func put(_ trace: FinishedTrace) {
        let (reader, isEnough) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            guard !state.isFinished else {
                state.dropped += 1
                return (nil, false)
            }
            state.traces.append(trace)
            state.bytes += trace.weight
            while state.traces.count > limits.count || state.bytes > limits.bytes && state.traces.count > 1 {
                state.bytes -= state.traces.removeFirst().weight
                state.dropped += 1
            }
            let isEnough = state.wanted != nil && self.isEnough(state)
            if isEnough { state.wanted = nil }
            return (state.takeReader(), isEnough)
        }
        reader?.resume()
        if isEnough { enough.ring() }
    }

    /// Puts traces back that were taken out last and could not be sent, a finished queue too: they are the oldest. Where
    /// there is no room for all of them, the first ones go.
    package func putBack(_ traces: some BidirectionalCollection<FinishedTrace>) {
        guard !traces.isEmpty else { return }
        let reader = state.withLock { state in
            var rest = traces[...]
            while let trace = rest.last,
                state.traces.count < limits.count,
                state.traces.isEmpty || state.bytes + trace.weight <= limits.bytes
            {
                state.traces.prepend(trace)
                state.bytes += trace.weight
                rest = rest.dropLast()
            }
            state.dropped += rest.count
            return state.takeReader()
        }
        reader?.resume()
    }

    /// Takes nothing more in; what waits can still be taken out.
    package func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            return state.takeReader()
        }
        reader?.resume()
        enough.ring()
        end.ring()
    }

    /// Waits for traces, gives further ones a while to come, and takes them out. One reader at a time.
    ///
    /// - Parameters:
    ///   - count: How many to take out at most.
    ///   - gathering: How long to wait for more after the first: until there are so many, or half of what may wait.
    /// - Returns: Nothing when the queue is finished and empty, or the task is cancelled.
    package func next(_ count: Int, gathering: Duration) async -> [FinishedTrace] {
        await waitForFirst()
        if gathering > .zero {
            state.withLock { $0.wanted = min(count, max(1, limits.count / 2)) }
            await enough.sleep(for: gathering) { state.withLock { $0.isFinished || isEnough($0) } }
            state.withLock { $0.wanted = nil }
        }
        guard !Task.isCancelled else { return [] }
        return takeOut(count)
    }

    /// Takes out all that waits, without waiting for it.
    package func takeAll() -> [FinishedTrace] { takeOut(.max) }

    /// Waits until the queue is finished and empty, or the task is cancelled.
    package func waitForEnd() async {
        while !Task.isCancelled, !state.withLock({ $0.isOver }) {
            await end.sleep(for: .seconds(3600)) { state.withLock { $0.isOver } }
        }
    }

    private func isEnough(_ state: State) -> Bool {
        state.wanted.map { state.traces.count >= $0 } ?? true || state.bytes >= limits.bytes / 2
    }

    private func takeOut(_ count: Int) -> [FinishedTrace] {
        let (batch, isOver) = state.withLock { state in
            let batch = Array(state.traces.prefix(count))
            state.traces.removeFirst(batch.count)
            state.bytes -= batch.reduce(0) { $0 + $1.weight }
            return (batch, state.isOver)
        }
        if isOver { end.ring() }
        return batch
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
            state.withLock { $0.takeReader() }?.resume()
        }
    }
}
