import AgentJSON

/// OpenAI's responses.
struct ResponsesForm: WireForm {
    private let request: ModelRequest
    private let number: Int
    private var sequence = 0
    private var output: [JSON] = []
    private var open: OpenItem?
    private var status = "in_progress"
    private var incompleteReason: String?
    private var usage = ScriptedUsage()

    init(answering request: ModelRequest, number: Int) {
        self.request = request
        self.number = number
    }

    mutating func opening() -> [String] {
        [event("response.created", ["response": whole]), event("response.in_progress", ["response": whole])]
    }

    mutating func events(of step: Step) -> [String] {
        switch step {
        case .reasoning(let piece):
            usage.reasoning += 1
            return write(piece, to: .reasoning)
        case .text(let piece):
            usage.text += 1
            return write(piece, to: .text)
        case .refusal(let piece):
            usage.text += 1
            return write(piece, to: .refusal)
        case .call(let index, let name):
            usage.text += 1
            return begin(.call(id: "call_\(number)_\(index)", name: name))
        case .arguments(_, let piece):
            usage.text += 1
            return open.map { item in write(piece, to: item.kind) } ?? []
        case .end(let ending): return end(ending)
        case .fault(.error):
            return [event("error", ["code": "gone", "message": "The model is gone", "param": .null])]
        case .fault(.failure):
            status = "failed"
            return [event("response.failed", ["response": whole])]
        case .clock, .fault: return []
        }
    }

    var whole: JSON {
        var response: JSONObject = [
            "id": .string("resp_\(number)"), "object": "response", "created_at": 1_700_000_000,
            "status": .string(status), "background": false, "error": .null, "incomplete_details": .null,
            "instructions": request.body["instructions"] ?? .null, "max_output_tokens": .null,
            "model": .string(request.model), "output": .array(output), "parallel_tool_calls": true,
            "previous_response_id": .null, "reasoning": ["effort": .null, "summary": .null], "store": false,
            "temperature": 1.0, "text": ["format": ["type": "text"]], "tool_choice": "auto", "tools": [], "top_p": 1.0,
            "truncation": "disabled", "usage": .null, "metadata": [:],
        ]
        if status == "failed" { response["error"] = ["code": "server_error", "message": "The model is gone"] }
        if let incompleteReason { response["incomplete_details"] = ["reason": .string(incompleteReason)] }
        if status == "completed" || status == "incomplete" { response["usage"] = usageJSON }
        return .object(response)
    }

    private mutating func end(_ ending: Step.Ending) -> [String] {
        switch ending {
        case .whole, .wholeWithUsage, .open: break
        case .length: incompleteReason = "max_output_tokens"
        case .filter: incompleteReason = "content_filter"
        }
        let end = incompleteReason == nil ? "completed" : "incomplete"
        let closing = close(as: end)
        status = end
        return closing + [event("response.\(end)", ["response": whole])]
    }

    // MARK: Items

    private mutating func write(_ piece: String, to kind: OpenItem.Kind) -> [String] {
        var events = open?.kind == kind ? [] : begin(kind)
        guard var item = open else { return events }
        item.text += piece
        open = item
        events.append(event(item.deltaType, place(of: item, adding: ["delta": .string(piece)])))
        return events
    }

    private mutating func begin(_ kind: OpenItem.Kind) -> [String] {
        var events = close(as: "completed")
        let item = OpenItem(kind: kind, number: number, index: output.count)
        open = item
        events.append(
            event(
                "response.output_item.added",
                ["output_index": .integer(item.index), "item": item.json(status: "in_progress")]))
        if let part = item.part {
            events.append(event("response.content_part.added", place(of: item, adding: ["part": part])))
        }
        return events
    }

    private mutating func close(as status: String) -> [String] {
        guard let item = open else { return [] }
        open = nil
        let done = item.json(status: status)
        output.append(done)
        var events = [event(item.doneType, place(of: item, adding: [item.textKey: .string(item.text)]))]
        if let part = item.part {
            events.append(event("response.content_part.done", place(of: item, adding: ["part": part])))
        }
        return events + [
            event("response.output_item.done", ["output_index": .integer(item.index), "item": done])
        ]
    }

    private func place(of item: OpenItem, adding members: JSONObject) -> JSONObject {
        var place: JSONObject = ["item_id": .string(item.id), "output_index": .integer(item.index)]
        if item.part != nil { place["content_index"] = 0 }
        for (key, value) in members { place[key] = value }
        return place
    }

    private mutating func event(_ type: String, _ members: JSONObject) -> String {
        var event: JSONObject = ["type": .string(type), "sequence_number": .integer(sequence)]
        sequence += 1
        for (key, value) in members { event[key] = value }
        return "event: \(type)\ndata: \(JSON.object(event).line)\n\n"
    }

    private var usageJSON: JSON {
        [
            "input_tokens": .integer(ScriptedUsage.input),
            "input_tokens_details": ["cached_tokens": .integer(ScriptedUsage.cached)],
            "output_tokens": .integer(usage.output),
            "output_tokens_details": ["reasoning_tokens": .integer(usage.reasoning)],
            "total_tokens": .integer(usage.total),
        ]
    }
}
