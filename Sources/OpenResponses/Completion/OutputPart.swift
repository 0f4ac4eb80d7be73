import AgentJSON

/// A part of a message or of reasoning in the making.
struct OutputPart: Sendable {
    /// The part's type as the standard names it.
    let type: String
    /// The index that the agent gives it, where it gives one.
    var agentIndex: Int?
    /// The events of a part of this type; `nil` where it has no text that comes in pieces.
    let names: EventNames?
    /// The part as the agent opened it, where it does not come in pieces.
    let whole: JSONObject
    var text = ""
    var annotations: [JSON] = []
    var logprobs: [JSON] = []
    /// Whether the event that repeats the whole text was sent.
    var hasSaidText = false
    /// The part as it was sent in its `done` event.
    var finished: JSONObject?

    init(type: String, agentIndex: Int? = nil, given: JSONObject = [:]) {
        self.type = type
        self.agentIndex = agentIndex
        names = EventNames.ofPart[type]
        whole = names == nil ? PartForm.whole(given, type: type) : [:]
    }

    /// Whether an event speaks of this part.
    func isMeant(by index: Int?) -> Bool {
        index == nil || agentIndex == nil || index == agentIndex
    }

    /// The part's object, as far as it has come.
    func json(extras: JSONObject? = nil) -> JSONObject {
        var json: JSONObject
        switch type {
        case "output_text":
            json = [
                "type": "output_text", "text": .string(text), "annotations": .array(annotations),
                "logprobs": .array(logprobs),
            ]
        case "refusal": json = ["type": "refusal", "refusal": .string(text)]
        case _ where names == nil: return whole
        default: json = ["type": .string(type), "text": .string(text)]
        }
        if let extras {
            let own = json
            for (key, value) in extras where !own.contains(key) && !value.isNull {
                json.append(uncheckedKey: key, value: value)
            }
        }
        return json
    }
}

/// What the events about a part's text are called.
struct EventNames: Sendable {
    let delta: String
    let done: String
    /// The member of the `done` event that holds the text.
    let textKey: String
    /// Whether the events carry log probabilities.
    var hasLogprobs = false

    /// By the part's type.
    static let ofPart: [String: EventNames] = [
        "output_text": EventNames(
            delta: "response.output_text.delta", done: "response.output_text.done", textKey: "text", hasLogprobs: true
        ),
        "refusal": EventNames(delta: "response.refusal.delta", done: "response.refusal.done", textKey: "refusal"),
        "reasoning_text": EventNames(
            delta: "response.reasoning.delta", done: "response.reasoning.done", textKey: "text"
        ),
        "summary_text": EventNames(
            delta: "response.reasoning_summary_text.delta", done: "response.reasoning_summary_text.done",
            textKey: "text"
        ),
    ]
}
