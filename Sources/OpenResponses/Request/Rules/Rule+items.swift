import AgentJSON

extension Rule where Value == [Item] {
    /// New input: a string, which is one message of the user, or items.
    static var input: Rule {
        Rule { value throws(RequestFault) in
            switch value {
            case .string:
                _ = try Rule<String>.content.read(value)
                return [Item(["type": "message", "role": "user", "content": value])]
            case .array(let elements):
                return try elements.elements(.item)
            default:
                throw .mustBe("a string or an array of items", value)
            }
        }
    }

    /// At most so many items.
    static func items(upTo limit: Int) -> Rule {
        Rule { value throws(RequestFault) in
            let elements = try Rule<[JSON]>.array.read(value)
            guard elements.count <= limit else { throw .invalid("must have at most \(limit) items") }
            return try elements.elements(.item)
        }
    }
}

extension Rule where Value == Item {
    /// An item of the input, with the `type` that a client may leave out of messages and references.
    static var item: Rule {
        Rule { value throws(RequestFault) in
            let object = try Rule<JSONObject>.object.read(value)
            if let type = try object.field("type", .text) {
                try object.checkItem(as: type)
                return Item(object)
            }
            let type: String
            if object.contains("role") {
                type = "message"
            } else if object.contains("id"), !object.contains("content"), !object.contains("call_id") {
                type = "item_reference"
            } else {
                throw .missing("type")
            }
            try object.checkItem(as: type)
            var members: JSONObject = ["type": .string(type)]
            for (key, value) in object where key != "type" { members.append(uncheckedKey: key, value: value) }
            return Item(members)
        }
    }
}

extension JSONObject {
    fileprivate func checkItem(as type: String) throws(RequestFault) {
        switch type {
        case "message":
            try checkMessage()
        case "function_call":
            try required("call_id", .callID)
            // Not the rule of a tool's name: agents call functions of their own, whatever those are named.
            try required("name", .nonEmptyText)
            try required("arguments", .text)
            try field("status", .itemStatus)
        case "function_call_output":
            try required("call_id", .callID)
            try required("output", .content(of: .functionOutput, isNew: isNew))
            try field("status", .itemStatus)
        case "reasoning":
            try field("summary", .parts(of: .reasoning))
            try field("content", .parts(of: .reasoning))
            try field("encrypted_content", .text)
        case "compaction":
            try required("encrypted_content", .compacted)
        case "item_reference":
            try required("id", .text)
            return
        default:
            if KnownTypes.isExtension(type) { return }
            guard KnownTypes.isItem(type) else {
                throw RequestFault.invalid("must be a known type of item, not \(type.quoted)").inside("type")
            }
        }
        try field("id", .text)
    }

    /// Whether the item is the client's own: what agents make has an id.
    private var isNew: Bool { (self["id"]?.stringValue ?? "").isEmpty }

    private func checkMessage() throws(RequestFault) {
        let role = try required("role", .role)
        try required("content", .content(of: .message, isNew: isNew))
        try field("status", .text)
        if role == "assistant" { try field("phase", .word("commentary", "final_answer")) }
    }
}

extension Rule where Value == String {
    /// Who speaks in a message.
    fileprivate static var role: Rule { word("user", "assistant", "system", "developer") }
}
