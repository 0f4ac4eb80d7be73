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
        case held(JSONObject, extras: JSONObject?)
        case done(JSONObject)
    }

    let id: String
    let type: String
    /// What the agent calls the call that this item is.
    var agentCallID: String?
    /// The item as the agent opened it.
    let given: JSONObject
    /// The item as it was added, without its content.
    let head: JSONObject
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

    /// The item as it was sent in its `done` event.
    var finished: JSONObject? {
        if case .done(let item) = phase { item } else { nil }
    }

    /// Whether nothing of what comes in pieces has come.
    var isBlank: Bool { content.isEmpty && summary.isEmpty && arguments.isEmpty && !hasSaidArguments }

    /// The part that is open.
    var openPart: OutputPart? { openPlace.flatMap { self[$0].last } }

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
