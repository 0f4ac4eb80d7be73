import AgentJSON
import TestSupport

/// What an endpoint might write if it took every liberty, the same for the same seed.
struct RandomAnswer {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The chunks of a chat completion, well-formed but odd.
    mutating func chunks() -> [String] {
        var chunks = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            Chat.chunk(delta())
        }
        chunks.append(Chat.end(random.pick(["stop", "tool_calls", "length", "content_filter", "eos"])))
        return chunks
    }

    private mutating func delta() -> JSONObject {
        var delta: JSONObject = [:]
        for _ in 0...Int.random(in: 0...2, using: &random) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: delta["content"] = .string(text())
            case 2: delta["reasoning_content"] = .string(text())
            case 3: delta["refusal"] = .string(text())
            case 4: delta["annotations"] = [["type": "url_citation", "url_citation": ["url": "u", "start_index": -1]]]
            default: delta["tool_calls"] = .array((0...Int.random(in: 0...1, using: &random)).map { _ in call() })
            }
        }
        return delta
    }

    private mutating func call() -> JSON {
        Chat.callJSON(
            random.pick([nil, 0, 0, 1, 2]), id: random.pick([nil, "", "a", "b"]),
            name: random.pick([nil, "f", "f", "g"]),
            random.pick([nil, .null, "", "{}", "{\"x\":", "1}", " ", ["x": 1]])
        )
    }

    private mutating func text() -> String {
        random.pick(["", " ", "\n", "a", "Hello ", "e", "\u{301}", "👩", "\u{200D}"])
    }

    /// Events of the Responses API, of any order.
    mutating func events() -> [String] {
        (0..<Int.random(in: 0...10, using: &random)).map { _ in
            let type = random.pick([
                "response.output_item.added", "response.output_item.done", "response.output_text.delta",
                "response.function_call_arguments.delta", "response.completed", "response.incomplete", "acme:event",
                "response.unknown",
            ])
            return JSONObject([
                ("type", .string(type)), ("item_id", value(2)), ("item", value(3)), ("delta", value(1)),
                ("response", value(3)),
            ]).description
        }
    }

    /// Any value, with the names that matter.
    mutating func value(_ depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
        case 0: return .null
        case 1: return random.pick([true, false])
        case 2: return random.pick([0, -1, 1.5, 7, .number(JSONNumber(Int.max)), .number(JSONNumber(Int.min))])
        case 3, 4, 5:
            return .string(random.pick(["", "x", "message", "function_call", "reasoning", "error", "stop", "{}"]))
        case 6: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in (random.pick(Self.names), value(depth - 1)) }
                )
            )
        }
    }

    private static let names = [
        "choices", "delta", "message", "content", "tool_calls", "function_call", "function", "name", "arguments",
        "index",
        "id", "usage", "prompt_tokens", "error", "object", "type", "finish_reason", "logprobs", "annotations",
        "reasoning", "output", "item", "response", "status", "role", "call_id", "detail", "loc", "msg", "code", "text",
        "tools", "tool_choice", "input", "format", "include", "summary", "url_citation", "x_groq",
    ]
}
