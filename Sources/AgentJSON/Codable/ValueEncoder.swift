/// Encodes a value into a draft.
struct ValueEncoder: Encoder {
    let draft: Draft
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        draft.becomeObject()
        return KeyedEncodingContainer(KeyedValueEncoder(draft: draft, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        draft.becomeArray()
        return UnkeyedValueEncoder(draft: draft, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleValueEncoder(draft: draft, codingPath: codingPath)
    }
}

extension JSON {
    /// The JSON form of a floating-point number, in the shortest text that reads back as the same number.
    static func float(
        _ value: some BinaryFloatingPoint & LosslessStringConvertible,
        codingPath: @autoclosure () -> [any CodingKey]
    ) throws -> JSON {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(codingPath: codingPath(), debugDescription: "JSON has no number \(value).")
            )
        }
        return .number(JSONNumber(.text(value.description)))
    }

    /// The JSON form of an integer.
    static func integer(_ value: some FixedWidthInteger) -> JSON {
        .number(Int(exactly: value).map { JSONNumber($0) } ?? JSONNumber(.text(value.description)))
    }
}
