/// Hands out the parameters of a type: those that have been read, or ones that tell under which key they were asked for.
struct ParameterDecoder: Decoder {
    private let type: Any.Type
    private let values: [String: any DeclaredParameter]?
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// - Parameters:
    ///   - type: The type that is decoded.
    ///   - values: The parameters by key; `nil` to find out the keys.
    init(_ type: Any.Type, _ values: [String: any DeclaredParameter]?) {
        self.type = type
        self.values = values
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Container(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unfit }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw unfit }

    private var unfit: ModelSetupError {
        ModelSetupError("\(type) does not decode its parameters one by one")
    }

    private func parameter<Value: Decodable>(_ key: String) throws -> Value {
        let found: Any? =
            if let values { values[key] } else { (Value.self as? any DeclaredParameter.Type)?.init(key: key) }
        guard let value = found as? Value else { throw ModelSetupError("\(type).\(key) has no @Parameter") }
        return value
    }

    private struct Container<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: ParameterDecoder
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { (decoder.values ?? [:]).keys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) throws -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try decoder.parameter(key.stringValue)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            throw decoder.unfit
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw decoder.unfit }
        func superDecoder() throws -> any Decoder { throw decoder.unfit }
        func superDecoder(forKey key: Key) throws -> any Decoder { throw decoder.unfit }
    }
}
