import AgentJSON

/// Brings what agents yield into the form that the standard gives an output item.
enum ItemForm {
    /// The beginning of an item's id, by custom.
    static func idPrefix(_ type: String) -> String {
        switch type {
        case "message": "msg_"
        case "function_call": "fc_"
        case "function_call_output": "fco_"
        case "reasoning": "rs_"
        case "compaction": "cmp_"
        default: "item_"
        }
    }

    /// Whether the standard wants a status on items of this type, or whoever defines the type may.
    static func hasStatus(_ type: String) -> Bool {
        switch type {
        case "reasoning", "compaction": false
        // Types of OpenAI have states of their own, or none.
        default: !KnownTypes.isItem(type)
        }
    }

    /// The item as it is added: nothing in it yet that comes in pieces.
    static func head(_ item: JSONObject, type: String, id: String, callID: String?) throws(OutputFault) -> JSONObject {
        switch type {
        case "message":
            var head: JSONObject = [
                "type": "message", "id": .string(id), "status": "in_progress", "role": try role(item), "content": [],
            ]
            if let phase = item["phase"], !phase.isNull { head["phase"] = phase }
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

    /// An item that has no pieces, whole.
    static func whole(_ item: JSONObject, type: String, id: String, callID: String?) throws(OutputFault) -> JSONObject {
        var whole: JSONObject = ["type": .string(type), "id": .string(id)]
        if hasStatus(type) { whole["status"] = status(item) }
        for (key, value) in item where whole[key] == nil { whole[key] = value }
        if let callID, item["call_id"] != nil { whole["call_id"] = .string(callID) }
        switch type {
        case "function_call_output":
            guard callID != nil else { throw OutputFault("The agent yielded a function's output without a call_id") }
            switch item["output"] {
            case .string, .array: break
            case nil, .null: whole["output"] = ""
            case let output?: whole["output"] = .string(output.description)
            }
        case "compaction":
            guard item["encrypted_content"]?.stringValue != nil else {
                throw OutputFault("The agent yielded a compaction without its encrypted_content")
            }
        default: break
        }
        return whole
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

    // MARK: Parts

    /// The parts of a message; a text counts as one part.
    static func content(_ item: JSONObject) throws(OutputFault) -> [JSONObject] {
        switch item["content"] {
        case nil, .null: return []
        case .string(let text): return [["type": "output_text", "text": .string(text)]]
        case .array(let parts):
            var objects: [JSONObject] = []
            for part in parts {
                switch part {
                case .object(let part): objects.append(part)
                case .string(let text): objects.append(["type": "output_text", "text": .string(text)])
                default: throw OutputFault("The agent yielded a content part that is no object")
                }
            }
            return objects
        case let other?: throw OutputFault("The agent yielded content that is neither text nor parts: \(other)")
        }
    }

    /// A part's type as the standard names it.
    static func partType(_ part: JSONObject, in place: OutputItem.Place) throws(OutputFault) -> String {
        guard let type = part["type"]?.stringValue else {
            return place == .summary ? "summary_text" : "output_text"
        }
        guard partTypes.contains(type) || KnownTypes.isExtension(type) else {
            throw OutputFault("The agent yielded a content part of the unknown type '\(type)'")
        }
        return type
    }

    private static let partTypes: Set<String> = [
        "output_text", "refusal", "reasoning_text", "summary_text", "text", "input_text", "input_image", "input_file",
        "input_video",
    ]

    /// The text of a part that comes in pieces.
    static func text(_ part: JSONObject, _ names: EventNames) throws(OutputFault) -> String {
        switch part[names.textKey] ?? part["text"] {
        case nil, .null: return ""
        case .string(let text): return text
        case let other?: throw OutputFault("The agent yielded a content part whose text is no string: \(other)")
        }
    }

    /// An annotation with what the standard requires of it.
    static func annotation(_ annotation: JSON, textLength: Int) -> JSON {
        guard var object = annotation.objectValue, object["type"]?.stringValue == "url_citation" else {
            return annotation
        }
        if object["url"]?.stringValue == nil { object["url"] = "" }
        if object["title"]?.stringValue == nil { object["title"] = "" }
        if object["start_index"]?.intValue == nil { object["start_index"] = 0 }
        if object["end_index"]?.intValue == nil { object["end_index"] = .number(JSONNumber(textLength)) }
        return .object(object)
    }

    /// The arguments of a call: a JSON document as text.
    static func arguments(_ item: JSONObject) -> String {
        switch item["arguments"] {
        case nil, .null: "{}"
        case .string(let text): text.isEmpty ? "{}" : text
        case let value?: value.description
        }
    }
}
