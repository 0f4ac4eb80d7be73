import AgentJSON

/// Chunks as an endpoint of chat completions writes them.
enum Chat {
    /// A chunk with this delta.
    static func chunk(_ delta: JSONObject, finish: JSON = .null, more: JSONObject = [:]) -> String {
        var chunk: JSONObject = [
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "gpt-x",
            "choices": [["index": 0, "delta": .object(delta), "logprobs": .null, "finish_reason": finish]],
        ]
        for (key, value) in more { chunk[key] = value }
        return chunk.description
    }

    static func text(_ text: String) -> String { chunk(["content": .string(text)]) }

    /// A chunk with a piece of a call.
    static func call(
        _ index: Int? = nil, id: String? = nil, name: String? = nil, _ arguments: JSON? = nil
    ) -> String {
        chunk(["tool_calls": [callJSON(index, id: id, name: name, arguments)]])
    }

    static func callJSON(
        _ index: Int? = nil, id: String? = nil, name: String? = nil, _ arguments: JSON? = nil
    ) -> JSON {
        var call: JSONObject = ["type": "function"]
        if let index { call["index"] = .number(JSONNumber(index)) }
        if let id { call["id"] = .string(id) }
        var function: JSONObject = [:]
        if let name { function["name"] = .string(name) }
        if let arguments { function["arguments"] = arguments }
        call["function"] = .object(function)
        return .object(call)
    }

    static func end(_ reason: String) -> String { chunk([:], finish: .string(reason)) }

    static let usage = """
        {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-x","choices":[],"usage":{"prompt_tokens":9,\
        "completion_tokens":12,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":4},\
        "completion_tokens_details":{"reasoning_tokens":5}}}
        """
    static let done = "[DONE]"
}
