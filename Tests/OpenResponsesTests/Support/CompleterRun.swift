import AgentJSON
import OpenResponses
import Synchronization
import TestSupport
import Testing

/// What an agent does next.
enum Yield: Sendable {
    case event(JSONObject)
    case item(JSONObject)
    case delta(String, id: String)
    case result(JSONObject)
    case set(String, JSON)
    case outputs(JSONObject)
}

/// A stream that was completed.
struct CompleterRun {
    /// What came out.
    var events: [JSONObject] = []
    var response: JSONObject = [:]
    var fault: OutputFault?
    var leftOutCalls = 0

    /// Lets an agent yield, to its end, and checks what comes out, with events and without.
    init(
        _ yields: [Yield], rules: OutputRules = OutputRules(), envelope: ResponseEnvelope = .test,
        contradicts: Bool = false, location: SourceLocation = #_sourceLocation
    ) {
        self = Self.run(yields, rules, envelope, makesEvents: true)
        let faults = StreamRules.faults(events, response: response, allowsContradictions: contradicts)
        #expect(faults.isEmpty, "\(faults) in\n\(sketch.joined(separator: "\n"))", sourceLocation: location)
        let silent = Self.run(yields, rules, envelope, makesEvents: false)
        #expect(silent.response == response && silent.events.isEmpty, sourceLocation: location)
        #expect(silent.fault == fault && silent.leftOutCalls == leftOutCalls, sourceLocation: location)
    }

    /// Lets an agent yield these events.
    init(
        events: [JSONObject], rules: OutputRules = OutputRules(), envelope: ResponseEnvelope = .test,
        contradicts: Bool = false, location: SourceLocation = #_sourceLocation
    ) {
        self.init(
            events.map(Yield.event), rules: rules, envelope: envelope, contradicts: contradicts, location: location
        )
    }

    private init() {}

    /// Lets an agent yield, and checks nothing.
    static func run(
        _ yields: [Yield], _ rules: OutputRules, _ envelope: ResponseEnvelope, makesEvents: Bool
    ) -> CompleterRun {
        let counter = Counter()
        var completer = StreamCompleter(envelope, rules: rules, makesEvents: makesEvents) { counter.id($0) }
        var run = CompleterRun()
        completer.begin()
        do throws(OutputFault) {
            for yield in yields {
                try completer.take(yield)
                run.events += completer.takeEvents().map(\.json)
            }
            try completer.finish(at: 1_700_000_009)
        } catch {
            run.fault = error
            completer.fail(error)
        }
        run.events += completer.takeEvents().map(\.json)
        run.response = completer.response ?? [:]
        run.leftOutCalls = completer.leftOutCalls
        return run
    }

    /// Lets an agent yield, and cancels it then; what breaks a rule is left out.
    static func cancelled(_ yields: [Yield], _ rules: OutputRules) -> CompleterRun {
        let counter = Counter()
        var completer = StreamCompleter(.test, rules: rules) { counter.id($0) }
        completer.begin()
        for yield in yields {
            do throws(OutputFault) { try completer.take(yield) } catch { break }
        }
        completer.cancel()
        var run = CompleterRun()
        run.events = completer.takeEvents().map(\.json)
        run.response = completer.response ?? [:]
        return run
    }

    var output: [JSON] { response["output"]?.arrayValue ?? [] }
    var status: String { response["status"]?.stringValue ?? "" }
}

extension StreamCompleter {
    fileprivate mutating func take(_ yield: Yield) throws(OutputFault) {
        switch yield {
        case .event(let event): try add(StreamEvent(event))
        case .item(let item): try self.item(item)
        case .delta(let piece, let id): try textDelta(piece, itemID: id)
        case .result(let response): try take(result: response)
        case .set(let key, let value): set(key, value)
        case .outputs(let outputs): mergeCustomOutputs(outputs)
        }
    }
}

/// Makes ids that are the same in every run.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func id(_ prefix: String) -> String {
        count.withLock { count in
            count += 1
            return "\(prefix)new\(count)"
        }
    }
}

extension ResponseEnvelope {
    /// A request without settings.
    static let test = ResponseEnvelope(
        id: "resp_1", createdAt: 1_700_000_000, model: "agent", settings: defaultSettings, given: [:]
    )

    /// A request that gives some settings.
    static func test(settings: JSONObject) -> ResponseEnvelope {
        var envelope = test
        for (key, value) in settings {
            envelope.settings[key] = value
            envelope.given[key] = value
        }
        return envelope
    }

    private static let defaultSettings: JSONObject = [
        "previous_response_id": .null, "instructions": .null, "tools": [], "tool_choice": "auto",
        "truncation": "disabled", "parallel_tool_calls": true, "text": ["format": ["type": "text"]], "top_p": 1,
        "presence_penalty": 0, "frequency_penalty": 0, "top_logprobs": 0, "temperature": 1,
        "reasoning": ["effort": .null, "summary": .null], "max_output_tokens": .null, "max_tool_calls": .null,
        "store": true, "background": false, "service_tier": "default", "metadata": [:],
        "safety_identifier": .null, "prompt_cache_key": .null,
    ]
}

extension CompleterRun {
    /// The stream in short lines, without its beginning.
    var sketch: [String] { events.dropFirst(2).map(Self.sketch) }

    private static func sketch(_ event: JSONObject) -> String {
        let type = event["type"]?.stringValue ?? ""
        func number(_ key: String) -> String { event[key]?.intValue.map(String.init) ?? "?" }
        let item = number("output_index")
        let part = "\(item).\(number(event.contains("summary_index") ? "summary_index" : "content_index"))"
        switch type {
        case "response.output_item.added": return "+item\(item) \(event["item"]?["type"]?.stringValue ?? "")"
        case "response.output_item.done":
            return "-item\(item)" + (event["item"]?["status"] == "incomplete" ? " incomplete" : "")
        case "response.content_part.added", "response.reasoning_summary_part.added":
            return "+part\(part) \(event["part"]?["type"]?.stringValue ?? "")"
        case "response.content_part.done", "response.reasoning_summary_part.done": return "-part\(part)"
        case "response.output_text.annotation.added": return "note\(part).\(number("annotation_index"))"
        case "response.function_call_arguments.delta": return "arguments\(item) \(event["delta"]?.stringValue ?? "")"
        case "response.function_call_arguments.done":
            return "arguments\(item) = \(event["arguments"]?.stringValue ?? "")"
        default:
            guard event.contains("item_id"), StreamRules.describes(type) else {
                return type.replacingPrefix("response.", with: "")
            }
            if let delta = event["delta"]?.stringValue { return "text\(part) \(delta)" }
            return "text\(part) = \(event["text"]?.stringValue ?? event["refusal"]?.stringValue ?? "")"
        }
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
