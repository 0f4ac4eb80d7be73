/// A value under construction, filled by the containers of an encoder.
///
/// A reference, because an encoder may hand out several containers for parts of the same value.
final class Draft {
    enum Item {
        case value(JSON)
        /// A part that a nested container may still change.
        case draft(Draft)

        var json: JSON {
            switch self {
            case .value(let value): value
            case .draft(let draft): draft.json
            }
        }
    }

    private enum Kind {
        case empty, value, array, object
    }

    private var kind = Kind.empty
    private var value = JSON.null
    private var elements: [Item] = []
    private var members: [(key: String, item: Item)] = []
    /// The nested containers by key: asking for one twice gives the same.
    private var nested: [ByteString: Draft] = [:]

    /// The JSON form of a value.
    static func json(encoding value: some Encodable, codingPath: [any CodingKey]) throws -> JSON {
        // Ours need no encoder.
        switch value {
        case let value as JSON: return value
        case let value as JSONObject: return .object(value)
        case let value as JSONNumber: return .number(value)
        default:
            let draft = Draft()
            try value.encode(to: ValueEncoder(draft: draft, codingPath: codingPath))
            return draft.json
        }
    }

    /// The finished value; an empty object when nothing has been encoded.
    var json: JSON {
        switch kind {
        case .value: value
        case .array: .array(elements.map(\.json))
        case .empty, .object: .object(JSONObject(members.lazy.map { (key: $0.key, value: $0.item.json) }))
        }
    }
}

extension Draft {
    func set(_ value: JSON) {
        kind = .value
        self.value = value
    }

    func becomeArray() {
        kind = .array
    }

    func becomeObject() {
        kind = .object
    }

    /// The number of elements so far.
    var count: Int { elements.count }

    func append(_ value: JSON) {
        elements.append(.value(value))
    }

    func append(_ value: JSON, forKey key: some CodingKey) {
        members.append((key.stringValue, .value(value)))
    }

    func appendDraft() -> Draft {
        let draft = Draft()
        elements.append(.draft(draft))
        return draft
    }

    func draft(forKey key: some CodingKey) -> Draft {
        if let draft = nested[ByteString(key.stringValue)] { return draft }
        let draft = Draft()
        nested[ByteString(key.stringValue)] = draft
        members.append((key.stringValue, .draft(draft)))
        return draft
    }
}
