import AgentJSON
import AgentServer
import OpenResponses

/// What chunks say of their completion as a whole, and the object that they add up to.
struct ChatCompletion: Sendable {
    var finishReason: String?
    /// The name under which the endpoint gives reasoning, where it has one.
    var reasoningKey: String?
    private var members: JSONObject = [:]
    private var givenUsage: JSONObject?

    init() {}

    /// The model that answered.
    var model: String? { members["model"]?.stringValue }

    /// Takes what is beside the choices of a chunk.
    mutating func take(_ chunk: JSONObject) {
        // Those that come before the model does, say of a filter, have empty ones.
        if members["model"] == nil {
            for key in ["id", "created", "model", "system_fingerprint", "service_tier"] {
                if let value = chunk[key], !value.isNull, value != "" { members[key] = value }
            }
        }
        // Of several, each has the sum so far. Groq has a place of its own for it.
        if let usage = (chunk["usage"]?.objectValue ?? chunk["x_groq"]?["usage"]?.objectValue) { givenUsage = usage }
    }

    var usage: Usage? {
        guard let given = givenUsage else { return nil }
        let (prompt, completion) = (given["prompt_tokens_details"], given["completion_tokens_details"])
        return Usage(
            inputTokens: Usage.count(given["prompt_tokens"]), outputTokens: Usage.count(given["completion_tokens"]),
            cachedTokens: Usage.count(prompt?["cached_tokens"] ?? given["prompt_cache_hit_tokens"]),
            reasoningTokens: Usage.count(completion?["reasoning_tokens"])
        )
    }

    /// The completion as the endpoint gives it when nothing is streamed.
    func json(_ items: [Item]) -> JSONObject {
        var completion: JSONObject = ["id": members["id"] ?? "", "object": "chat.completion"]
        for (key, value) in members where key != "id" { completion[key] = value }
        completion["choices"] = [
            ["index": 0, "message": .object(message(items)), "finish_reason": finishReason.map(JSON.string) ?? .null]
        ]
        if let givenUsage { completion["usage"] = .object(givenUsage) }
        return completion
    }

    private func message(_ items: [Item]) -> JSONObject {
        var texts: [String] = []
        var (refusal, reasoning) = ("", "")
        var calls: [JSON] = []
        for item in items {
            switch item.type {
            case "message":
                for part in item.json["content"]?.arrayValue ?? [] {
                    if let text = part["text"]?.stringValue { texts.append(text) }
                    refusal += part["refusal"]?.stringValue ?? ""
                }
            case "reasoning": reasoning += item.text
            default:
                calls.append([
                    "id": .string(item.callID ?? ""), "type": "function",
                    "function": ["name": .string(item.name ?? ""), "arguments": .string(item.arguments ?? "")],
                ])
            }
        }
        var message: JSONObject = [
            "role": "assistant", "content": texts.isEmpty ? .null : .string(texts.joined()),
        ]
        if !refusal.isEmpty { message["refusal"] = .string(refusal) }
        if !reasoning.isEmpty { message[reasoningKey ?? "reasoning_content"] = .string(reasoning) }
        if !calls.isEmpty { message["tool_calls"] = .array(calls) }
        return message
    }
}

extension Usage {
    /// A number of tokens; 0 where it is none, and far below an overflow where it is absurd.
    static func count(_ value: JSON?) -> Int {
        let number = value?.numberValue
        return min(max(number?.int ?? number?.integral ?? 0, 0), 1 << 60)
    }
}
