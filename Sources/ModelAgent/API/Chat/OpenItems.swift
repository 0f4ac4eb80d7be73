import AgentJSON
import AgentServer

/// A message that is being written.
struct OpenMessage: Sendable {
    struct Part: Sendable {
        let isRefusal: Bool
        var text = ""
        var annotations: [JSON] = []
        var logprobs: [JSON] = []

        var json: JSON {
            if isRefusal { return ["type": "refusal", "refusal": .string(text)] }
            var part: JSONObject = [
                "type": "output_text", "text": .string(text), "annotations": .array(annotations),
            ]
            if !logprobs.isEmpty { part["logprobs"] = .array(logprobs) }
            return .object(part)
        }
    }

    let id = Identifiers.make("msg_")
    /// Where the item is among those of its answer.
    let position: Int
    var parts: [Part] = []

    init(position: Int) {
        self.position = position
    }

    mutating func add(_ piece: String, isRefusal: Bool, _ logprobs: [JSON]) {
        if parts.last?.isRefusal != isRefusal { parts.append(Part(isRefusal: isRefusal)) }
        parts[parts.count - 1].text += piece
        if !logprobs.isEmpty { parts[parts.count - 1].logprobs += logprobs }
    }

    func item(isIncomplete: Bool) -> JSONObject {
        [
            "type": "message", "id": .string(id), "status": isIncomplete ? "incomplete" : "completed",
            "role": "assistant", "content": .array(parts.map(\.json)),
        ]
    }
}

/// Reasoning that is being written.
struct OpenReasoning: Sendable {
    let id = Identifiers.make("rs_")
    /// Where the item is among those of its answer.
    let position: Int
    var text = ""

    init(position: Int) {
        self.position = position
    }

    func item(isIncomplete: Bool) -> JSONObject {
        var item: JSONObject = [
            "type": "reasoning", "id": .string(id), "summary": [],
            "content": [["type": "reasoning_text", "text": .string(text)]],
        ]
        // Reasoning that is whole has no status.
        if isIncomplete { item["status"] = "incomplete" }
        return item
    }
}

/// A call that is being written.
struct OpenCall: Sendable {
    let id = Identifiers.make("fc_")
    /// Where the item is among those of its answer.
    let position: Int
    let name: String
    let callID: String
    var arguments = ""
    var extra: JSON?
    var isClosed = false

    /// The name under which an item carries what belongs to a call in chat completions alone.
    static let extraKey = "extra_content"

    init(position: Int, name: String, callID: String) {
        self.position = position
        self.name = name
        self.callID = callID
    }

    func item(isIncomplete: Bool) -> JSONObject {
        var item: JSONObject = [
            "type": "function_call", "id": .string(id), "status": isIncomplete ? "incomplete" : "completed",
            "call_id": .string(callID), "name": .string(name),
            // A model that calls a function without parameters may write none at all.
            "arguments": .string(arguments.isBlank && !isIncomplete ? "{}" : arguments),
        ]
        if let extra { item[Self.extraKey] = extra }
        return item
    }
}
