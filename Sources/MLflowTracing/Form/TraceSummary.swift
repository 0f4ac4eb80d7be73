import AgentJSON

/// What is known of a trace as a whole, as lists show it.
package struct TraceSummary: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case ok = "OK"
        case failed = "ERROR"
        case running = "IN_PROGRESS"
    }

    package var name: String
    package var state: State
    /// Milliseconds since 1970, rounded down.
    package var requestTime: UInt64
    /// Milliseconds, rounded down.
    package var duration: UInt64
    /// The texts of the root's inputs and outputs; `nil` where there are none.
    package var inputs: String?
    package var outputs: String?
    package var requestPreview: String?
    package var responsePreview: String?
    package var usage: TokenUsage?

    /// - Parameters:
    ///   - trace: A trace that is prepared.
    ///   - root: Its root.
    ///   - texts: The texts of the root's inputs and outputs where they are at hand.
    package init(
        _ trace: FinishedTrace, root: FinishedSpan, texts known: (inputs: String?, outputs: String?) = (nil, nil)
    ) {
        name = root.name
        state = root.failure == nil ? .ok : .failed
        requestTime = root.start / 1_000_000
        duration = (root.end - root.start) / 1_000_000
        let (inputs, outputs) = (root.attributes[SpanKey.inputs], root.attributes[SpanKey.outputs])
        let texts = (known.inputs ?? inputs.map(SafeValue.text), known.outputs ?? outputs.map(SafeValue.text))
        (self.inputs, self.outputs) = texts
        let annotations = trace.annotations
        requestPreview =
            annotations.requestPreview.map { $0.cut(to: Preview.limit) }
            ?? inputs.flatMap { inputs in texts.0.map { Preview.make(of: inputs, text: $0, role: "user") } }
        responsePreview =
            annotations.responsePreview.map { $0.cut(to: Preview.limit) }
            ?? outputs.flatMap { outputs in texts.1.map { Preview.make(of: outputs, text: $0, role: "assistant") } }
        usage = trace.usage
    }
}
