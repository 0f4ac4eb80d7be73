import Synchronization

/// The traces that the server keeps to be looked at: in memory while they go on, and a moment longer; then in a store.
///
/// A request leaves its trace here and goes on, which costs it a quarter of a microsecond; five are spent on it later.
/// ``run()`` gathers what is left, makes of it what is kept, and writes it in batches. Where the store is too slow for that,
/// the oldest that wait are dropped and counted.
package final class KeptTraces: TraceSink {
    /// Bounds.
    package struct Limits: Sendable {
        /// How many traces may wait to be written.
        package var waitingCount = 4096
        /// About how many bytes they may have together.
        package var waitingBytes = 64 << 20
        /// How many are written at once.
        package var batchCount = 256
        /// How many bytes are written at once.
        package var batchBytes = 4 << 20
        /// How long it is waited for more before a write.
        package var gatheringTime: Duration = .milliseconds(200)
        /// How many that go on can be looked at.
        package var running = 50_000

        package init() {}
    }

    /// What the log shall know.
    package enum Report: Sendable {
        /// There was no room for so many.
        case dropped(Int)
        /// So many could not be written.
        case failed(Int, any Error)
    }

    let store: any TraceStore
    private let tell: @Sendable (Report) -> Void
    private let state: Mutex<State>

    private struct State {
        var buffer: TraceBuffer
        /// The writer, where it sleeps until something comes.
        var sleeper: CheckedContinuation<Void, Never>?
        /// The writer's pause before a write.
        var pause: Task<Void, Never>?
    }

    /// - Parameters:
    ///   - store: Where traces are kept.
    ///   - limits: Bounds.
    ///   - report: Called with what the log shall know.
    package init(
        in store: any TraceStore, limits: Limits = Limits(), report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        self.store = store
        tell = report
        state = Mutex(State(buffer: TraceBuffer(limits: limits)))
    }

    // MARK: Within requests

    package func began(_ trace: Trace) {
        state.withLock { $0.buffer.begin(trace) }
    }

    package func take(_ trace: FinishedTrace) {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
            let wakesWriter = state.buffer.add(trace)
            if state.pause != nil, state.buffer.isBatchFull { state.pause?.cancel() }
            return wakesWriter ? state.sleeper.take() : nil
        }
        sleeper?.resume()
    }

    /// How many were dropped so far, those among them that could not be written.
    package var droppedCount: Int { state.withLock { $0.buffer.dropped } }

    /// What became of all traces so far, as an exporter tells it.
    package var report: TraceReport {
        state.withLock { state in
            let buffer = state.buffer
            return TraceReport(
                name: "store", waiting: buffer.waitingCount, sent: buffer.written, failed: buffer.failed,
                dropped: buffer.dropped - buffer.failed
            )
        }
    }

    // MARK: Writing

    /// Writes what comes, until ``finish()``, and then what is left.
    package func run() async {
        await withTaskCancellationHandler {
            while true {
                switch state.withLock({ $0.buffer.next() }) {
                case .write(let batch, let dropped):
                    if dropped > 0 { tell(.dropped(dropped)) }
                    await write(batch)
                case .sleep:
                    await sleep()
                    await gather()
                case .end: return
                }
            }
        } onCancel: {
            finish()
        }
    }

    /// Takes nothing more in; ``run()`` ends when what waits is written.
    package func finish() {
        let sleeper = state.withLock { state in
            state.buffer.finish()
            state.pause?.cancel()
            return state.sleeper.take()
        }
        sleeper?.resume()
    }

    private func sleep() async {
        await withCheckedContinuation { continuation in
            let isAwake = state.withLock { state in
                // Something may have come since the queue was asked.
                guard state.buffer.waitingCount == 0, !state.buffer.isFinishing else { return true }
                state.sleeper = continuation
                return false
            }
            if isAwake { continuation.resume() }
        }
    }

    /// Waits a while for more, so that many share a write.
    private func gather() async {
        let pause = state.withLock { state -> Task<Void, Never>? in
            guard !state.buffer.isFinishing, !state.buffer.isBatchFull else { return nil }
            let time = state.buffer.limits.gatheringTime
            let pause = Task { _ = try? await Task.sleep(for: time) }
            state.pause = pause
            return pause
        }
        await pause?.value
        state.withLock { $0.pause = nil }
    }

    private func write(_ traces: [FinishedTrace]) async {
        let limits = state.withLock { $0.buffer.limits }
        var batch: [KeptTrace] = []
        var bytes = 0
        for trace in traces {
            guard let kept = KeptTrace(trace) else { continue }
            batch.append(kept)
            bytes += kept.body.count
            if batch.count >= limits.batchCount || bytes >= limits.batchBytes {
                await insert(batch)
                batch = []
                bytes = 0
            }
        }
        if !batch.isEmpty { await insert(batch) }
    }

    private func insert(_ batch: [KeptTrace]) async {
        do {
            try await store.insert(batch)
            state.withLock { $0.buffer.keep(batch.count) }
        } catch {
            state.withLock { $0.buffer.lose(batch.count) }
            tell(.failed(batch.count, error))
        }
    }

    // MARK: For those who look

    /// What is in memory only: those that go on, and those that are over and not yet written.
    var inMemory: (running: [Trace], unwritten: [FinishedTrace]) {
        state.withLock { (Array($0.buffer.running.values), $0.buffer.unwritten) }
    }

    /// What is in memory of the traces that a reference may mean.
    func inMemory(_ reference: TraceReference) -> (running: [Trace], unwritten: [FinishedTrace]) {
        state.withLock { state in
            let buffer = state.buffer
            let unwritten = buffer.unwritten.filter { reference.mayMean($0.id, root: $0.root?.id) }
            // Most are found at once: those of the server's own by their ids, others by their roots.
            if let running = buffer.running[reference] { return ([running], unwritten) }
            return (buffer.running.values.filter { reference.mayMean($0.id, root: $0.rootID) }, unwritten)
        }
    }

    /// Forgets a trace that nobody has ended here.
    func forget(_ trace: TraceReference) {
        state.withLock { $0.buffer.forget(trace) }
    }
}
