/// Decodes the members of an object.
struct KeyedValueDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let object: JSONObject
    let codingPath: [any CodingKey]
    /// The members by key, if there are many: looking each up in turn would be quadratic.
    private let index: [ByteString: JSON]?

    init(object: JSONObject, codingPath: [any CodingKey]) {
        self.object = object
        self.codingPath = codingPath
        index = object.index(ifLargerThan: 24)
    }

    var allKeys: [Key] {
        object.keys.compactMap { Key(stringValue: $0) }
    }

    func contains(_ key: Key) -> Bool {
        member(key.stringValue) != nil
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        try decoder(forKey: key).value.isNull
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder(forKey: key).bool() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try decoder(forKey: key).string() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try decoder(forKey: key).float() }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try decoder(forKey: key).float() }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try decoder(forKey: key).integer() }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try decoder(forKey: key).integer() }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try decoder(forKey: key).integer() }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try decoder(forKey: key).integer() }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try decoder(forKey: key).integer() }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try decoder(forKey: key).integer() }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try decoder(forKey: key).integer() }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try decoder(forKey: key).integer() }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try decoder(forKey: key).integer() }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try decoder(forKey: key).integer() }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder(forKey: key).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(forKey: key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        let key = MemberKey.super
        return ValueDecoder(value: member(key.stringValue) ?? .null, codingPath: codingPath + [key])
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        ValueDecoder(value: member(key.stringValue) ?? .null, codingPath: codingPath + [key])
    }

    private func member(_ key: String) -> JSON? {
        if let index { index[ByteString(key)] } else { object[key] }
    }

    private func decoder(forKey key: Key) throws -> ValueDecoder {
        guard let value = member(key.stringValue) else {
            throw DecodingError.keyNotFound(
                key,
                DecodingError.Context(
                    codingPath: codingPath,
                    debugDescription: "No value with the key \"\(key.stringValue)\"."
                )
            )
        }
        return ValueDecoder(value: value, codingPath: codingPath + [key])
    }
}
