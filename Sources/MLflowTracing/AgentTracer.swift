public import AgentJSON
public import Tracing

/// The tracer of agents, for swift-distributed-tracing: its spans join the trace of the invocation that they are opened in.
///
/// The server makes it the process's tracer when it starts, unless the process has another one already. Outside of an
/// invocation it records nothing.
public struct AgentTracer: Tracer {
    /// There is nothing to set.
    public init() {}

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> AgentSpan {
        start(
            operationName, type: .unknown, inputs: nil, context: context(), at: instant().nanosecondsSinceEpoch,
            place: AgentSpan.Place(function: function, file: fileID, line: line)
        )
    }

    public func activeSpan(identifiedBy context: ServiceContext) -> AgentSpan? { context.agentSpan }

    public func forceFlush() {}

    /// Writes `traceparent`, which tells another process where the current span stands.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let span = context.agentSpan else { return }
        injector.inject(span.traceParent.header, forKey: "traceparent", into: &carrier)
    }

    /// Does nothing: the server reads `traceparent` itself, where it shall.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}
}

extension AgentTracer {
    /// Opens a span below the current one; one that records nothing where there is none.
    func start(
        _ name: String, type: SpanType, inputs: JSON?, context: ServiceContext, at time: UInt64, place: AgentSpan.Place
    ) -> AgentSpan {
        guard let parent = context.agentSpan else {
            return AgentSpan(
                name, type: type, in: Trace(), parent: nil, start: time, order: 0, surroundings: context, place: place
            )
        }
        var attributes: JSONObject = [:]
        if parent.trace.recordsContent, let inputs { attributes[SpanKey.inputs] = inputs }
        return parent.trace.open(
            name, type: type, parent: parent.id, start: time, attributes: attributes, surroundings: context,
            place: place
        )
    }
}

extension AgentSpan {
    /// Where it stands, for another process.
    public var traceParent: TraceParent { TraceParent(trace: trace.id, span: id, isSampled: trace.isRecording) }
}

/// Opens a span of an agent's work, and ends it when the work is done.
///
///     let documents = try await withSpan("search", type: .retriever, inputs: ["query": .string(query)]) { span in
///         let documents = try await index.search(query)
///         span.setOutputs(.array(documents.map(\.json)))
///         return documents
///     }
///
/// - Parameters:
///   - name: What the work is called.
///   - type: What kind of work it is.
///   - inputs: What it begins with.
///   - context: Where it belongs; by default to the current task's span.
///   - function: The place in the program: the caller's, as a rule.
///   - file: Its file.
///   - line: Its line.
///   - operation: The work. An error that it throws is recorded on the span.
/// - Returns: What the work returns.
public func withSpan<Result>(
    _ name: String, type: SpanType, inputs: JSON? = nil, context: ServiceContext = .current ?? .topLevel,
    function: String = #function, file: String = #fileID, line: UInt = #line,
    _ operation: (AgentSpan) throws -> Result
) rethrows -> Result {
    let span = AgentTracer().start(
        name, type: type, inputs: inputs, context: context, at: SpanClock.now,
        place: AgentSpan.Place(function: function, file: file, line: line)
    )
    defer { span.end() }
    do {
        return try ServiceContext.$current.withValue(span.context) { try operation(span) }
    } catch {
        span.recordError(error)
        throw error
    }
}

/// Opens a span of an agent's asynchronous work, and ends it when the work is done; as its synchronous twin.
public nonisolated(nonsending) func withSpan<Result>(
    _ name: String, type: SpanType, inputs: JSON? = nil, context: ServiceContext = .current ?? .topLevel,
    function: String = #function, file: String = #fileID, line: UInt = #line,
    _ operation: nonisolated(nonsending) (AgentSpan) async throws -> Result
) async rethrows -> Result {
    let span = AgentTracer().start(
        name, type: type, inputs: inputs, context: context, at: SpanClock.now,
        place: AgentSpan.Place(function: function, file: file, line: line)
    )
    defer { span.end() }
    do {
        return try await ServiceContext.$current.withValue(span.context) { try await operation(span) }
    } catch {
        span.recordError(error)
        throw error
    }
}
