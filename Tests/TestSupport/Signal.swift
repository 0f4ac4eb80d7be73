import Synchronization

/// Something that happens once and can be awaited, so that a test need not sleep.
package final class Signal: Sendable {
    private struct State {
        var isSet = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func set() {
        let waiting = state.withLock { state in
            state.isSet = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    package func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiting.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }
}

/// Waits until the task is cancelled, and says so.
package func waitForCancellation(telling signal: Signal? = nil) async throws {
    let (never, continuation) = AsyncStream.makeStream(of: Void.self)
    // Ends with the task alone, for nobody finishes it.
    for await _ in never {}
    withExtendedLifetime(continuation) {}
    signal?.set()
    throw CancellationError()
}

/// A number that several tasks add to.
package final class Counter: Sendable {
    private let sum = Atomic(0)

    package init() {}

    package var value: Int { sum.load(ordering: .relaxed) }

    package func add(_ number: Int) {
        sum.add(number, ordering: .relaxed)
    }
}

/// Waits until something is so. Not on the caller's executor: an event loop has to go on.
package func becomesTrue(_ condition: @Sendable () -> Bool) async {
    await withTaskExecutorPreference(globalConcurrentExecutor) {
        while !condition() { await Task.yield() }
    }
}
