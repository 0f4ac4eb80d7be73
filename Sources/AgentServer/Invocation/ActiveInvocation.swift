import Synchronization

/// Why an invocation is ended from outside.
package enum InvocationStop: Sendable {
    /// The client has gone.
    case clientGone
    /// It takes longer than the server allows.
    case timedOut(limit: Duration)
    /// The server stops and its grace is over.
    case shutdown

    /// What a client that still listens reads.
    var message: String {
        switch self {
        case .clientGone: "The client has gone"
        case .timedOut(let limit): "The invocation took longer than \(limit.components.seconds) seconds"
        case .shutdown: "The server is stopping"
        }
    }

    /// What the call fails with.
    package var error: AgentError {
        switch self {
        case .clientGone: .server(message, status: 499, code: "client_gone")
        case .timedOut: .server(message, status: 504, code: "timeout")
        case .shutdown: .server(message, status: 503, code: "shutting_down")
        }
    }
}

/// One execution of the agent, from the outside: it can be stopped, and its stream kept alive.
package final class ActiveInvocation: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var stop = Stop.none
    }

    /// How far stopping it has come.
    private enum Stop {
        case none
        /// The end is being taken; who wants to know of it waits.
        case begun(waiting: [CheckedContinuation<Task<Void, Never>?, Never>])
        /// The end was taken; the task stores it, where it is to be stored.
        case done(Task<Void, Never>?)

        var isNone: Bool { if case .none = self { true } else { false } }
    }

    private let state = Mutex(State())
    private let onStop: @Sendable (InvocationStop) -> Ending
    package let deadline: ContinuousClock.Instant
    package let limit: Duration
    /// The stream's frames, where the call is streamed.
    package let frames: FrameStream?

    /// How an invocation takes it that it is stopped.
    package enum Ending: Sendable {
        /// It had ended before.
        case isOver
        /// The client has its answer.
        case answered
        /// The task stores the end, and answers then.
        case answering(Task<Void, Never>)
    }

    /// - Parameter onStop: Answers the client, or returns the task that does so. The agent may take its time to notice
    ///   that it was cancelled, or block for ever; the client does not wait for that.
    package init(
        deadline: ContinuousClock.Instant, limit: Duration, frames: FrameStream?,
        onStop: @escaping @Sendable (InvocationStop) -> Ending
    ) {
        self.deadline = deadline
        self.limit = limit
        self.frames = frames
        self.onStop = onStop
    }

    /// Hands over the agent's task; cancels it at once where the invocation was stopped before.
    package func attach(_ task: Task<Void, Never>) {
        let isStopped = state.withLock { state in
            state.task = task
            return !state.stop.isNone
        }
        if isStopped { task.cancel() }
    }

    /// Cancels the agent's task and answers the client. Only the first call counts.
    package func stop(_ reason: InvocationStop) {
        let (isFirst, task) = state.withLock { state in
            guard state.stop.isNone else { return (false, Task<Void, Never>?.none) }
            state.stop = .begun(waiting: [])
            return (true, state.task)
        }
        guard isFirst else { return }
        switch onStop(reason) {
        // What is left to do is to store the end.
        case .isOver: return finishStop(nil)
        case .answered: finishStop(nil)
        case .answering(let ending): finishStop(ending)
        }
        task?.cancel()
    }

    private func finishStop(_ ending: Task<Void, Never>?) {
        let waiting = state.withLock { state -> [CheckedContinuation<Task<Void, Never>?, Never>] in
            defer { state.stop = .done(ending) }
            if case .begun(let waiting) = state.stop { return waiting }
            return []
        }
        for continuation in waiting { continuation.resume(returning: ending) }
    }

    /// Waits until the end of an invocation is stored, if it was stopped.
    ///
    /// The agent may learn that its call is over before whoever stops it has said what is left to do.
    package func waitForEnding() async {
        let ending = await withCheckedContinuation { continuation in
            let ending: Task<Void, Never>?? = state.withLock { state in
                switch state.stop {
                case .none: return .some(nil)
                case .done(let ending): return ending
                case .begun(let waiting):
                    state.stop = .begun(waiting: waiting + [continuation])
                    return nil
                }
            }
            if let ending { continuation.resume(returning: ending) }
        }
        await ending?.value
    }
}
