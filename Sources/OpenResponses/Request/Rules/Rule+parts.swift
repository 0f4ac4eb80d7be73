import AgentJSON

/// Whose content parts they are, which decides what types they may have.
enum PartOwner {
    case user, assistant, instructor, functionOutput, reasoning

    func mayHave(_ type: String) -> Bool {
        switch type {
        case "input_text": self != .assistant
        case "input_image", "input_file": self == .user || self == .functionOutput
        case "input_video": self == .functionOutput
        case "output_text": self == .assistant || self == .reasoning
        case "refusal": self == .assistant
        case "reasoning_text", "summary_text", "text": self == .reasoning
        default: KnownTypes.isExtension(type)
        }
    }

    /// The types, for a message.
    var types: String {
        switch self {
        case .user: "'input_text', 'input_image' or 'input_file'"
        case .assistant: "'output_text' or 'refusal'"
        case .instructor: "'input_text'"
        case .functionOutput: "'input_text', 'input_image', 'input_file' or 'input_video'"
        case .reasoning: "'reasoning_text' or 'summary_text'"
        }
    }
}

extension Rule where Value == Void {
    /// What a message says or a function gives: a string or parts.
    static func content(of owner: PartOwner) -> Rule {
        Rule { value throws(RequestFault) in
            switch value {
            case .string: _ = try Rule<String>.content.read(value)
            case .array(let parts): try parts.checkParts(of: owner)
            default: throw .mustBe("a string or an array of parts", value)
            }
        }
    }

    static func parts(of owner: PartOwner) -> Rule {
        Rule { value throws(RequestFault) in
            try Rule<[JSON]>.array.read(value).checkParts(of: owner)
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
    fileprivate func checkParts(of owner: PartOwner) throws(RequestFault) {
        for (index, part) in enumerated() {
            do throws(RequestFault) {
                try Rule<JSONObject>.object.read(part).checkPart(of: owner)
            } catch {
                throw error.inside(index)
            }
        }
    }
}

extension JSONObject {
    fileprivate func checkPart(of owner: PartOwner) throws(RequestFault) {
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
            try field("file_id", .fileID)
            try field("image_url", .text(upTo: 20_971_520))
            try field("detail", .word("low", "high", "auto"))
        case "input_file":
            try field("file_id", .fileID)
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
