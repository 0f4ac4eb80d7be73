/// Encodes a value that has no parts.
struct SingleValueEncoder: SingleValueEncodingContainer {
    let draft: Draft
    let codingPath: [any CodingKey]

    mutating func encodeNil() throws { draft.set(.null) }
    mutating func encode(_ value: Bool) throws { draft.set(.bool(value)) }
    mutating func encode(_ value: String) throws { draft.set(.string(value)) }
    mutating func encode(_ value: Double) throws { draft.set(try JSON.float(value, codingPath: codingPath)) }
    mutating func encode(_ value: Float) throws { draft.set(try JSON.float(value, codingPath: codingPath)) }
    mutating func encode(_ value: Int) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: Int8) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: Int16) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: Int32) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: Int64) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: UInt) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: UInt8) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: UInt16) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: UInt32) throws { draft.set(JSON.integer(value)) }
    mutating func encode(_ value: UInt64) throws { draft.set(JSON.integer(value)) }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        draft.set(try Draft.json(encoding: value, codingPath: codingPath))
    }
}
