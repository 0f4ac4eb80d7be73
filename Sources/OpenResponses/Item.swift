public import AgentJSON

/// One item of a conversation, on its way in or out: a message, a function call, a function's output, reasoning, …
///
/// A thin view over the JSON object that was sent: every field survives, known or not, in its order. The accessors
/// read the fields that the Open Responses standard names; they are `nil` where a field is absent or of another kind.
public struct Item: Sendable, Hashable {
    /// The item as it was sent, or will be.
    public var json: JSONObject

    /// Wraps an item's JSON object as it is.
    public init(_ json: JSONObject) {
        self.json = json
    }

    /// What kind of item this is, `message` or `function_call` for example; `""` where it has no type.
    public var type: String { json["type"]?.stringValue ?? "" }
    /// The item's id.
    public var id: String? { json["id"]?.stringValue }
    /// Who speaks in a message: `user`, `assistant`, `system` or `developer`.
    public var role: String? { json["role"]?.stringValue }
    /// The name of the function that a call asks for.
    public var name: String? { json["name"]?.stringValue }
    /// What ties a function's output to the call it answers.
    public var callID: String? { json["call_id"]?.stringValue }
    /// The arguments of a function call: a JSON document as text.
    public var arguments: String? { json["arguments"]?.stringValue }

    /// The text of a message, or of a function's output: the content itself where it is a string, or else the
    /// `text` of its parts, joined without a separator.
    public var text: String {
        let content = json["content"] ?? json["output"]
        if let text = content?.stringValue { return text }
        var joined = ""
        for part in content?.arrayValue ?? [] {
            if let text = part["text"]?.stringValue { joined += text }
        }
        return joined
    }
}

extension Item {
    /// A finished message of the assistant with one text part.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - id: The item's id; ids begin with `msg_` by custom.
    ///   - annotations: Citations and the like, as the standard writes them; the key is left out where there are none.
    public static func message(_ text: String, id: String, annotations: [JSON] = []) -> Item {
        var part: JSONObject = ["type": "output_text", "text": .string(text)]
        if !annotations.isEmpty { part["annotations"] = .array(annotations) }
        return message(parts: [.object(part)], id: id)
    }

    /// A finished message of the assistant with these content parts.
    public static func message(parts: [JSON], id: String) -> Item {
        Item(["type": "message", "id": .string(id), "role": "assistant", "content": .array(parts)])
    }

    /// A call of one of the request's functions.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - arguments: A JSON document as text.
    ///   - callID: What the output will refer to.
    ///   - id: The item's id; ids begin with `fc_` by custom.
    public static func functionCall(name: String, arguments: String, callID: String, id: String) -> Item {
        Item([
            "type": "function_call", "id": .string(id), "call_id": .string(callID), "name": .string(name),
            "arguments": .string(arguments),
        ])
    }

    /// The output of a function that the agent called itself.
    public static func functionCallOutput(callID: String, output: String) -> Item {
        Item(["type": "function_call_output", "call_id": .string(callID), "output": .string(output)])
    }

    /// A summary of how the agent came to its answer.
    public static func reasoning(summary: String, id: String) -> Item {
        Item([
            "type": "reasoning", "id": .string(id),
            "summary": [["type": "summary_text", "text": .string(summary)]],
        ])
    }
}
