import AgentJSON

/// A call of the model, in one of the two formats, as the script sees it.
struct ModelRequest: Sendable {
    enum Format: String, Sendable {
        case chat, responses
    }

    let format: Format
    let body: JSON
    /// The text of the last user message.
    let text: String
    /// What tools have said since.
    let toolOutputs: [String]

    init(_ format: Format, body: JSON) {
        self.format = format
        self.body = body
        let items = Self.items(of: body, format)
        let last = items.lastIndex { $0["role"] == "user" }
        text = last.map { Self.text(of: items[$0]["content"]) } ?? ""
        toolOutputs = items[(last ?? 0)...].compactMap { item in
            switch format {
            case .chat: item["role"] == "tool" ? Self.text(of: item["content"]) : nil
            case .responses: item["type"] == "function_call_output" ? Self.text(of: item["output"]) : nil
            }
        }
    }

    /// The conversation.
    var items: [JSON] { Self.items(of: body, format) }

    var isStreamed: Bool { body["stream"] == true }
    var model: String { body["model"]?.stringValue ?? "" }

    /// Whether a stream of chat completions is to end with the tokens it took.
    var wantsUsage: Bool { body["stream_options"]?["include_usage"] == true }

    /// The functions that are offered.
    var toolNames: [String] {
        (body["tools"]?.arrayValue ?? []).compactMap { tool in
            (format == .chat ? tool["function"]?["name"] : tool["name"])?.stringValue
        }
    }

    /// The place of a message of chat completions that calls functions, and does not say what the model thought before.
    var callWithoutReasoning: Int? {
        items.firstIndex { $0["tool_calls"] != nil && ($0["reasoning_content"]?.stringValue ?? "").isEmpty }
    }

    /// What the answer's text shall be: `text`, `json_object` or `json_schema`.
    var textFormat: String {
        let form = format == .chat ? body["response_format"] : body["text"]?["format"]
        return form?["type"]?.stringValue ?? "text"
    }

    private static func items(of body: JSON, _ format: Format) -> [JSON] {
        switch format {
        case .chat: return body["messages"]?.arrayValue ?? []
        case .responses:
            if let text = body["input"]?.stringValue { return [["role": "user", "content": .string(text)]] }
            return body["input"]?.arrayValue ?? []
        }
    }

    /// A text, or the texts of parts one behind the other.
    private static func text(of content: JSON?) -> String {
        if let text = content?.stringValue { return text }
        return (content?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined()
    }
}
