import AgentJSON
import OpenResponses
import TestSupport

extension RandomAgent {
    /// Events of all kinds in no order, with few ids, and with members missing or of the wrong kind.
    mutating func chaotic() -> [Yield] {
        var yields: [Yield] = []
        for _ in 0..<Int.random(in: 0...14, using: &random) {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: yields.append(.item(mutated(item())))
            case 1: yields.append(.delta(text(), id: id()))
            case 2: yields.append(.result(["output": [.object(item())]]))
            case 3:
                yields.append(.set(random.pick(["usage", "metadata", "status", "x", "incomplete_details"]), value()))
            case 4: yields.append(.outputs(["k": value()]))
            default: yields.append(.event(random.chance(90) ? chaoticEvent() : mutated(chaoticEvent())))
            }
        }
        return yields
    }

    /// A recorded stream with some events lost, doubled, exchanged or changed.
    mutating func mutated(recorded: [JSONObject]) -> [Yield] {
        var events = recorded
        for _ in 0..<Int.random(in: 1...4, using: &random) where events.count > 1 {
            let index = Int.random(in: events.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: events.remove(at: index)
            case 1: events.insert(events[index], at: Int.random(in: events.indices, using: &random))
            case 2: events.swapAt(index, Int.random(in: events.indices, using: &random))
            case 3: events[index] = mutated(events[index])
            default: events.removeLast()
            }
        }
        return events.map(Yield.event)
    }

    private mutating func chaoticEvent() -> JSONObject {
        let types = [
            "output_item.added", "output_item.done", "output_item.done", "output_text.delta", "output_text.delta",
            "output_text.done", "refusal.delta", "refusal.done", "reasoning.delta", "reasoning_text.done",
            "reasoning_summary_text.delta", "reasoning_summary_text.done", "content_part.added", "content_part.done",
            "reasoning_summary_part.added", "reasoning_summary_part.done", "function_call_arguments.delta",
            "function_call_arguments.done", "output_text.annotation.added", "created", "completed", "incomplete",
            "mcp_call.in_progress",
        ]
        let type = random.pick(types)
        var event = event(type, ["item_id": .string(id())])
        if random.chance(40) { event["content_index"] = random.pick([0, 1]) }
        if random.chance(40) { event["summary_index"] = random.pick([0, 1]) }
        if random.chance(10) { event["custom_outputs"] = ["k": 1] }
        if random.chance(10) { event["error"] = "x" }
        switch type {
        case "output_item.added", "output_item.done": event["item"] = .object(item())
        case "content_part.added", "content_part.done", "reasoning_summary_part.added", "reasoning_summary_part.done":
            event["part"] = .object(part(isSummary: type.contains("summary")))
        case "output_text.annotation.added": event["annotation"] = ["type": "url_citation"]
        case "function_call_arguments.done": event["arguments"] = .string(text())
        case "completed", "incomplete":
            event["response"] = .object(["output": .array(random.chance(50) ? [.object(item())] : [])])
        default:
            event[type.hasSuffix(".delta") ? "delta" : type.contains("refusal") ? "refusal" : "text"] = .string(text())
        }
        return event
    }

    private mutating func item() -> JSONObject {
        var item: JSONObject
        switch Int.random(in: 0..<9, using: &random) {
        case 0...2:
            var parts: [JSON] = []
            for _ in 0..<Int.random(in: 0...2, using: &random) { parts.append(.object(part())) }
            item = ["type": "message", "content": random.chance(90) ? .array(parts) : .string(text())]
            if random.chance(30) { item["role"] = random.pick(["user", "assistant", "system", "developer"]) }
        case 3, 4:
            item = call(
                random.pick(["f", "g", "own", "main.default.f", String(repeating: "n", count: 70)]), id(), text())
        case 5:
            item = output(id(), text())
            if random.chance(50) {
                item["output"] = [
                    .object(
                        part(of: ["input_text", "input_image", "input_file", "text", "output_text", "input_video"]))
                ]
            }
        case 6:
            item = [
                "type": "reasoning", "summary": [.object(part(isSummary: true))],
                "content": [["type": "text", "text": "r"]],
            ]
        case 7: item = ["type": random.pick(["mcp_call", "acme:item", "custom_tool_call"]), "call_id": .string(id())]
        default: item = ["type": "compaction", "encrypted_content": "x"]
        }
        if random.chance(80) { item["id"] = .string(id()) }
        if random.chance(30) { item["status"] = random.pick(["incomplete", "completed", "in_progress", "failed"]) }
        return item
    }

    private mutating func part(isSummary: Bool = false) -> JSONObject {
        if isSummary { return ["type": "summary_text", "text": .string(text())] }
        return part(of: [
            "output_text", "output_text", "refusal", "reasoning_text", "summary_text", "text", "input_text",
            "input_image", "input_file", "input_video", "acme:part",
        ])
    }

    private mutating func part(of types: [String]) -> JSONObject {
        let type = random.pick(types)
        var part: JSONObject = ["type": .string(type), type == "refusal" ? "refusal" : "text": .string(text())]
        if type == "output_text", random.chance(20) {
            part["annotations"] = [
                ["type": "url_citation", "start_index": -1, "end_index": random.pick([-1, 2, 0.5])]
            ]
        }
        if type.hasPrefix("input_"), random.chance(30) {
            part[random.pick(["file_id", "image_url", "file_data", "filename", "detail"])] = value()
        }
        return part
    }

    private mutating func id() -> String {
        random.pick(["", "x", "x", "y", "y", "z", String(repeating: "l", count: 65)])
    }

    private mutating func text() -> String {
        random.pick(["", "a", "ab", "abc", "{}", "e\u{301}", "\u{301}"])
    }

    private mutating func value() -> JSON {
        random.pick([.null, true, 7, -0.5, "text", [], ["a"], [:], ["type": "message"], ["reason": "x"]])
    }

    /// An object in which a member, on any level, is missing or of another kind.
    private mutating func mutated(_ object: JSONObject) -> JSONObject {
        var object = object
        guard let key = Array(object.keys).randomElement(using: &random) else { return object }
        if let nested = object[key]?.objectValue, random.chance(60) {
            object[key] = .object(mutated(nested))
        } else {
            object[key] = random.chance(30) ? nil : value()
        }
        return object
    }
}
