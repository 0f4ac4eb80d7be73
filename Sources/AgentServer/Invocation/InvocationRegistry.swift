import Synchronization

/// All invocations that run, with their deadlines: one sweep a second serves them all, so that an invocation costs
/// no timer of its own.
package final class InvocationRegistry: Sendable {
    private struct State {
        var active: [UInt64: ActiveInvocation] = [:]
        var next: UInt64 = 0
        /// Places kept for requests that are still being read.
        var reserved = 0
        var isStopping = false
        /// When the grace of a drain is over.
        var drainDeadline: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let keepAliveInterval: Duration
    private let limit: Int

    /// - Parameters:
    ///   - limit: How many invocations there may be at the same time.
    ///   - keepAliveInterval: How long a stream may be quiet before a comment is sent.
    package init(limit: Int, keepAliveInterval: Duration) {
        self.limit = limit
        self.keepAliveInterval = keepAliveInterval
    }

    /// How many invocations run.
    package var count: Int { state.withLock { $0.active.count } }

    /// Keeps a place for an invocation, before its request is read. Whether there was one.
    ///
    /// To be followed by ``add(_:)`` or ``giveUp()``.
    package func reserve() -> Bool {
        state.withLock { state in
            guard state.active.count + state.reserved < limit else { return false }
            state.reserved += 1
            return true
        }
    }

    /// Gives a kept place up: there will be no invocation.
    package func giveUp() {
        state.withLock { $0.reserved -= 1 }
    }

    /// Adds an invocation at its kept place and returns the key to remove it by.
    package func add(_ invocation: ActiveInvocation) -> UInt64 {
        let (key, isStopping) = state.withLock { state in
            state.reserved -= 1
            state.next += 1
            state.active[state.next] = invocation
            return (state.next, state.isStopping)
        }
        if isStopping { invocation.stop(.shutdown) }
        return key
    }

    /// Removes an invocation whose agent has ended.
    package func remove(_ key: UInt64) {
        state.withLock { state in _ = state.active.removeValue(forKey: key) }
    }

    /// Lets invocations go on for a while, and stops those that are left then.
    package func drain(until deadline: ContinuousClock.Instant) {
        state.withLock { $0.drainDeadline = deadline }
    }

    /// Stops what is overdue, keeps quiet streams alive.
    package func sweep(now: ContinuousClock.Instant) {
        if let deadline = state.withLock({ $0.drainDeadline }), now >= deadline { stopAll() }
        for invocation in state.withLock({ Array($0.active.values) }) {
            if now >= invocation.deadline {
                invocation.stop(.timedOut(limit: invocation.limit))
            } else {
                invocation.frames?.keepAlive(after: keepAliveInterval, now: now)
            }
        }
    }

    /// Stops all invocations, and every later one at once.
    package func stopAll() {
        let active = state.withLock { state in
            state.isStopping = true
            return Array(state.active.values)
        }
        for invocation in active { invocation.stop(.shutdown) }
    }

    /// Waits until the ends of all that was stopped are stored. Agents that do not listen are not waited for.
    package func waitForEndings() async {
        for invocation in state.withLock({ Array($0.active.values) }) { await invocation.waitForEnding() }
    }

    /// Sweeps every second until its task is cancelled; then stops what still runs. It goes on during a drain, so that
    /// deadlines hold and streams stay alive.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            sweep(now: .now)
        }
        stopAll()
    }
}
