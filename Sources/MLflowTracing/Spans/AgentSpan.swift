public import AgentJSON
import Synchronization
public import Tracing

/// A span that is open: a step of an agent's work, in the trace of its invocation.
///
/// `withSpan(_:type:inputs:)` opens and ends one; so does `withSpan` of
/// swift-distributed-tracing. Everything may be called from any task, also after the end, when nothing is recorded any
/// more. The root span ends with its invocation, whatever is said to it.
public final class AgentSpan: Tracing.Span {
    /// The span's id.
    public let id: SpanID
    /// The trace that the span belongs to.
    public let trace: Trace

    let parent: SpanID?
    let start: UInt64
    /// Its place among the spans of its trace, in the order of their beginnings.
    let order: Int
    private let surroundings: ServiceContext
    private let place: Place
    private let state: Mutex<State>

    /// Where in the code a span was opened.
    struct Place: Sendable {
        var function: String
        var file: String
        var line: UInt
    }

    private struct State {
        var name: String
        var type: SpanType
        var attributes: JSONObject
        var events: [FinishedSpan.Event] = []
        var links: [FinishedSpan.Link] = []
        var failure: String?
        var hasEnded = false
    }

    /// How many events and links a span may have; further ones are left out.
    private static let partLimit = 1_000

    init(
        _ name: String, id: SpanID = .random(), type: SpanType, in trace: Trace, parent: SpanID?, start: UInt64,
        order: Int, attributes: JSONObject = [:], surroundings: ServiceContext, place: Place
    ) {
        self.id = id
        self.trace = trace
        self.parent = parent
        self.start = start
        self.order = order
        self.surroundings = surroundings
        self.place = place
        state = Mutex(State(name: name, type: type, attributes: attributes))
    }

    /// The span that the current task works in; `nil` outside of an invocation.
    public static var current: AgentSpan? { ServiceContext.current?.agentSpan }

    // MARK: What MLflow shows of it

    /// What kind of work it stands for.
    public var type: SpanType {
        get { state.withLock { $0.type } }
        set { change { $0.type = newValue } }
    }

    /// Says what the work begins with.
    public func setInputs(_ inputs: JSON) { set(SpanKey.inputs, inputs) }

    /// Says what the work came to.
    public func setOutputs(_ outputs: JSON) { set(SpanKey.outputs, outputs) }

    /// Says how many tokens the work took.
    public func setTokenUsage(_ usage: TokenUsage) { set(SpanKey.tokenUsage, .object(usage.json)) }

    /// Says which model did the work.
    ///
    /// - Parameters:
    ///   - name: The model's name; MLflow looks up by it what the tokens cost.
    ///   - provider: Who offers the model, `openai` for example.
    public func setModel(_ name: String, provider: String? = nil) {
        set(SpanKey.model, .string(name))
        if let provider { set(SpanKey.provider, .string(provider)) }
    }

    /// Sets an attribute, of any JSON value.
    public func set(_ key: String, _ value: JSON) {
        change { state in
            if key == SpanKey.type, let type = value.stringValue {
                state.type = SpanType(rawValue: type)
            } else if !Self.derivedKeys.contains(key), trace.recordsContent || !Self.contentKeys.contains(key) {
                state.attributes[key] = value
            }
        }
    }

    /// Attributes that follow from others.
    private static let derivedKeys: Set<String> = [SpanKey.requestID, SpanKey.logLevel]

    /// Attributes that are left out where a trace shall not tell what was said.
    private static let contentKeys: Set<String> = [SpanKey.inputs, SpanKey.outputs]

    /// Adds something that happened.
    public func addEvent(_ name: String, attributes: JSONObject = [:]) {
        let time = SpanClock.now
        add(FinishedSpan.Event(name: name, time: time, attributes: attributes))
    }

    private func add(_ event: FinishedSpan.Event) {
        change { state in
            if state.events.count < Self.partLimit { state.events.append(event) }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        guard trace.isRecording else { return }
        state.withLock { state in
            if !state.hasEnded { body(&state) }
        }
    }

    // MARK: Span of swift-distributed-tracing

    public var context: ServiceContext {
        var context = surroundings
        context.agentSpan = self
        return context
    }

    public var operationName: String {
        get { state.withLock { $0.name } }
        set { change { $0.name = newValue } }
    }

    public var isRecording: Bool { trace.isRecording && state.withLock { !$0.hasEnded } }

    /// The attributes of simple values. Setting them adds and replaces; it removes none.
    public var attributes: SpanAttributes {
        get {
            let values = state.withLock { $0.attributes }
            var attributes = SpanAttributes()
            for (key, value) in values { attributes[key] = SpanAttribute(value) }
            return attributes
        }
        set {
            guard trace.isRecording else { return }
            let before = state.withLock { $0.attributes }
            // Of their own they have no order.
            for (key, value) in JSONObject(newValue) where before[key] != value { set(key, value) }
        }
    }

    public func setStatus(_ status: SpanStatus) {
        change { state in
            switch status.code {
            case .ok: state.failure = nil
            case .error: state.failure = status.message ?? "Error"
            }
        }
    }

    public func addEvent(_ event: SpanEvent) {
        add(
            FinishedSpan.Event(
                name: event.name, time: event.nanosecondsSinceEpoch, attributes: JSONObject(event.attributes)))
    }

    /// Records what the span failed with. A cancelled task is no failure, as in MLflow.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        guard trace.isRecording, !(error is CancellationError && Task.isCancelled) else { return }
        fail(SpanFailure(error), attributes: JSONObject(attributes), at: instant().nanosecondsSinceEpoch)
    }

    func fail(_ failure: SpanFailure, attributes: JSONObject = [:], at time: UInt64) {
        change { state in
            state.failure = failure.status
            var all: JSONObject = [
                "exception.message": .string(failure.message), "exception.type": .string(failure.type),
                "exception.stacktrace": .string(
                    "\(failure.status)\n    in \(place.function) at \(place.file):\(place.line)"
                ),
            ]
            for (key, value) in attributes { all[key] = value }
            if state.events.count < Self.partLimit {
                state.events.append(FinishedSpan.Event(name: "exception", time: time, attributes: all))
            }
        }
    }

    public func addLink(_ link: SpanLink) {
        guard let other = link.context.agentSpan else { return }
        change { state in
            guard state.links.count < Self.partLimit else { return }
            state.links.append(
                FinishedSpan.Link(trace: other.trace.id, span: other.id, attributes: JSONObject(link.attributes))
            )
        }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        // The root is the invocation's, which ends it with its trace.
        guard trace.isRecording, id != trace.rootID, let finished = finish(at: instant().nanosecondsSinceEpoch)
        else { return }
        trace.add(finished, of: self)
    }

    // MARK: For its trace

    /// Ends it; `nil` where it has ended before.
    func finish(at time: UInt64) -> FinishedSpan? {
        state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return record(state, end: time)
        }
    }

    /// How it would look if it ended now.
    func snapshot(at time: UInt64) -> FinishedSpan {
        state.withLock { record($0, end: time) }
    }

    private func record(_ state: State, end: UInt64) -> FinishedSpan {
        FinishedSpan(
            id: id, parent: parent, name: state.name, type: state.type, start: start, end: max(start, end),
            failure: state.failure, attributes: state.attributes, events: state.events, links: state.links
        )
    }
}

extension ServiceContext {
    private enum AgentSpanKey: ServiceContextKey {
        typealias Value = AgentSpan
        static let nameOverride: String? = "agent-span"
    }

    /// The span that is open here.
    public package(set) var agentSpan: AgentSpan? {
        get { self[AgentSpanKey.self] }
        set { self[AgentSpanKey.self] = newValue }
    }
}
