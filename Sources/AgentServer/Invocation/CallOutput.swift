package import AgentRuns
package import MLflowTracing

/// Where the output of a call is brought into its answer's form: gathered, or framed.
package protocol CallOutput: OutputSink {
    /// Whether nothing is taken of the agent any more: the call has ended, or its client has gone.
    var isOver: Bool { get }

    /// Takes the end of the call; only the first one counts. Nothing is taken of the agent any more.
    func conclude(_ end: CallEnd, at time: RunTime) -> CallConclusion

    /// Shows the end to the client, after what had to be stored was stored.
    ///
    /// - Parameters:
    ///   - failure: Why it could not be.
    ///   - report: Learns what came of the call, before the client does.
    func complete(_ failure: AgentError?, report: (CallReport) -> Void)
}

/// What came of a call.
package struct CallReport: Sendable {
    /// The end that counted: what an output takes for the end is not always what it is given.
    package var end: CallEnd
    /// What it failed with.
    package var failure: AgentError?
    /// What its trace shows as its outputs.
    package var tracedOutputs: Trace.Content
    /// The form of the messages in there.
    package var messageFormat: String?
    /// About how many bytes they have.
    package var size: Int
    /// Whether something that the agent wrote was refused.
    package var isOutputRefused: Bool

    init(_ call: any DialectCall, end: CallEnd, size: Int, isOutputRefused: Bool) {
        self.end = end
        self.size = size
        self.isOutputRefused = isOutputRefused
        failure = call.failure
        tracedOutputs = call.tracedOutputs
        messageFormat = call.messageFormat
    }
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
