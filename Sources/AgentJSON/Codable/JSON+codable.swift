extension JSON {
    /// Creates the JSON form of a value of another type.
    ///
    /// Members come in the order in which the type encodes them; fields that are nil are left out, as Swift does.
    ///
    /// - Throws: `EncodingError` for a number that is infinite or not a number, and whatever the type throws.
    public init(encoding value: some Encodable) throws {
        self = try Draft.json(encoding: value, codingPath: [])
    }

    /// Creates a value of another type from this one.
    ///
    /// - Throws: `DecodingError`, which names the path to the value that didn't fit.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try ValueDecoder(value: self, codingPath: []).decode(type)
    }
}

extension JSON: Codable {
    /// Decodes a value from a decoder of any format.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = decoder.value
        } else if let object = try? decoder.container(keyedBy: MemberKey.self) {
            self = .object(try JSONObject(decoding: object))
        } else if var elements = try? decoder.unkeyedContainer() {
            var array: [JSON] = []
            while !elements.isAtEnd { array.append(try elements.decode(JSON.self)) }
            self = .array(array)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(String.self) {
                self = .string(value)
            } else {
                self = .number(try JSONNumber(from: decoder))
            }
        }
    }

    /// Encodes the value with an encoder of any format.
    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.draft.set(self)
            return
        }
        switch self {
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let object):
            try object.encode(to: encoder)
        case .number(let number):
            try number.encode(to: encoder)
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .string(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }
}

extension JSONObject: Codable {
    /// Decodes an object from a decoder of any format.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = try decoder.object()
        } else {
            try self.init(decoding: decoder.container(keyedBy: MemberKey.self))
        }
    }

    init(decoding container: KeyedDecodingContainer<MemberKey>) throws {
        var members: [(key: String, value: JSON)] = []
        for key in container.allKeys {
            members.append((key.stringValue, try container.decode(JSON.self, forKey: key)))
        }
        self.init(members)
    }

    /// Encodes the object with an encoder of any format.
    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.draft.set(.object(self))
            return
        }
        var container = encoder.container(keyedBy: MemberKey.self)
        for (key, value) in self { try container.encode(value, forKey: MemberKey(stringValue: key)) }
    }
}

extension JSONNumber: Codable {
    /// Decodes a number from a decoder of any format.
    ///
    /// Only this module's own decoder knows the text of the number; with others, it is that of the value.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = try decoder.number()
            return
        }
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int.self) {
            self.init(value)
        } else if let value = try? container.decode(UInt64.self) {
            self.init(value)
        } else if let number = JSONNumber(try container.decode(Double.self)) {
            self = number
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "JSON has no such number.")
        }
    }

    /// Encodes the number with an encoder of any format.
    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.draft.set(.number(self))
            return
        }
        var container = encoder.singleValueContainer()
        if let int {
            try container.encode(int)
        } else {
            try container.encode(double)
        }
    }
}
