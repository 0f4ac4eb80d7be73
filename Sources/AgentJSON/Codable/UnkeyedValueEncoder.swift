/// Encodes values as the elements of an array.
struct UnkeyedValueEncoder: UnkeyedEncodingContainer {
    let draft: Draft
    let codingPath: [any CodingKey]
    var count: Int { draft.count }
    private var elementPath: [any CodingKey] { codingPath + [MemberKey(intValue: count)] }

    init(draft: Draft, codingPath: [any CodingKey]) {
        self.draft = draft
        self.codingPath = codingPath
    }

    mutating func encodeNil() throws { draft.append(.null) }
    mutating func encode(_ value: Bool) throws { draft.append(.bool(value)) }
    mutating func encode(_ value: String) throws { draft.append(.string(value)) }
    mutating func encode(_ value: Double) throws { draft.append(try JSON.float(value, codingPath: elementPath)) }
    mutating func encode(_ value: Float) throws { draft.append(try JSON.float(value, codingPath: elementPath)) }
    mutating func encode(_ value: Int) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: Int8) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: Int16) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: Int32) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: Int64) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: UInt) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: UInt8) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: UInt16) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: UInt32) throws { draft.append(JSON.integer(value)) }
    mutating func encode(_ value: UInt64) throws { draft.append(JSON.integer(value)) }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        draft.append(try Draft.json(encoding: value, codingPath: elementPath))
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        nextEncoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        nextEncoder().unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        nextEncoder()
    }

    private func nextEncoder() -> ValueEncoder {
        let path = elementPath
        return ValueEncoder(draft: draft.appendDraft(), codingPath: path)
    }
}
