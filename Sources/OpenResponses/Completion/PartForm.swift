import AgentJSON

/// Brings the parts that agents yield into the form that the standard gives them.
enum PartForm {
    /// The parts in a list; a text counts as one part.
    ///
    /// - Parameter textType: The type of a part that is only a text.
    static func list(_ list: JSON?, textType: JSON) throws(OutputFault) -> [JSONObject] {
        switch list {
        case nil, .null: return []
        case .string(let text): return [["type": textType, "text": .string(text)]]
        case .array(let parts):
            var objects: [JSONObject] = []
            objects.reserveCapacity(parts.count)
            for part in parts {
                switch part {
                case .object(let part): objects.append(part)
                case .string(let text): objects.append(["type": textType, "text": .string(text)])
                default: throw OutputFault("The agent yielded a content part that is no object")
                }
            }
            return objects
        case let other?: throw OutputFault("The agent yielded content that is neither text nor parts: \(other)")
        }
    }

    /// A part's type in our output.
    ///
    /// Text goes by the name that it has in its place; only so its events are those of the standard.
    ///
    /// - Parameters:
    ///   - place: The list that the part is in.
    ///   - itemType: The type of the item it belongs to.
    ///   - isAssistants: Whether the item is the assistant's: others may hold what was said to it.
    static func type(
        _ part: JSONObject, in place: OutputItem.Place, of itemType: String, isAssistants: Bool = true
    ) throws(OutputFault) -> String {
        let textType =
            place == .summary ? "summary_text" : itemType == "reasoning" ? "reasoning_text" : "output_text"
        guard let type = part["type"]?.stringValue else { return textType }
        switch type {
        case "output_text", "summary_text": return textType
        case "text", "input_text": return isAssistants || itemType == "reasoning" ? textType : "input_text"
        case "reasoning_text": return place == .summary ? textType : type
        case "refusal", "input_image", "input_file", "input_video":
            if itemType == "reasoning" {
                throw OutputFault("The agent yielded reasoning with a part of the type '\(type)'")
            }
            return type
        default:
            guard KnownTypes.isExtension(type) else {
                throw OutputFault("The agent yielded a content part of the unknown type '\(type)'")
            }
            return type
        }
    }

    /// The text of a part that comes in pieces; `nil` where it does not say.
    static func text(_ part: JSONObject, _ names: EventNames) throws(OutputFault) -> String? {
        switch part[names.textKey] ?? part["text"] {
        case nil, .null: return nil
        case .string(let text): return text
        case let other?: throw OutputFault("The agent yielded a content part whose text is no string: \(other)")
        }
    }

    /// A part that does not come in pieces, with what the standard requires of it.
    static func whole(_ part: JSONObject, type: String) -> JSONObject {
        var whole: JSONObject = ["type": .string(type)]
        for (key, value) in part where key != "type" { whole.append(uncheckedKey: key, value: value) }
        func require(_ key: String, _ value: JSON, orNull: Bool = false) {
            if whole[key]?.stringValue == nil, !(orNull && whole[key]?.isNull == true) { whole[key] = value }
        }
        switch type {
        case "input_text":
            require("text", "")
            // Those of a text of the agent's.
            for key in ["annotations", "logprobs"] { whole[key] = nil }
        case "input_image":
            require("image_url", .null)
            if !["low", "high", "auto"].contains(whole["detail"]?.stringValue) { whole["detail"] = "auto" }
            if whole["file_id"]?.stringValue == nil { whole["file_id"] = nil }
        case "input_file":
            for key in ["filename", "file_data", "file_url", "file_id"] where whole[key]?.stringValue == nil {
                whole[key] = nil
            }
        case "input_video": require("video_url", "")
        default: break
        }
        return whole
    }

    /// An annotation of a part, with what the standard requires of it.
    ///
    /// - Parameter textLength: The length of the text that it is on, in Unicode scalars.
    static func annotation(_ annotation: JSON, textLength: @autoclosure () -> Int) throws(OutputFault) -> JSON {
        guard var object = annotation.objectValue, let type = object["type"]?.stringValue else {
            throw OutputFault("The agent yielded an annotation without a type")
        }
        switch type {
        case "url_citation": break
        // Those that only OpenAI defines, which clients know by these names.
        case "file_citation", "container_file_citation", "file_path": return annotation
        default:
            guard KnownTypes.isExtension(type) else {
                throw OutputFault("The agent yielded an annotation of the unknown type '\(type)'")
            }
            return annotation
        }
        if object["url"]?.stringValue == nil { object["url"] = "" }
        if object["title"]?.stringValue == nil { object["title"] = "" }
        // Agents that know no place write -1, say.
        func isIndex(_ key: String) -> Bool { (object[key]?.intValue ?? -1) >= 0 }
        if !isIndex("start_index") { object["start_index"] = 0 }
        if !isIndex("end_index") { object["end_index"] = .number(JSONNumber(textLength())) }
        return .object(object)
    }

    /// Log probabilities as the standard has them, of an agent or in a client's history. OpenAI's own streams leave the bytes out; what is none at all is
    /// dropped.
    static func logprobs(_ list: JSON?) -> [JSON] {
        guard let list = list?.arrayValue, !list.isEmpty else { return [] }
        return list.compactMap { entry in
            guard var token = logprob(entry) else { return nil }
            token["top_logprobs"] = .array(
                (entry["top_logprobs"]?.arrayValue ?? []).compactMap { top in
                    logprob(top).map(JSON.object)
                })
            return .object(token)
        }
    }

    private static func logprob(_ entry: JSON) -> JSONObject? {
        guard var object = entry.objectValue, let token = object["token"]?.stringValue,
            object["logprob"]?.numberValue != nil
        else { return nil }
        if object["bytes"]?.arrayValue?.allSatisfy({ $0.intValue != nil }) != true {
            object["bytes"] = .array(token.utf8.map { .number(JSONNumber(Int($0))) })
        }
        return object
    }
}
