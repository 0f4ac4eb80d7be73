import AgentJSON
import AgentServer
import OpenResponses
import TestSupport
import Testing

@testable import ModelAgent

/// An answer that was read event by event, as far as it came.
struct DecodedAnswer {
    var events: [StreamEvent] = []
    var answer = ModelAnswer()
    var failure: ModelFailure?

    /// Reads an answer to its end.
    init<API: ModelAPI>(_ api: API.Type, _ data: [String]) {
        var decoder = API.decoder(for: .test)
        do throws(ModelFailure) {
            for data in data { events += try decoder.read(data) }
            let end = try decoder.finish()
            events += end.events
            answer = end.answer
        } catch {
            failure = error
        }
    }

    /// Reads an answer, and checks that the events make a valid stream with its items, as they are and completed.
    init<API: ModelAPI>(valid api: API.Type, _ data: [String], location: SourceLocation = #_sourceLocation) {
        self.init(api, data)
        #expect(failure == nil, "\(failure?.message ?? "")", sourceLocation: location)
        let faults = streamFaults()
        #expect(faults.isEmpty, "\(faults) in\n\(sketch.joined(separator: "\n"))", sourceLocation: location)
    }

    /// What is wrong with the stream that the server makes of the events.
    ///
    /// - Parameter hasLooseArguments: Whether the model may have written arguments that are no object.
    func streamFaults(hasLooseArguments: Bool = false) -> [String] {
        let envelope = ResponseEnvelope(
            id: "resp_1", createdAt: 1, model: "agent",
            settings: (try? CreateRequest(["input": "Hello"]).echo) ?? [:], given: [:]
        )
        var completer = StreamCompleter(envelope, rules: OutputRules(includesEncryptedContent: true)) { "\($0)new" }
        completer.begin()
        do throws(OutputFault) {
            for event in events { try completer.add(event) }
            if let reason = answer.incompleteReason {
                completer.set("incomplete_details", ["reason": .string(reason)])
            }
            try completer.finish(at: 2)
        } catch {
            return ["The events are refused: \(error.message)"]
        }
        let stream = completer.takeEvents().map(\.json)
        var faults = StreamRules.faults(
            stream, response: completer.response, allowsContradictions: hasLooseArguments
        )
        let output = completer.response?["output"]?.arrayValue ?? []
        if output.map({ $0["id"] }) != answer.items.map({ $0.json["id"] }) { faults.append("The items are others") }
        return faults
    }

    /// The events in short lines.
    var sketch: [String] {
        events.map { event in
            let json = event.json
            switch event.type {
            case "response.output_item.added":
                return "+ \(json["item"]?["type"]?.stringValue ?? "") \(json["item"]?["name"]?.stringValue ?? "")"
                    .trimmed
            case "response.output_item.done":
                let mark = json["item"]?["status"] == "incomplete" ? " incomplete" : ""
                return "- \(json["item"]?["type"]?.stringValue ?? "")\(mark)"
            case "response.output_text.delta": return "text \(json["delta"]?.stringValue ?? "")"
            case "response.refusal.delta": return "refusal \(json["delta"]?.stringValue ?? "")"
            case "response.reasoning_text.delta": return "think \(json["delta"]?.stringValue ?? "")"
            case "response.function_call_arguments.delta": return "arguments \(json["delta"]?.stringValue ?? "")"
            default: return event.type
            }
        }
    }

    /// The items in short lines.
    var items: [String] {
        answer.items.map { item in
            switch item.type {
            case "message":
                let parts = (item.json["content"]?.arrayValue ?? []).map {
                    $0["text"]?.stringValue ?? "refusal \($0["refusal"]?.stringValue ?? "")"
                }
                return "message \(parts.joined(separator: "|"))"
            case "reasoning": return "reasoning \(item.text)"
            default: return "\(item.name ?? "") \(item.arguments ?? "") \(item.callID ?? "")"
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String { last == " " ? String(dropLast()) : self }
}

extension ModelTurn {
    /// A turn with nothing but a question.
    static let test = ModelTurn(request: ["input": [["role": "user", "content": "Hello"]]])

    /// A turn of a request as it is.
    init(request json: JSONObject, input: [JSONObject]? = nil, instructions: String? = nil) {
        let request = AgentRequest(json)
        self.init(
            model: "model", instructions: instructions, input: input?.map(Item.init) ?? request.input,
            tools: request.tools, request: request, maximumOutputTokens: request.maxOutputTokens
        )
    }
}
