import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The scripted agent of `Conformance/parity`: does what the request asks for, so that every path through the server
/// can be reached over HTTP. Beyond that, `trap` ends the process, and `pid` tells which one answers.
struct Script: Sendable {
    /// The object that says what to do.
    private let script: JSONObject
    /// The request as the agent sees it.
    private let request: JSONObject
    private let isResponses: Bool

    init(_ request: JSONObject, isResponses: Bool) {
        self.request = request
        self.isResponses = isResponses
        script = isResponses ? request["custom_inputs"]?.objectValue ?? [:] : request
    }

    /// What the invoke handler returns.
    func invoke() throws -> JSON {
        if let message = script["raise"] { throw AgentError(message.stringValue ?? message.description) }
        if let result = script["result"] {
            return isTyped ? try typed(result) { .object(try AgentResponse(validating: $0).json) } : result
        }
        if isTrue("trap") { fatalError("as asked") }
        if isTrue("pid") { return ["output": [item("\(getpid())")]] }
        if isDump {
            return isResponses ? ["output": [item("dump")], "custom_outputs": dump] : dump
        }
        return ["output": [item(headerText ?? lastUserText)]]
    }

    /// What the stream handler sends.
    func stream(_ events: EventWriter) async throws {
        if script["events"] != nil || script["raise"] != nil {
            try await sendEvents(events)
        } else if isDump {
            try await events.send(isResponses ? doneEvent("dump", customOutputs: dump) : dump)
        } else if let headerText {
            try await events.send(doneEvent(headerText))
        } else {
            for piece in pieces(of: lastUserText) {
                try await events.send(StreamEvent.outputTextDelta(piece, itemID: "msg_1"))
            }
            try await events.send(doneEvent(lastUserText))
        }
    }

    private func sendEvents(_ events: EventWriter) async throws {
        let planned = script["events"]?.arrayValue ?? []
        let failure = script["raise"]
        let stop = failure == nil ? planned.count : script["raise_after"]?.intValue ?? planned.count
        let delay = script["delay_ms"]?.intValue ?? 0
        for event in planned.prefix(stop) {
            // The recorded agent's `delay_ms`: time between events, as its request asks for it.
            if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
            let value = isTyped ? try typed(event) { .object(try StreamEvent(validating: $0).json) } : event
            try await events.send(value)
        }
        if let failure { throw AgentError(failure.stringValue ?? failure.description) }
    }

    // MARK: Pieces

    private var isDump: Bool { isTrue("dump") }
    private var isTyped: Bool { isTrue("typed") }

    /// Whether a switch of the script is on, as Python sees it.
    private func isTrue(_ name: String) -> Bool {
        switch script[name] {
        case nil, .null, false, 0, "", [], [:]: false
        default: true
        }
    }

    private var dump: JSON { ["request": .object(request)] }

    /// A value as a declared type hands it over: of a plain agent, any type that leaves out its null fields.
    private func typed(_ value: JSON, responses: (JSON) throws -> JSON) throws -> JSON {
        guard !isResponses else { return try responses(value) }
        guard let object = value.objectValue else { return value }
        return .object(JSONObject(object.filter { !$0.value.isNull }.map { ($0.key, $0.value) }))
    }

    private var headerText: String? {
        guard let names = script["headers"]?.arrayValue else { return nil }
        let headers = AgentContext.current?.headers
        var seen: JSONObject = [:]
        for name in names.compactMap(\.stringValue).sorted() {
            seen[name] = headers?[name].map { .string($0) } ?? .null
        }
        return JSON.object(seen).description
    }

    private var lastUserText: String {
        AgentRequest(request).lastUserText
    }

    /// The text split at every single space; each piece but the last keeps its space.
    private func pieces(of text: String) -> [String] {
        let words = text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        return words.dropLast().map { $0 + " " } + words.suffix(1)
    }

    private func item(_ text: String) -> JSON {
        .object(Item.message(text, id: "msg_1").json)
    }

    private func doneEvent(_ text: String, customOutputs: JSON? = nil) -> JSON {
        var event: JSONObject = ["type": "response.output_item.done", "item": item(text)]
        if let customOutputs { event["custom_outputs"] = customOutputs }
        return .object(event)
    }
}
