import AgentServer
import Synchronization

/// Traces that a test looks at.
final class CollectedTraces: TraceSink {
    private let state = Mutex((traces: [FinishedTrace](), waiters: [CheckedContinuation<FinishedTrace, Never>]()))

    func take(_ trace: FinishedTrace) {
        var trace = trace
        trace.prepare()
        let waiter = state.withLock { state -> CheckedContinuation<FinishedTrace, Never>? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
            state.traces.append(trace)
            return nil
        }
        waiter?.resume(returning: trace)
    }

    /// How many are there that nobody has looked at.
    var count: Int { state.withLock { $0.traces.count } }

    /// The next one.
    func next() async -> FinishedTrace {
        await withCheckedContinuation { continuation in
            let trace = state.withLock { state -> FinishedTrace? in
                guard state.traces.isEmpty else { return state.traces.removeFirst() }
                state.waiters.append(continuation)
                return nil
            }
            if let trace { continuation.resume(returning: trace) }
        }
    }
}

extension FinishedTrace {
    /// The span of a name.
    func span(_ name: String) -> FinishedSpan? { spans.first { $0.name == name } }
}

extension FinishedSpan {
    var inputs: JSON? { attributes["mlflow.spanInputs"] }
    var outputs: JSON? { attributes["mlflow.spanOutputs"] }
}
