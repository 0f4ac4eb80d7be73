import Synchronization

/// The client at the other end of a connection, as an invocation sees it: it may go away.
package final class ClientPresence: Sendable {
    private struct State {
        var isGone = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Runs tasks on the connection's event loop; `nil` where there is no connection.
    package let executor: (any TaskExecutor)?

    package init(executor: (any TaskExecutor)? = nil) {
        self.executor = executor
    }

    /// Does something when the client goes away, at once if it has gone. Takes the place of an earlier action: a
    /// connection answers one request at a time.
    package func whenGone(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if !state.isGone { state.action = action }
            return state.isGone
        }
        if isGone { action() }
    }

    /// Forgets the action: the request is answered.
    package func forget() {
        state.withLock { $0.action = nil }
    }

    /// The client has gone.
    package func leave() {
        let action = state.withLock { state in
            state.isGone = true
            defer { state.action = nil }
            return state.action
        }
        action?()
    }
}
