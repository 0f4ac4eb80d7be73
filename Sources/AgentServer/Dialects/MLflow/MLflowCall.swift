import AgentJSON
package import AgentRuns
package import MLflowTracing
import OpenResponses

/// Writes one answer of `/invocations`.
package struct MLflowCall: DialectCall {
    private let isPlain: Bool
    /// The trace's id, where the client asked for it.
    private let traceID: String?
    private var reducer = ResponseReducer()
    private var result: JSON?
    package private(set) var failure: AgentError?
    package private(set) var tracedOutputs: Trace.Content = { nil }
    private var pending = Pending()
    /// Whether the response holds anything but what the response writer made, and that is well-formed. To check that
    /// again costs more than to write it.
    private var needsCheck = false
    /// The events of a plain agent's stream, for its trace.
    private var chunks: [JSON]?

    /// What was said of the response as a whole, and waits for an event that can carry it.
    private struct Pending {
        var fields: JSONObject = [:]
        var customOutputs: JSONObject?
        var isEmpty: Bool { fields.isEmpty && customOutputs == nil }
    }

    package init(isPlain: Bool, traceID: String?, isTraced: Bool = false) {
        self.isPlain = isPlain
        self.traceID = traceID
        chunks = isPlain && isTraced ? [] : nil
    }

    package var messageFormat: String? { isPlain ? nil : "openai" }

    // MARK: Synchronous

    package mutating func add(_ output: AgentOutput) throws(AgentError) {
        switch output {
        case .textDelta:
            break
        case .item(let item):
            reducer.add(item)
        case .event(let value):
            try check(value)
            needsCheck = true
            if let event = value.objectValue { reducer.add(StreamEvent(event)) }
        case .field(let key, let value):
            needsCheck = true
            reducer.set(key, value)
        case .customOutputs(let outputs):
            reducer.mergeCustomOutputs(outputs)
        case .result(let value):
            needsCheck = true
            result = value
        }
    }

    package mutating func conclude(_ end: CallEnd, at time: RunTime) -> UnstoredRun? {
        switch end {
        case .finished: break
        case .failed(let error): failure = error
        case .stopped(let reason): failure = reason.error
        }
        // The original keeps nothing.
        return nil
    }

    package mutating func storingFailed(_ error: AgentError) {
        failure = error
    }

    package mutating func body() throws(AgentError) -> [UInt8] {
        do {
            let answer = try answer()
            tracedOutputs = { answer }
            return answer.encoded(as: .mlflowBody)
        } catch {
            failure = error
            throw error
        }
    }

    private func answer() throws(AgentError) -> JSON {
        if let failure { throw failure }
        let value = result ?? .object(reducer.response)
        do {
            if isPlain {
                try MLflowValidation.checkPlainResult(value)
            } else if needsCheck {
                try MLflowValidation.checkResult(value)
            }
        } catch {
            throw AgentError(error.message)
        }
        guard let traceID, var response = value.objectValue else { return value }
        var metadata = response["metadata"]?.objectValue ?? [:]
        metadata["trace_id"] = .string(traceID)
        response["metadata"] = .object(metadata)
        return .object(response)
    }

    // MARK: Stream

    package mutating func frame(_ output: AgentOutput, to bytes: inout [UInt8]) throws(AgentError) {
        switch output {
        case .textDelta(let piece, let itemID):
            append(StreamEvent.outputTextDelta(piece, itemID: itemID).json, to: &bytes)
        case .item(let item):
            reducer.add(item)
            append(carrying(StreamEvent.outputItemDone(item).json), to: &bytes)
        case .event(let value):
            try check(value)
            guard let event = value.objectValue else { return }
            guard !isPlain else {
                chunks?.append(value)
                return append(event, to: &bytes)
            }
            let isItem = event["type"]?.stringValue == StreamEvent.outputItemDoneType
            reducer.add(StreamEvent(event))
            append(isItem ? carrying(event) : event, to: &bytes)
        case .field(let key, let value):
            pending.fields[key] = value
            reducer.set(key, value)
        case .customOutputs(let outputs):
            pending.customOutputs = outputs.merged(over: pending.customOutputs)
            reducer.mergeCustomOutputs(outputs)
        case .result(let value):
            try check(value)
            chunks?.append(value)
            append(value.objectValue ?? [:], to: &bytes)
        }
    }

    package mutating func end(to bytes: inout [UInt8]) {
        if let failure {
            append(["error": .string(failure.message)], to: &bytes)
            bytes += doneFrame
            return
        }
        if !pending.isEmpty {
            // Only an event about the whole response can still carry it.
            append(["type": .string(StreamEvent.completedType), "response": .object(reducer.response)], to: &bytes)
        }
        if let traceID { append(["trace_id": .string(traceID)], to: &bytes) }
        bytes += doneFrame
        let items = reducer.output
        tracedOutputs = { [chunks] in chunks.map { .array($0) } ?? TracedRequest.outputs(ofStream: items) }
    }

    // MARK: Pieces

    /// The event of a finished item, with the custom outputs that wait for one: there MLflow's clients look for them.
    private mutating func carrying(_ event: JSONObject) -> JSONObject {
        guard let outputs = pending.customOutputs else { return event }
        pending.customOutputs = nil
        var event = event
        event["custom_outputs"] = .object(event["custom_outputs"]?.objectValue?.merged(over: outputs) ?? outputs)
        return event
    }

    private func check(_ value: JSON) throws(AgentError) {
        do {
            if isPlain {
                try MLflowValidation.checkPlainResult(value)
            } else {
                try MLflowValidation.checkEvent(value)
            }
        } catch {
            throw AgentError(error.message)
        }
    }

    private func append(_ event: JSONObject, to bytes: inout [UInt8]) {
        bytes += dataPrefix
        event.write(to: &bytes, as: .mlflowEvent)
        bytes += frameEnd
    }
}

private let dataPrefix = Array("data: ".utf8)
private let frameEnd = Array("\n\n".utf8)
private let doneFrame = Array("data: [DONE]\n\n".utf8)

extension JSONObject {
    /// This object's members over those of another one.
    fileprivate func merged(over other: JSONObject?) -> JSONObject {
        guard var merged = other else { return self }
        for (key, value) in self { merged[key] = value }
        return merged
    }
}
