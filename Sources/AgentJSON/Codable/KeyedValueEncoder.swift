/// Encodes the fields of a value as the members of an object.
struct KeyedValueEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let draft: Draft
    let codingPath: [any CodingKey]

    mutating func encodeNil(forKey key: Key) throws { draft.append(.null, forKey: key) }
    mutating func encode(_ value: Bool, forKey key: Key) throws { draft.append(.bool(value), forKey: key) }
    mutating func encode(_ value: String, forKey key: Key) throws { draft.append(.string(value), forKey: key) }
    mutating func encode(_ value: Double, forKey key: Key) throws {
        draft.append(try JSON.float(value, codingPath: codingPath + [key]), forKey: key)
    }
    mutating func encode(_ value: Float, forKey key: Key) throws {
        draft.append(try JSON.float(value, codingPath: codingPath + [key]), forKey: key)
    }
    mutating func encode(_ value: Int, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: Int8, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: Int16, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: Int32, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: Int64, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: UInt, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: UInt8, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: UInt16, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: UInt32, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }
    mutating func encode(_ value: UInt64, forKey key: Key) throws { draft.append(JSON.integer(value), forKey: key) }

    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        draft.append(try Draft.json(encoding: value, codingPath: codingPath + [key]), forKey: key)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        encoder(forKey: key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(forKey: key).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        encoder(forKey: MemberKey.super)
    }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        encoder(forKey: key)
    }

    private func encoder(forKey key: some CodingKey) -> ValueEncoder {
        ValueEncoder(draft: draft.draft(forKey: key), codingPath: codingPath + [key])
    }
}
