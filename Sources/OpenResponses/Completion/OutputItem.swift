import AgentJSON

/// An item of the output in the making.
struct OutputItem: Sendable {
    /// A list of parts.
    enum Place: Sendable {
        case content
        case summary
    }

    enum Phase: Sendable {
        case open
        /// The agent says that it is incomplete; whether it may be called so depends on what follows.
        case held(JSONObject)
        case done(JSONObject)
        /// The client does not want it.
        case leftOut
    }

    let id: String
    let type: String
    /// The item as it was added, without its content.
    var head: JSONObject
    var phase = Phase.open
    var content: [OutputPart] = []
    var summary: [OutputPart] = []
    /// Where a part is open: the last one of that list.
    var openPlace: Place?
    var arguments = ""
    var hasSaidArguments = false

    var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    var isHeld: Bool {
        if case .held = phase { true } else { false }
    }

    var isLeftOut: Bool {
        if case .leftOut = phase { true } else { false }
    }

    /// The item as it was sent in its `done` event.
    var finished: JSONObject? {
        if case .done(let item) = phase { item } else { nil }
    }

    subscript(place: Place) -> [OutputPart] {
        get { place == .content ? content : summary }
        _modify {
            switch place {
            case .content: yield &content
            case .summary: yield &summary
            }
        }
    }
}

/// A part of a message or of reasoning in the making.
struct OutputPart: Sendable {
    /// The part's type as the standard names it.
    let type: String
    /// The index that the agent gives it, where it gives one.
    let agentIndex: Int?
    var text = ""
    var annotations: [JSON] = []
    var logprobs: [JSON] = []
    /// Whether the event that repeats the whole text was sent.
    var hasSaidText = false
    /// The part as it was sent in its `done` event.
    var finished: JSONObject?

    init(type: String, agentIndex: Int? = nil) {
        self.type = type
        self.agentIndex = agentIndex
    }

    /// The events of a part of this type; `nil` where it has no text that comes in pieces.
    var names: EventNames? { EventNames(partType: type) }

    /// The part's object with the text so far.
    func json(_ text: String, extras: JSONObject? = nil) -> JSONObject {
        var json: JSONObject
        switch type {
        case "refusal": json = ["type": "refusal", "refusal": .string(text)]
        case "output_text":
            json = [
                "type": "output_text", "text": .string(text), "annotations": .array(annotations),
                "logprobs": .array(logprobs),
            ]
        default: json = ["type": .string(type), "text": .string(text)]
        }
        for (key, value) in extras ?? [:] where !json.contains(key) && !value.isNull { json[key] = value }
        return json
    }
}

/// What the events about a part's text are called.
struct EventNames {
    var delta: String
    var done: String
    /// The member of the `done` event that holds the text.
    var textKey: String

    init?(partType: String) {
        switch partType {
        case "output_text":
            self.init(delta: "response.output_text.delta", done: "response.output_text.done", textKey: "text")
        case "refusal": self.init(delta: "response.refusal.delta", done: "response.refusal.done", textKey: "refusal")
        case "reasoning_text":
            self.init(delta: "response.reasoning.delta", done: "response.reasoning.done", textKey: "text")
        case "summary_text":
            self.init(
                delta: "response.reasoning_summary_text.delta", done: "response.reasoning_summary_text.done",
                textKey: "text"
            )
        default: return nil
        }
    }

    private init(delta: String, done: String, textKey: String) {
        self.delta = delta
        self.done = done
        self.textKey = textKey
    }
}
