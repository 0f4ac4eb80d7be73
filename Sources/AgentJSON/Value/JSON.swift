/// A JSON value.
///
/// Built from literals (`["type": "message", "index": 0]`) or parsed. A parsed value keeps the bytes it came from
/// and decodes only what is asked for, so reading two members of a large request costs two members.
///
/// Objects keep the order of their members. Two values are equal when they have the same kind and content; the
/// order of members doesn't matter, texts compare by code point and numbers by their text.
public enum JSON: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, which keeps the text it was written with.
    case number(JSONNumber)
    /// A text.
    case string(String)
    /// A list of values.
    case array([JSON])
    /// A list of named values.
    case object(JSONObject)
}

extension JSON {
    /// Whether the value is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The truth value, or nil when the value is of another kind.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number, or nil when the value is of another kind.
    public var numberValue: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The number as an integer, or nil when the value is not a number, has a fraction or an exponent, or is out
    /// of range.
    public var intValue: Int? {
        if case .number(let value) = self { value.int } else { nil }
    }

    /// The double nearest to the number, or nil when the value is of another kind.
    public var doubleValue: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The text, or nil when the value is of another kind.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, or nil when the value is of another kind.
    public var arrayValue: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, or nil when the value is of another kind.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member with a key, or nil when there is none or the value is not an object.
    public subscript(key: String) -> JSON? {
        if case .object(let value) = self { value[key] } else { nil }
    }

    /// The element at an index, or nil when there is none or the value is not an array.
    public subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
