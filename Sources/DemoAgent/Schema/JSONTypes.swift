import AgentJSON

/// The types that a schema allows.
///
/// Numbers are of two kinds, so that `integer` is a part of `number`; a whole number is an integer however it is
/// written (`1.0`).
struct JSONTypes: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = JSONTypes(rawValue: 1)
    static let boolean = JSONTypes(rawValue: 2)
    static let integer = JSONTypes(rawValue: 4)
    static let fraction = JSONTypes(rawValue: 8)
    static let string = JSONTypes(rawValue: 16)
    static let array = JSONTypes(rawValue: 32)
    static let object = JSONTypes(rawValue: 64)
    static let number: JSONTypes = [.integer, .fraction]
    static let any: JSONTypes = [.null, .boolean, .number, .string, .array, .object]
}

extension JSONTypes {
    /// The type of a name; `nil` for a name that the standard doesn't have.
    init?(name: String) {
        switch name {
        case "null": self = .null
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "number": self = .number
        case "string": self = .string
        case "array": self = .array
        case "object": self = .object
        default: return nil
        }
    }

    /// The types of a schema's `type`, one name or several, in the order given; anything else allows all.
    static func list(_ keyword: JSON?) -> [JSONTypes] {
        if let name = keyword?.stringValue { return [JSONTypes(name: name) ?? .any] }
        guard let names = keyword?.arrayValue else { return [.any] }
        return names.compactMap { $0.stringValue.flatMap(JSONTypes.init(name:)) }
    }

    /// The type of a value.
    init(of value: JSON) {
        switch value {
        case .null: self = .null
        case .bool: self = .boolean
        case .number(let number): self = number.isWhole ? .integer : .fraction
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }
}

extension JSONNumber {
    /// Whether the value has no fraction, however it is written.
    var isWhole: Bool { isInteger || double.rounded() == double }
}
