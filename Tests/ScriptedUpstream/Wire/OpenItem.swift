import AgentJSON

/// An item of a response that is being written.
struct OpenItem {
    enum Kind: Equatable {
        case reasoning, text, refusal
        case call(id: String, name: String)
    }

    let kind: Kind
    let number: Int
    let index: Int
    /// What there is of its text, or of its arguments.
    var text = ""

    init(kind: Kind, number: Int, index: Int) {
        self.kind = kind
        self.number = number
        self.index = index
    }

    var id: String {
        switch kind {
        case .reasoning: "rs_\(number)_\(index)"
        case .text, .refusal: "msg_\(number)_\(index)"
        case .call: "fc_\(number)_\(index)"
        }
    }

    /// Its content as far as it has come; `nil` for a call, which has none.
    var part: JSON? {
        switch kind {
        case .reasoning: ["type": "reasoning_text", "text": .string(text)]
        case .text: ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
        case .refusal: ["type": "refusal", "refusal": .string(text)]
        case .call: nil
        }
    }

    func json(status: String) -> JSON {
        let content: JSON = .array(status == "in_progress" ? [] : part.map { [$0] } ?? [])
        let (id, status): (JSON, JSON) = (.string(id), .string(status))
        switch kind {
        case .reasoning: return ["id": id, "type": "reasoning", "summary": [], "content": content, "status": status]
        case .text, .refusal:
            return ["id": id, "type": "message", "status": status, "role": "assistant", "content": content]
        case .call(let call, let name):
            return [
                "id": id, "type": "function_call", "status": status, "call_id": .string(call),
                "name": .string(name), "arguments": .string(text),
            ]
        }
    }

    var deltaType: String { "\(stem).delta" }
    var doneType: String { "\(stem).done" }

    /// What the event that it is done calls its text.
    var textKey: String {
        switch kind {
        case .reasoning, .text: "text"
        case .refusal: "refusal"
        case .call: "arguments"
        }
    }

    private var stem: String {
        switch kind {
        case .reasoning: "response.reasoning_text"
        case .text: "response.output_text"
        case .refusal: "response.refusal"
        case .call: "response.function_call_arguments"
        }
    }
}
