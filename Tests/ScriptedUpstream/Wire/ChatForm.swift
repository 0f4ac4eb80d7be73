import AgentJSON

/// Chat completions.
struct ChatForm: WireForm {
    private let request: ModelRequest
    private let number: Int
    private var reasoning = ""
    private var text = ""
    private var refusal = ""
    private var calls: [(name: String, arguments: String)] = []
    private var finish: JSON = .null
    private var usage = ScriptedUsage()

    init(answering request: ModelRequest, number: Int) {
        self.request = request
        self.number = number
    }

    mutating func opening() -> [String] {
        [chunk(["role": "assistant", "content": ""])]
    }

    mutating func events(of step: Step) -> [String] {
        switch step {
        case .reasoning(let piece):
            reasoning += piece
            usage.reasoning += 1
            return [chunk(["reasoning_content": .string(piece)])]
        case .text(let piece):
            text += piece
            usage.text += 1
            // As servers do that do not know whether it is the last one.
            return [chunk(["content": .string(piece)], finish: request.text.hasPrefix("stop-always") ? "stop" : .null)]
        case .refusal(let piece):
            refusal += piece
            usage.text += 1
            return [chunk(["refusal": .string(piece)])]
        case .call(let index, let name):
            calls.append((name, ""))
            usage.text += 1
            let call: JSONObject = [
                "index": .integer(index), "id": id(ofCall: index), "type": "function",
                "function": ["name": .string(name), "arguments": ""],
            ]
            return [chunk(["tool_calls": [.object(call)]])]
        case .arguments(let index, let piece):
            guard calls.indices.contains(index) else { return [] }
            calls[index].arguments += piece
            usage.text += 1
            return [chunk(["tool_calls": [["index": .integer(index), "function": ["arguments": .string(piece)]]]])]
        case .end(let ending): return end(ending)
        case .fault(.error), .fault(.failure):
            return [
                "data: {\"error\":{\"message\":\"The model is gone\",\"type\":\"server_error\",\"code\":\"gone\"}}\n\n"
            ]
        case .clock, .fault: return []
        }
    }

    private mutating func end(_ ending: Step.Ending) -> [String] {
        switch ending {
        case .whole, .wholeWithUsage, .open: finish = calls.isEmpty ? "stop" : "tool_calls"
        case .length: finish = "length"
        case .filter: finish = "content_filter"
        }
        let isCounted = if case .wholeWithUsage = ending { true } else { false }
        var events = [chunk([:], finish: finish, usage: isCounted ? usageJSON : nil)]
        if request.wantsUsage, !isCounted {
            var last = frame(of: "chat.completion.chunk", choices: [])
            last["usage"] = usageJSON
            events.append("data: \(JSON.object(last).line)\n\n")
        }
        if case .open = ending { return events }
        return events + ["data: [DONE]\n\n"]
    }

    var whole: JSON {
        var message: JSONObject = [
            "role": "assistant", "content": text.isEmpty ? .null : .string(text),
            "refusal": refusal.isEmpty ? .null : .string(refusal),
        ]
        if !reasoning.isEmpty { message["reasoning_content"] = .string(reasoning) }
        if !calls.isEmpty {
            message["tool_calls"] = .array(
                calls.enumerated().map { index, call in
                    [
                        "id": id(ofCall: index), "type": "function",
                        "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
                    ]
                })
        }
        let choice: JSONObject = [
            "index": 0, "message": .object(message), "logprobs": .null, "finish_reason": finish,
        ]
        var answer = frame(of: "chat.completion", choices: [.object(choice)])
        answer["usage"] = usageJSON
        return .object(answer)
    }

    // MARK: Pieces

    private func id(ofCall index: Int) -> JSON { .string("call_\(number)_\(index)") }

    private func chunk(_ delta: JSONObject, finish: JSON = .null, usage: JSON? = nil) -> String {
        let choice: JSONObject = ["index": 0, "delta": .object(delta), "logprobs": .null, "finish_reason": finish]
        var chunk = frame(of: "chat.completion.chunk", choices: [.object(choice)])
        if let usage { chunk["usage"] = usage } else if request.wantsUsage { chunk["usage"] = .null }
        return "data: \(JSON.object(chunk).line)\n\n"
    }

    private func frame(of kind: String, choices: [JSON]) -> JSONObject {
        [
            "id": .string("chatcmpl-\(number)"), "object": .string(kind), "created": 1_700_000_000,
            "model": .string(request.model), "choices": .array(choices),
        ]
    }

    private var usageJSON: JSON {
        [
            "prompt_tokens": .integer(ScriptedUsage.input), "completion_tokens": .integer(usage.output),
            "total_tokens": .integer(usage.total),
            "prompt_tokens_details": ["cached_tokens": .integer(ScriptedUsage.cached)],
            "completion_tokens_details": ["reasoning_tokens": .integer(usage.reasoning)],
        ]
    }
}
