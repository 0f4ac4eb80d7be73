import AgentJSON
import AgentRuns
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
    /// Where a connection remembers its latest response.
    private let memory: TurnMemory?
    private var log: EventLog?
    /// Terminal events, which are shown when the run is stored.
    private var ending: [StreamEvent] = []
    /// The completer before its end, in case that cannot be stored.
    private var unfinished: StreamCompleter?
    private var failure: AgentError?
    private var result: [UInt8]?

    init(
        _ completer: StreamCompleter, framing: EventFraming, isStream: Bool, traceID: String?, record: RunRecord?,
        memory: TurnMemory?
    ) {
        self.completer = completer
        self.framing = framing
        self.isStream = isStream
        self.traceID = traceID
        self.record = record
        self.memory = memory
        log = isStream && record != nil ? EventLog() : nil
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
        } catch {
            throw AgentError(error)
        }
    }

    mutating func frame(_ output: AgentOutput, to bytes: inout [UInt8]) throws(AgentError) {
        try add(output)
        writeEvents(to: &bytes)
    }

    private mutating func take(_ output: AgentOutput) throws(OutputFault) {
        switch output {
        case .textDelta(let piece, let itemID): try completer.textDelta(piece, itemID: itemID)
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
        var isCancelled = false
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
        if failure == nil, !isCancelled { memory?.remember(response) }
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
                response, result: result ?? response.encoded(), events: log?.finish() ?? [], traceID: nil, at: time
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
        memory?.forget()
        fail(error)
        ending = completer.takeEvents()
    }

    mutating func body() throws(AgentError) -> [UInt8] {
        if let failure { throw failure }
        return result ?? completer.response?.encoded() ?? []
    }

    mutating func end(to bytes: inout [UInt8]) {
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
