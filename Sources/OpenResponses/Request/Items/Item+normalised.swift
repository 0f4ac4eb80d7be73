import AgentJSON

extension Item {
    /// The item as lists of items and conversations keep it: with all that the standard requires of an item at rest.
    ///
    /// It gets an id, a type and a status where it has none (`completed`); what a message says becomes parts; parts get
    /// the fields that they may lack in a request; nulls go where the standard has no place for them. All else stays,
    /// unknown fields as well.
    ///
    /// - Parameter makeID: Makes a new id that begins with a prefix: `msg_`, `fc_`, `fco_`, `rs_`, `cmp_` or `item_`.
    public func normalised(id makeID: (_ prefix: String) -> String) -> Item {
        let type = type.isEmpty ? "message" : type
        let ownID = id.flatMap { $0.isEmpty ? nil : $0 }
        var members: JSONObject = [
            "id": .string(ownID ?? makeID(Self.idPrefix(ofType: type))),
            "type": .string(type),
        ]
        // A reference is no item of its own, and has no state.
        if type != "item_reference" { members["status"] = .string(Self.restStatus(json["status"], ofType: type)) }
        for (key, value) in json where key != "id" && key != "type" && key != "status" {
            guard let value = Self.atRest(value, key: key, ofType: type, role: role) else { continue }
            members.append(uncheckedKey: key, value: value)
        }
        if type == "reasoning", members["summary"] == nil { members["summary"] = [] }
        return Item(members)
    }

    /// What ids of items of a type begin with.
    public static func idPrefix(ofType type: String) -> String {
        switch type {
        case "message": "msg_"
        case "function_call": "fc_"
        case "function_call_output": "fco_"
        case "reasoning": "rs_"
        case "compaction": "cmp_"
        default: "item_"
        }
    }

    private static func restStatus(_ status: JSON?, ofType type: String) -> String {
        guard let status = status?.stringValue else { return "completed" }
        switch status {
        case "in_progress", "completed", "incomplete": return status
        // Other types have states of their own, `failed` for example.
        default: return KnownTypes.isStandardItem(type) ? "completed" : status
        }
    }

    /// A member of an item at rest; nil for one that it may not have.
    private static func atRest(_ value: JSON, key: String, ofType type: String, role: String?) -> JSON? {
        switch (type, key) {
        case ("message", "content"):
            switch value {
            case .string:
                return role == "assistant"
                    ? [["type": "output_text", "text": value, "annotations": []]]
                    : [["type": "input_text", "text": value]]
            case .array(let parts): return .array(parts.map(partAtRest))
            default: return []
            }
        case ("function_call_output", "output"):
            guard case .array(let parts) = value else { return value }
            return .array(parts.map(partAtRest))
        case ("reasoning", "content"):
            guard case .array(let parts) = value else { return nil }
            return .array(parts.map(partAtRest))
        case ("reasoning", "summary"):
            guard case .array(let parts) = value else { return [] }
            return .array(parts.map(partAtRest))
        case ("message", "phase"):
            // Only an agent's messages have one; what others bring under that name was not looked at.
            guard role == "assistant", !value.isNull else { return nil }
            return value
        case ("reasoning", "encrypted_content"), ("compaction", "created_by"):
            guard !value.isNull else { return nil }
            return value
        default:
            return value
        }
    }

    private static func partAtRest(_ part: JSON) -> JSON {
        guard case .object(var part) = part else { return part }
        switch part["type"]?.stringValue {
        case "output_text":
            let length = part["text"]?.stringValue?.unicodeScalars.count ?? 0
            let annotations = part["annotations"]?.arrayValue ?? []
            part["annotations"] = .array(annotations.map { annotationAtRest($0, textLength: length) })
            if let logprobs = part["logprobs"] {
                part["logprobs"] = logprobs.arrayValue == nil ? nil : .array(PartForm.logprobs(logprobs))
            }
        case "input_image":
            if part["image_url"] == nil { part["image_url"] = .null }
            if part["detail"]?.stringValue == nil { part["detail"] = "auto" }
        case "input_file":
            for key in ["filename", "file_url"] where part[key]?.isNull == true { part[key] = nil }
        default:
            break
        }
        return .object(part)
    }

    private static func annotationAtRest(_ annotation: JSON, textLength: Int) -> JSON {
        guard case .object(var annotation) = annotation, annotation["type"] == "url_citation" else { return annotation }
        if annotation["url"]?.stringValue == nil { annotation["url"] = "" }
        for (key, fallback) in [("start_index", 0), ("end_index", textLength)] where annotation[key]?.intValue == nil {
            annotation[key] = .number(JSONNumber(annotation[key]?.numberValue?.integral ?? fallback))
        }
        if annotation["title"]?.stringValue == nil { annotation["title"] = "" }
        return .object(annotation)
    }
}
