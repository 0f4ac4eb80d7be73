package import AgentJSON
import Synchronization
import Tracing

/// The trace of an invocation that goes on.
///
/// Spans find it by themselves; agents say by ``update(_:)`` what the trace as a whole is about:
///
///     AgentContext.current?.trace.update { trace in
///         trace.session = "sess-1"
///         trace.tags["team"] = "blue"
///     }
public final class Trace: Sendable {
    /// The trace's id.
    public let id: TraceID
    /// Whether anything is kept of it: not where the server keeps no traces, and not where this one is left out.
    public let isRecording: Bool

    /// Whether inputs and outputs are recorded.
    let recordsContent: Bool
    /// The id of its root span: calls that go on with one caller's trace have the trace's id in common.
    package let rootID = SpanID.random()
    /// Whether it was left out of those that are kept.
    private let isLeftOut: Bool
    private let sink: (any TraceSink)?
    package let principal: String
    private let caller: TraceParent?
    private let state = Mutex(State())

    private struct State {
        var annotations = TraceAnnotations()
        var spans: [(order: Int, span: FinishedSpan)] = []
        /// Spans that are open, but for the root.
        var open: [SpanID: AgentSpan] = [:]
        var root: AgentSpan?
        var inputs: Content?
        /// About how many bytes it holds.
        var weight = 1_024
        /// The same of the root's inputs, which take no room from the spans.
        var inputsWeight = 0
        var opened = 0
        var dropped = 0
        var isOver = false
    }

    /// Inputs or outputs of a root, which are only made when they are looked at: never within a request.
    package typealias Content = @Sendable () -> JSON?

    /// How many spans a trace may have; further ones are left out and counted.
    private static let spanLimit = 10_000
    /// About how many bytes its spans may have; further ones are left out and counted.
    private static let weightLimit = 64 << 20

    /// A trace.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - sink: Where it goes when it is over; `nil` where it is not kept.
    ///   - isLeftOut: Whether it is not kept because only a share of all traces is.
    ///   - recordsContent: Whether inputs and outputs are recorded.
    ///   - principal: Whom it belongs to.
    ///   - caller: The span of another process that it is a part of.
    package init(
        id: TraceID = .random(), sink: (any TraceSink)? = nil, isLeftOut: Bool = false, recordsContent: Bool = true,
        principal: String = "", caller: TraceParent? = nil
    ) {
        let sink = isLeftOut ? nil : sink
        self.id = id
        self.sink = sink
        self.isLeftOut = isLeftOut
        self.recordsContent = recordsContent
        self.principal = principal
        self.caller = caller
        isRecording = sink != nil
    }

    /// The id as clients read it: as MLflow does, they learn of a trace that was left out that there is none. Where the server
    /// keeps none at all, theirs have ids all the same, for MLflow's server has no such state.
    package var idText: String { isLeftOut ? TraceID.notTraced : id.text }

    /// Changes what is said of the trace as a whole. After its end, nothing is changed any more.
    ///
    /// The closure gets a copy, and may do anything, update the same trace too. What it has changed, field by field and
    /// label by label, is taken over when it returns: several tasks may update at once, and of what two of them change,
    /// the later one counts.
    public func update(_ change: (inout TraceAnnotations) -> Void) {
        // Not under the lock: it is the author's code, and may come back here.
        guard let old = state.withLock({ $0.isOver ? nil : $0.annotations }) else { return }
        var new = old
        change(&new)
        state.withLock { state in
            if !state.isOver { state.annotations.takeOver(new, insteadOf: old) }
        }
    }

    /// What is said of it so far.
    public var annotations: TraceAnnotations { state.withLock { $0.annotations } }

    // MARK: For the live view

    /// What it is called where it is kept.
    var reference: TraceReference { TraceReference(id, root: isRemote ? rootID : nil) }

    /// Whether it goes on with a caller's trace.
    var isRemote: Bool { caller != nil }

    /// When the root began, in nanoseconds since 1970; `nil` before that, and after the end.
    package var start: UInt64? { state.withLock { $0.root?.start } }

    // MARK: For the invocation

    /// Begins the trace with its root span.
    ///
    /// - Parameters:
    ///   - name: The root's name.
    ///   - inputs: What the invocation begins with.
    ///   - size: About how many bytes that has.
    package func begin(_ name: String, inputs: @escaping Content, size: Int = 0) -> AgentSpan {
        let root = AgentSpan(
            name, id: rootID, type: .unknown, in: self, parent: caller?.span, start: SpanClock.now, order: 0,
            surroundings: .topLevel, place: AgentSpan.Place(function: name, file: "agent", line: 0)
        )
        guard isRecording else { return root }
        state.withLock { state in
            state.root = root
            state.inputs = recordsContent ? inputs : nil
            state.inputsWeight = recordsContent ? size : 0
        }
        sink?.began(self)
        return root
    }

    /// How an invocation ended.
    package enum Outcome: Sendable {
        /// - Parameter format: The form of its messages, where it is known.
        case finished(outputs: Content, format: String?)
        /// - Parameter publicStatus: What the client was told: the failure's own status message, or another text.
        case failed(SpanFailure, publicStatus: String? = nil)
        /// The client has gone, or the server stops.
        case stopped
    }

    /// Ends the trace. What is still open ends with it. Only the first end counts.
    ///
    /// - Parameter size: About how many bytes the outputs have.
    package func end(_ outcome: Outcome, size: Int = 0) {
        guard isRecording, let sink else { return }
        let time = SpanClock.now
        if case .failed(let failure, _) = outcome { state.withLock({ $0.root })?.fail(failure, at: time) }
        let trace = state.withLock { state -> FinishedTrace? in
            guard !state.isOver, let root = state.root?.finish(at: time) else { return nil }
            state.isOver = true
            for span in state.open.values {
                if let finished = span.finish(at: time) { state.spans.append((span.order, finished)) }
            }
            state.open = [:]
            var trace = assemble(root, state)
            trace.weight = state.weight + state.inputsWeight + (recordsContent ? size : 0)
            if case .failed(_, let publicStatus) = outcome { trace.publicStatus = publicStatus }
            trace.preparation = preparation(inputs: state.inputs, outcome)
            state.root = nil
            state.inputs = nil
            state.spans = []
            return trace
        }
        if let trace { sink.take(trace) }
    }

    /// How the trace would look if it ended now; `nil` where it has ended.
    package func snapshot() -> FinishedTrace? {
        let time = SpanClock.now
        return state.withLock { state in
            guard let root = state.root?.snapshot(at: time) else { return nil }
            var copy = state
            for span in state.open.values { copy.spans.append((span.order, span.snapshot(at: time))) }
            var trace = assemble(root, copy)
            trace.preparation = preparation(inputs: state.inputs, .stopped)
            return trace
        }
    }

    private func assemble(_ root: FinishedSpan, _ state: State) -> FinishedTrace {
        let children = state.spans.sorted { $0.order < $1.order }.map(\.span)
        return FinishedTrace(
            id: id, spans: [root] + children, annotations: state.annotations, principal: principal,
            isRemote: isRemote, droppedSpans: state.dropped
        )
    }

    /// What puts the root's inputs and outputs where MLflow has them among its attributes.
    private func preparation(
        inputs: Content?, _ outcome: Outcome
    ) -> @Sendable (inout JSONObject) -> Void {
        var outputs: Content?
        var format: String?
        if case .finished(let content, let itsFormat) = outcome {
            // What is not to be shown is not to be held either: the whole answer would wait with the trace.
            outputs = recordsContent ? content : nil
            format = itsFormat
        }
        return { [outputs, format] attributes in
            let own = attributes
            attributes = [:]
            if own[SpanKey.inputs] == nil, let inputs = inputs?() { attributes[SpanKey.inputs] = inputs }
            for (key, value) in own { attributes[key] = value }
            if let format { attributes[SpanKey.messageFormat] = .string(format) }
            if own[SpanKey.outputs] == nil, let outputs = outputs?() { attributes[SpanKey.outputs] = outputs }
        }
    }

    // MARK: For the spans

    /// Opens a span.
    func open(
        _ name: String, type: SpanType, parent: SpanID, start: UInt64, attributes: JSONObject,
        surroundings: ServiceContext, place: AgentSpan.Place
    ) -> AgentSpan {
        let order =
            isRecording
            ? state.withLock { state in
                state.opened += 1
                return state.opened
            } : 0
        let span = AgentSpan(
            name, type: type, in: self, parent: parent, start: start, order: order, attributes: attributes,
            surroundings: surroundings, place: place
        )
        guard isRecording else { return span }
        state.withLock { state in
            guard !state.isOver else { return }
            if state.opened > Self.spanLimit { state.dropped += 1 } else { state.open[span.id] = span }
        }
        return span
    }

    /// Takes a span that has ended.
    func add(_ finished: FinishedSpan, of span: AgentSpan) {
        let weight = finished.weight
        state.withLock { state in
            guard state.open.removeValue(forKey: span.id) != nil else { return }
            guard state.weight + weight <= Self.weightLimit else {
                state.dropped += 1
                return
            }
            state.weight += weight
            state.spans.append((span.order, finished))
        }
    }
}
