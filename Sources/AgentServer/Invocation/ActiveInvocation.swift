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
        /// Stores the end of an invocation that was stopped.
        var ending: Task<Void, Never>?
        var isStopped = false
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
            return state.isStopped
        }
        if isStopped { task.cancel() }
    }

    /// Cancels the agent's task and answers the client. Only the first call counts.
    package func stop(_ reason: InvocationStop) {
        let (isFirst, task) = state.withLock { state in
            defer { state.isStopped = true }
            return (!state.isStopped, state.task)
        }
        guard isFirst else { return }
        switch onStop(reason) {
        // What is left to do is to store the end.
        case .isOver: return
        case .answered: break
        case .answering(let task): state.withLock { $0.ending = task }
        }
        task?.cancel()
    }

    /// Waits until the end of a stopped invocation is stored.
    package func waitForEnding() async {
        await state.withLock { $0.ending }?.value
    }
}
