import AgentRuns
import Synchronization

/// Knows the reads that are going on, so that the database is closed when none is.
final class ReadGate: Sendable {
    private struct State {
        var reads = 0
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Begins a read, unless the gate is closed.
    func enter() throws(StoreError) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.reads += 1 }
            return state.isClosed
        }
        if isClosed { throw StoreError(.unavailable, "the store is closed") }
    }

    /// Ends a read.
    func leave() {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.reads -= 1
            guard state.reads == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Lets no more in and returns when the last one has left.
    func close() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                state.isClosed = true
                if state.reads > 0 { state.waiting.append(continuation) }
                return state.reads == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
