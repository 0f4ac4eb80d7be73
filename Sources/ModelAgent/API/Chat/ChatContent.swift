import AgentJSON

/// Writes content parts as chat completions have them.
///
/// Texts alone become one text, because some endpoints take no lists. Faults name the part by its place, to follow on
/// that of the item.
enum ChatContent {
    /// What a user, or somebody in the system's place, says.
    static func said(_ content: JSON) throws(ModelFailure) -> JSON {
        guard let parts = content.arrayValue else { return .string(content.stringValue ?? "") }
        var list: [JSON] = []
        var texts: [String] = []
        for (index, part) in parts.enumerated() {
            if let text = text(part) {
                texts.append(text)
                list.append(["type": "text", "text": .string(text)])
            } else {
                do throws(ModelFailure) {
                    list.append(try attachment(part))
                } catch {
                    throw .unsupported(".content[\(index)]\(error.message)")
                }
            }
        }
        return texts.count == list.count ? .string(texts.joined(separator: "\n")) : .array(list)
    }

    /// What the assistant said. Its refusals are text as well: few endpoints know them as anything else.
    static func answered(_ content: JSON) throws(ModelFailure) -> String {
        guard let parts = content.arrayValue else { return content.stringValue ?? "" }
        var texts = ""
        for (index, part) in parts.enumerated() {
            guard let text = text(part) ?? part["refusal"]?.stringValue else {
                throw .unsupported(".content[\(index)]\(misplaced(part))")
            }
            texts += text
        }
        return texts
    }

    /// The output of a function, which is text alone: an image in it would have to be said by the user.
    static func output(_ output: JSON) throws(ModelFailure) -> String {
        guard let parts = output.arrayValue else {
            return output.isNull ? "" : output.stringValue ?? output.description
        }
        var texts: [String] = []
        for (index, part) in parts.enumerated() {
            guard let text = text(part) else { throw .unsupported(".output[\(index)]\(misplaced(part))") }
            texts.append(text)
        }
        return texts.joined(separator: "\n")
    }

    // MARK: Parts

    private static func text(_ part: JSON) -> String? {
        if let text = part.stringValue { return text }
        switch part["type"]?.stringValue {
        case "input_text", "output_text", "text": return part["text"]?.stringValue
        default: return nil
        }
    }

    private static func attachment(_ part: JSON) throws(ModelFailure) -> JSON {
        switch part["type"]?.stringValue {
        case "input_image": return try image(part)
        case "input_file": return try file(part)
        case "input_audio":
            guard let audio = part["input_audio"]?.objectValue else { break }
            return ["type": "input_audio", "input_audio": .object(audio)]
        // In the format's own form already.
        case "image_url" where part["image_url"]?.objectValue != nil: return part
        default: break
        }
        throw .unsupported(misplaced(part))
    }

    private static func image(_ part: JSON) throws(ModelFailure) -> JSON {
        guard let url = part["image_url"]?.stringValue else {
            throw .unsupported(": an image without an 'image_url' has no place in chat completions")
        }
        var image: JSONObject = ["url": .string(url)]
        if let detail = part["detail"], !detail.isNull { image["detail"] = detail }
        return ["type": "image_url", "image_url": .object(image)]
    }

    private static func file(_ part: JSON) throws(ModelFailure) -> JSON {
        var file: JSONObject = [:]
        for key in ["filename", "file_data", "file_id"] {
            if let value = part[key]?.stringValue { file[key] = .string(value) }
        }
        guard file.contains("file_data") || file.contains("file_id") else {
            throw .unsupported(": a file without 'file_data' has no place in chat completions")
        }
        return ["type": "file", "file": .object(file)]
    }

    private static func misplaced(_ part: JSON) -> String {
        ": a part of the type '\(part["type"]?.stringValue ?? "")' has no place there in chat completions"
    }
}
