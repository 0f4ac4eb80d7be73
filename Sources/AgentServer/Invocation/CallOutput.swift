package import AgentRuns

/// Where the output of a call is brought into its answer's form: gathered, or framed.
package protocol CallOutput: OutputSink {
    /// Whether nothing is taken of the agent any more: the call has ended, or its client has gone.
    var isOver: Bool { get }

    /// Takes the end of the call; only the first one counts. Nothing is taken of the agent any more.
    func conclude(_ end: CallEnd, at time: RunTime) -> CallConclusion

    /// Shows the end to the client, after what had to be stored was stored.
    ///
    /// - Parameter failure: Why it could not be.
    func complete(_ failure: AgentError?)
}

/// What is left to do when a call has ended.
package enum CallConclusion: Sendable {
    /// The call had ended before.
    case isOver
    /// The end can be shown.
    case ready
    /// The run is to be stored before the end is shown.
    case store(UnstoredRun)
}
