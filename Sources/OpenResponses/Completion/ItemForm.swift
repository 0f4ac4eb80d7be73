import AgentJSON

/// Brings the items that agents yield into the form that the standard gives them.
enum ItemForm {
    /// What an item's `call_id` stands for.
    enum CallKind {
        case call
        case output
    }

    /// How an item takes part in the naming of calls; `nil` where it does not.
    static func callKind(_ item: JSONObject, type: String) -> CallKind? {
        switch type {
        case "message", "reasoning": nil
        // Clients tell these apart by their call ids alone.
        case "function_call", "custom_tool_call", "shell_call": .call
        case "function_call_output": .output
        case _ where item["call_id"]?.stringValue == nil: nil
        default: type.hasSuffix("_call_output") ? .output : type.hasSuffix("_call") ? .call : nil
        }
    }

    /// Whether an item is a call that a request's `tool_choice` is about: one by the name of a tool, with an output that
    /// is another item.
    static func isToolCall(_ type: String) -> Bool { type == "function_call" || type == "custom_tool_call" }

    /// The item as it is added: nothing in it yet that comes in pieces.
    static func head(_ item: JSONObject, type: String, id: String, callID: String?) throws(OutputFault) -> JSONObject {
        switch type {
        case "message":
            var head: JSONObject = [
                "type": "message", "id": .string(id), "status": "in_progress", "role": try role(item), "content": [],
            ]
            if let phase = phase(item) { head["phase"] = phase }
            return head
        case "function_call":
            return [
                "type": "function_call", "id": .string(id), "status": "in_progress", "call_id": .string(callID ?? ""),
                "name": item["name"] ?? "", "arguments": "",
            ]
        case "reasoning":
            return ["type": "reasoning", "id": .string(id), "summary": []]
        default:
            var head = try whole(item, type: type, id: id, callID: callID)
            if head["status"] != nil { head["status"] = "in_progress" }
            return head
        }
    }

    /// An item that has no pieces, whole and finished.
    static func whole(_ item: JSONObject, type: String, id: String, callID: String?) throws(OutputFault) -> JSONObject {
        var whole: JSONObject = ["type": .string(type), "id": .string(id)]
        if let status = wholeStatus(item, type) { whole.append(uncheckedKey: "status", value: status) }
        if let callID { whole.append(uncheckedKey: "call_id", value: .string(callID)) }
        for (key, value) in item where !["type", "id", "status", "call_id"].contains(key) {
            whole.append(uncheckedKey: key, value: value)
        }
        switch type {
        case "function_call_output": whole["output"] = output(item["output"])
        case "compaction":
            guard item["encrypted_content"]?.stringValue != nil else {
                throw OutputFault("The agent yielded a compaction without its encrypted_content")
            }
        default: break
        }
        return whole
    }

    /// The status of an item without pieces; `nil` where it has none.
    private static func wholeStatus(_ item: JSONObject, _ type: String) -> JSON? {
        if type == "compaction" { return nil }
        if type == "function_call_output" || KnownTypes.isExtension(type) { return status(item) }
        // Those that only OpenAI defines have words of their own, `failed` for example.
        guard let status = item["status"]?.stringValue else { return nil }
        return ["in_progress", "queued"].contains(status) ? "completed" : .string(status)
    }

    /// The status of a finished item.
    static func status(_ item: JSONObject) -> JSON {
        item["status"]?.stringValue == "incomplete" ? "incomplete" : "completed"
    }

    private static func role(_ item: JSONObject) throws(OutputFault) -> JSON {
        switch item["role"] {
        case nil, .null: return "assistant"
        case .string(let role) where ["assistant", "user", "system", "developer"].contains(role): return .string(role)
        case let role?: throw OutputFault("The agent yielded a message of the role \(role)")
        }
    }

    /// The phase of a message, where it is one of the standard's.
    static func phase(_ item: JSONObject) -> JSON? {
        switch item["phase"]?.stringValue {
        case "commentary": "commentary"
        case "final_answer": "final_answer"
        default: nil
        }
    }

    /// A function's output: a text, or parts as in a request. All else is given as JSON text.
    private static func output(_ output: JSON?) -> JSON {
        switch output {
        case nil, .null: return ""
        case .string(let text): return .string(text)
        case .array(let parts):
            var forms: [JSON] = []
            for part in parts {
                guard let object = part.objectValue else { return .string(JSON.array(parts).description) }
                switch object["type"]?.stringValue {
                case "input_text", "text", "output_text":
                    forms.append(.object(PartForm.whole(object, type: "input_text")))
                case "input_image": forms.append(.object(PartForm.whole(object, type: "input_image")))
                case "input_file": forms.append(.object(PartForm.whole(object, type: "input_file")))
                default: return .string(JSON.array(parts).description)
                }
            }
            return .array(forms)
        case let value?: return .string(value.description)
        }
    }

    /// The arguments of a call, a JSON document as text; `nil` where the item has none.
    static func arguments(_ item: JSONObject) -> String? {
        switch item["arguments"] {
        case nil, .null: nil
        case .string(let text): text.isEmpty ? nil : text
        case let value?: value.description
        }
    }
}
