import AgentJSON

/// Whose content parts they are, which decides what types they may have.
///
/// Messages may have all that the standard has for any of them, whoever speaks: so may those that agents give out, and
/// what came out is taken back unchanged.
enum PartOwner {
    case message, functionOutput, reasoning

    func mayHave(_ type: String) -> Bool {
        switch type {
        case "input_text": true
        case "input_image", "input_file", "input_video": self != .reasoning
        case "output_text", "reasoning_text", "summary_text", "text": self != .functionOutput
        case "refusal": self == .message
        default: KnownTypes.isExtension(type)
        }
    }

    /// The types, for a message to the client: those that it is likely to mean.
    var types: String {
        switch self {
        case .message: "'input_text', 'input_image', 'input_file', 'output_text' or 'refusal'"
        case .functionOutput: "'input_text', 'input_image', 'input_file' or 'input_video'"
        case .reasoning: "'reasoning_text' or 'summary_text'"
        }
    }
}

extension Rule where Value == Void {
    /// What a message says or a function gives: a string or parts.
    ///
    /// - Parameter isNew: Whether the item is the client's own. One that has an id may be an agent's.
    static func content(of owner: PartOwner, isNew: Bool) -> Rule {
        Rule { value throws(RequestFault) in
            switch value {
            case .string: _ = try Rule<String>.content.read(value)
            case .array(let parts): try parts.checkParts(of: owner, isNew: isNew)
            default: throw .mustBe("a string or an array of parts", value)
            }
        }
    }

    static func parts(of owner: PartOwner) -> Rule {
        Rule { value throws(RequestFault) in
            try Rule<[JSON]>.array.read(value).checkParts(of: owner, isNew: false)
        }
    }

    /// A file kept by the server: there is none.
    fileprivate static var fileID: Rule {
        Rule { _ throws(RequestFault) in
            throw .unsupported("is not supported, because this server keeps no files: send the data or a URL")
        }
    }

    /// Annotations have a type each; a citation of a page, the one kind of the standard, has fields of the right kind.
    fileprivate static var annotations: Rule {
        Rule { value throws(RequestFault) in
            _ = try Rule<[JSON]>.array.read(value).elements(Rule.annotation)
        }
    }

    private static var annotation: Rule {
        Rule { value throws(RequestFault) in
            let annotation = try Rule<JSONObject>.object.read(value)
            guard try annotation.required("type", .text) == "url_citation" else { return }
            try annotation.field("start_index", .integer(atLeast: 0))
            try annotation.field("end_index", .integer(atLeast: 0))
            try annotation.field("url", .text)
            try annotation.field("title", .text)
        }
    }
}

extension [JSON] {
    fileprivate func checkParts(of owner: PartOwner, isNew: Bool) throws(RequestFault) {
        for (index, part) in enumerated() {
            do throws(RequestFault) {
                try Rule<JSONObject>.object.read(part).checkPart(of: owner, isNew: isNew)
            } catch {
                throw error.inside(index)
            }
        }
    }
}

extension JSONObject {
    fileprivate func checkPart(of owner: PartOwner, isNew: Bool) throws(RequestFault) {
        let type = try required("type", .text)
        guard owner.mayHave(type) else {
            throw RequestFault.invalid("must be \(owner.types), not \(type.quoted)").inside("type")
        }
        switch type {
        case "input_text", "reasoning_text", "summary_text", "text":
            try required("text", .content)
        case "output_text":
            try required("text", .content)
            try field("annotations", .annotations)
        case "refusal":
            try required("refusal", .content)
        case "input_image":
            if isNew { try field("file_id", .fileID) } else { try field("file_id", .text) }
            try field("image_url", .text(upTo: 20_971_520))
            try field("detail", .word("low", "high", "auto"))
        case "input_file":
            if isNew { try field("file_id", .fileID) } else { try field("file_id", .text) }
            try field("filename", .text)
            try field("file_data", .text(upTo: 33_554_432))
            try field("file_url", .text)
        case "input_video":
            try required("video_url", .text)
        default:
            break
        }
    }
}
