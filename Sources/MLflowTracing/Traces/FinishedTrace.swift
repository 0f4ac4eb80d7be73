package import AgentJSON

/// A trace that is over.
public struct FinishedTrace: Sendable {
    /// Its id.
    public var id: TraceID
    /// The root first, then in the order of their starts.
    public var spans: [FinishedSpan]
    /// What the agent said of it.
    public var annotations: TraceAnnotations
    /// Whom it belongs to, as the server has checked it; empty where the server tells nobody apart.
    public var principal: String
    /// Whether its root is a part of another process's trace, which then owns the trace.
    public var isRemote: Bool
    /// How many spans were left out because there were too many.
    public var droppedSpans: Int
    /// What is read instead of its root's status message by those who may not know what went wrong inside.
    package var publicStatus: String?
    /// About how many bytes it holds, for bounds.
    package var weight = 1_024
    /// Completes the root's attributes; see ``prepare()``.
    package var preparation: (@Sendable (inout JSONObject) -> Void)?

    public init(
        id: TraceID, spans: [FinishedSpan], annotations: TraceAnnotations = TraceAnnotations(), principal: String = "",
        isRemote: Bool = false, droppedSpans: Int = 0
    ) {
        self.id = id
        self.spans = spans
        self.annotations = annotations
        self.principal = principal
        self.isRemote = isRemote
        self.droppedSpans = droppedSpans
    }

    /// Makes the root's inputs and outputs, which is left to whoever takes the trace, after the request.
    package mutating func prepare() {
        guard let preparation, !spans.isEmpty else { return }
        self.preparation = nil
        preparation(&spans[0].attributes)
    }

    /// The span that stands for the whole invocation.
    public var root: FinishedSpan? { spans.first }

    /// What it is called where it is kept.
    var reference: TraceReference? { root.map { TraceReference(id, root: isRemote ? $0.id : nil) } }

    /// The tokens of all spans. What is below a span that has a sum of its own does not count again, as in MLflow.
    public var usage: TokenUsage? {
        var sum: TokenUsage?
        var counted: Set<SpanID> = []
        for span in spans {
            let isBelow = span.parent.map(counted.contains) ?? false
            let own = span.usage
            if isBelow || own != nil { counted.insert(span.id) }
            if let own, !isBelow { sum = sum.map { $0 + own } ?? own }
        }
        return sum
    }
}

/// Where finished traces go.
public protocol TraceSink: Sendable {
    /// Learns of a trace that begins, so that it can be looked at while it goes on. Called within requests, once the
    /// root span is there. Does nothing by default.
    func began(_ trace: Trace)

    /// Takes a trace. Called within requests: it must neither wait nor do much; what cannot be taken is dropped and
    /// counted.
    func take(_ trace: FinishedTrace)
}

extension TraceSink {
    public func began(_ trace: Trace) {}
}
