/// A trace as lists show it, with what they are searched by.
package struct TraceRow: Sendable, Hashable {
    package var id: TraceID
    /// Its root span.
    package var root: SpanID
    /// Whether it goes on with the trace of a caller, who then has its id too.
    package var isRemote: Bool
    /// Whom it belongs to.
    package var principal: String
    package var session: String?
    package var user: String?
    package var name: String
    package var state: TraceSummary.State
    /// Milliseconds since 1970.
    package var requestTime: UInt64
    /// Milliseconds; so far, where it goes on.
    package var duration: UInt64
    package var usage: TokenUsage?
    package var requestPreview: String?
    package var responsePreview: String?

    /// Unicode scalars of a session that count, as MLflow has them.
    package static let sessionLimit = 250

    package init(
        id: TraceID, root: SpanID, isRemote: Bool = false, principal: String = "", session: String? = nil,
        user: String? = nil, name: String,
        state: TraceSummary.State, requestTime: UInt64, duration: UInt64, usage: TokenUsage? = nil,
        requestPreview: String? = nil, responsePreview: String? = nil
    ) {
        self.id = id
        self.root = root
        self.isRemote = isRemote
        self.principal = principal
        self.session = session
        self.user = user
        self.name = name
        self.state = state
        self.requestTime = requestTime
        self.duration = duration
        self.usage = usage
        self.requestPreview = requestPreview
        self.responsePreview = responsePreview
    }

    /// - Parameters:
    ///   - trace: A trace that is prepared.
    ///   - isRunning: Whether it goes on, so that this is how it stands now.
    init(_ trace: FinishedTrace, root: FinishedSpan, isRunning: Bool = false) {
        let summary = TraceSummary(trace, root: root)
        let annotations = trace.annotations
        self.init(
            id: trace.id, root: root.id, isRemote: trace.isRemote, principal: trace.principal,
            session: annotations.session?.prefix(scalars: Self.sessionLimit),
            user: annotations.user?.prefix(scalars: Self.sessionLimit), name: summary.name,
            state: isRunning ? .running : summary.state, requestTime: summary.requestTime,
            duration: summary.duration, usage: summary.usage, requestPreview: summary.requestPreview,
            responsePreview: summary.responsePreview
        )
    }

    /// Its place in lists.
    package var position: TracePosition { TracePosition(time: requestTime, id: id, root: root) }

    /// What it is called; nothing else is called so.
    package var reference: TraceReference { TraceReference(id, root: isRemote ? root : nil) }

    package var rank: TraceRank { TraceRank(isRemote: isRemote, position: position) }
}

/// Where a trace stands among others, by the time of its request.
package struct TracePosition: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970.
    package var time: UInt64
    package var id: TraceID
    package var root: SpanID

    package init(time: UInt64, id: TraceID, root: SpanID) {
        self.time = time
        self.id = id
        self.root = root
    }

    package static func < (left: TracePosition, right: TracePosition) -> Bool {
        (left.time, left.id.high, left.id.low, left.root.value)
            < (right.time, right.id.high, right.id.low, right.root.value)
    }
}

/// A trace as it is kept.
package struct KeptTrace: Sendable {
    package var row: TraceRow
    /// All else: an object in JSON, the form of ``TraceDocument``.
    package var body: [UInt8]

    package init(row: TraceRow, body: [UInt8]) {
        self.row = row
        self.body = body
    }

    /// Makes inputs, outputs, previews and the document: never within a request.
    ///
    /// - Returns: `nil` for one without spans.
    package init?(_ trace: FinishedTrace, isRunning: Bool = false) {
        var trace = trace
        trace.prepare()
        guard let root = trace.root else { return nil }
        row = TraceRow(trace, root: root, isRunning: isRunning)
        body = TraceDocument.encode(trace, end: isRunning ? root.end : nil)
    }
}
