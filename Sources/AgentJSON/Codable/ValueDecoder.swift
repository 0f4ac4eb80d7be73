/// Decodes a value of another type from a JSON value.
struct ValueDecoder: Decoder {
    let value: JSON
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(KeyedValueDecoder(object: try object(), codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch([JSON].self, "an array") }
        return UnkeyedValueDecoder(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        self
    }
}

extension ValueDecoder {
    func object() throws -> JSONObject {
        guard case .object(let object) = value else { throw mismatch(JSONObject.self, "an object") }
        return object
    }

    func number() throws -> JSONNumber {
        guard case .number(let number) = value else { throw mismatch(JSONNumber.self, "a number") }
        return number
    }

    func bool() throws -> Bool {
        guard case .bool(let bool) = value else { throw mismatch(Bool.self, "a boolean") }
        return bool
    }

    func string() throws -> String {
        guard case .string(let string) = value else { throw mismatch(String.self, "a string") }
        return string
    }

    /// A floating-point number: the nearest to the text.
    func float<Float: BinaryFloatingPoint & LosslessStringConvertible>() throws -> Float {
        guard case .number(let number) = value else { throw mismatch(Float.self, "a number") }
        guard let float = Float(number.text), float.isFinite else { throw unfit(number, Float.self) }
        return float
    }

    /// An integer: also from a text with a fraction or exponent, if the value is whole.
    func integer<Integer: FixedWidthInteger>() throws -> Integer {
        guard case .number(let number) = value else { throw mismatch(Integer.self, "a number") }
        switch number.storage {
        case .integer(let value):
            if let integer = Integer(exactly: value) { return integer }
        case .text(let text):
            if let integer = Integer(text) { return integer }
            // Up to 2^53, a double is the exact value of a text without a fraction.
            let double = number.double
            if !number.isInteger, double.magnitude <= 0x1p53, let integer = Integer(exactly: double) { return integer }
        }
        throw unfit(number, Integer.self)
    }

    private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        let found =
            switch value {
            case .null: "null"
            case .bool: "a boolean"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        let context = DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "Expected \(expected) but found \(found)."
        )
        return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    private func unfit(_ number: JSONNumber, _ type: Any.Type) -> DecodingError {
        // A number can have megabytes of digits, which no log needs.
        let context = DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "The number \(number.text.prefix(40)) does not fit into \(type)."
        )
        return .dataCorrupted(context)
    }
}
