import AgentJSON
import AgentRuns
import MLflowTracing
import OpenResponses

/// Writes one answer of `/responses`.
struct OpenResponsesCall: DialectCall {
    private var completer: StreamCompleter
    private let framing: EventFraming
    private let isStream: Bool
    /// The trace's id, where the client asked for it.
    private let traceID: String?
    /// What the run is stored with; `nil` where it is not.
    private let record: RunRecord?
    /// What the connection remembers of this, where it does.
    private let turn: RememberedTurn?
    private var log: EventLog?
    /// Terminal events, which are shown when the run is stored.
    private var ending: [StreamEvent] = []
    /// The completer before its end, in case that cannot be stored.
    private var unfinished: StreamCompleter?
    private(set) var failure: AgentError?
    private var isCancelled = false
    private var result: [UInt8]?
    /// What the agent said, in MLflow's form, for the trace; `nil` where nobody looks.
    private var traced: ResponseReducer?
    private var tracedResult: JSON?

    init(
        _ completer: StreamCompleter, framing: EventFraming, isStream: Bool, traceID: String?, isTraced: Bool,
        record: RunRecord?, turn: RememberedTurn?
    ) {
        self.completer = completer
        self.framing = framing
        self.isStream = isStream
        self.traceID = traceID
        self.record = record
        self.turn = turn
        log = isStream && record != nil ? EventLog() : nil
        traced = isTraced ? ResponseReducer() : nil
    }

    // WebSockets keep themselves alive.
    var keepAlive: [UInt8] { framing == .lines ? [] : Array(": keep-alive\n\n".utf8) }

    // MARK: What the agent says

    mutating func begin(to bytes: inout [UInt8]) {
        completer.begin()
        writeEvents(to: &bytes)
    }

    mutating func add(_ output: AgentOutput) throws(AgentError) {
        do throws(OutputFault) {
            try take(output)
            if traced != nil { trace(output) }
        } catch {
            throw AgentError(error)
        }
    }

    private mutating func trace(_ output: AgentOutput) {
        switch output {
        case .textDelta: break
        case .item(let item): traced?.add(item)
        case .event(let value): if let event = value.objectValue { traced?.add(StreamEvent(event)) }
        case .field(let key, let value): traced?.set(key, value)
        case .customOutputs(let outputs): traced?.mergeCustomOutputs(outputs)
        case .result(let value): tracedResult = value
        }
    }

    /// As on MLflow's own path: the answer before the response's envelope, or the items of the stream.
    var tracedOutputs: Trace.Content {
        guard let traced else { return { nil } }
        return { [isStream, traceID, tracedResult] in
            if isStream { return TracedRequest.outputs(ofStream: traced.output) }
            var answer = tracedResult?.objectValue ?? traced.response
            guard let traceID else { return .object(answer) }
            var metadata = answer["metadata"]?.objectValue ?? [:]
            metadata["trace_id"] = .string(traceID)
            answer["metadata"] = .object(metadata)
            return .object(answer)
        }
    }

    mutating func frame(_ output: AgentOutput, to bytes: inout [UInt8]) throws(AgentError) {
        try add(output)
        writeEvents(to: &bytes)
    }

    private mutating func take(_ output: AgentOutput) throws(OutputFault) {
        switch output {
        case .textDelta(let piece, let itemID):
            // A response writer's pieces come again with their item, which is all that a synchronous call needs.
            if isStream { try completer.textDelta(piece, itemID: itemID) }
        case .item(let item): try completer.item(item.json)
        case .event(let value):
            guard let event = value.objectValue else {
                throw OutputFault("The agent yielded an event that is no object")
            }
            try completer.add(StreamEvent(event))
        case .field(let key, let value): completer.set(key, value)
        case .customOutputs(let outputs): completer.mergeCustomOutputs(outputs)
        case .result(let value):
            guard let result = value.objectValue else { throw OutputFault("The agent returned no object") }
            if result["output"]?.arrayValue == nil {
                // In the words of MLflow, whose form of a handler this is.
                do { try MLflowValidation.checkResult(value) } catch { throw OutputFault(error.message) }
            }
            try completer.take(result: result)
        }
    }

    private mutating func writeEvents(to bytes: inout [UInt8]) {
        for event in completer.takeEvents() { framing.write(event, to: &bytes, log: &log) }
    }

    // MARK: The end

    mutating func conclude(_ end: CallEnd, at time: RunTime) -> UnstoredRun? {
        if record != nil { unfinished = completer }
        if let traceID {
            completer.label("trace_id", .string(traceID))
            completer.extend("mlflow:trace", ["trace_id": .string(traceID)])
        }
        switch end {
        case .finished:
            do throws(OutputFault) {
                try completer.finish(at: Int(time.seconds))
            } catch {
                fail(AgentError(error))
            }
        case .failed(let error): fail(error)
        case .stopped(.clientGone):
            completer.cancel()
            isCancelled = true
        case .stopped(let reason): fail(reason.error)
        }
        ending = completer.takeEvents()
        let response = completer.response ?? [:]
        // Of a synchronous call that failed, nobody knows the id.
        guard let record, isStream || (failure == nil && !isCancelled) else { return nil }
        // The answer of a synchronous call is what is stored of it; nobody waits for that of a stream.
        if !isStream { result = response.encoded() }
        let log = log
        self.log = nil
        return { [result, ending] in
            var log = log
            for event in ending { log?.append(event.json.encoded()) }
            return record.run(
                response, result: result ?? response.encoded(), events: log?.finish() ?? [], at: time
            )
        }
    }

    private mutating func fail(_ error: AgentError) {
        failure = error
        completer.fail(
            OutputFault(
                error.message, type: OpenResponsesError.type(status: error.status, isAgents: error.isAgents),
                code: error.code ?? (error.isAgents ? "model_error" : "server_error")
            )
        )
    }

    mutating func storingFailed(_ error: AgentError) {
        guard let unfinished else { return }
        completer = unfinished
        fail(error)
        ending = completer.takeEvents()
    }

    mutating func body() throws(AgentError) -> [UInt8] {
        if let failure { throw failure }
        return result ?? completer.response?.encoded() ?? []
    }

    mutating func end(to bytes: inout [UInt8]) {
        // Only now: what could not be stored has failed. The next turn waits for the end of this one.
        if failure == nil, !isCancelled { turn?.succeed(completer.response ?? [:]) } else { turn?.fail() }
        var log: EventLog?
        for event in ending { framing.write(event, to: &bytes, log: &log) }
        framing.writeEnd(to: &bytes)
    }
}

extension AgentError {
    /// An output that broke a rule.
    fileprivate init(_ fault: OutputFault) {
        self.init(fault.message, code: fault.code)
    }
}
