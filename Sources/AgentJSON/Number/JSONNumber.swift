/// A number as JSON writes it: a text, not a double.
///
/// An integer of any length and a fraction with any number of digits pass through unharmed. Numbers are equal when
/// their texts are, so `1`, `1.0` and `1e0` are three different numbers.
public struct JSONNumber: Sendable, Hashable {
    enum Storage: Sendable, Hashable {
        /// A text that is exactly the decimal form of the value. Every such text is stored so: equality relies on it.
        case integer(Int)
        /// Any other valid text.
        case text(String)
    }

    let storage: Storage

    init(_ storage: Storage) {
        self.storage = storage
    }

    /// Creates a number from an integer.
    public init(_ value: Int) {
        storage = .integer(value)
    }

    /// Creates a number from an unsigned integer.
    public init(_ value: UInt64) {
        storage = Int(exactly: value).map { .integer($0) } ?? .text(String(value))
    }

    /// Creates a number from a double, in the shortest text that reads back as the same double.
    ///
    /// - Returns: nil when the value is infinite or not a number.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        storage = .text(value.description)
    }

    /// Creates a number from its text.
    ///
    /// - Returns: nil when the text isn't exactly a JSON number, or stands for a fraction too large for a double.
    public init?(text: String) {
        let number = text.withBytes { bytes -> JSONNumber? in
            guard let scan = NumberScan(bytes, from: 0), scan.end == bytes.count,
                !scan.isFraction || NumberScan.isFinite(bytes)
            else { return nil }
            return JSONNumber(validated: bytes)
        }
        guard let number else { return nil }
        self = number
    }

    /// Creates a number from bytes known to be one.
    init(validated bytes: UnsafeBufferPointer<UInt8>) {
        if let integer = Self.canonicalInteger(bytes) {
            storage = .integer(integer)
        } else {
            storage = .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The value of bytes that are exactly what an `Int` prints; nil for `-0`, fractions, exponents and overflow.
    private static func canonicalInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        // 19 digits and a sign are the longest an Int prints.
        guard bytes.count <= 20, let first = bytes.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        var value = 0
        for byte in bytes[(isNegative ? 1 : 0)...] {
            guard byte.isDigit else { return nil }
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
            // Downwards, because the range has one more negative value than positive ones.
            let (next, overflowedAgain) = shifted.subtractingReportingOverflow(Int(byte & 0x0F))
            if overflowed || overflowedAgain { return nil }
            value = next
        }
        if isNegative { return value == 0 ? nil : value }
        return value == .min ? nil : -value
    }
}

extension JSONNumber {
    /// The text, valid JSON.
    public var text: String {
        switch storage {
        case .integer(let value): value.description
        case .text(let text): text
        }
    }

    /// Whether the text has neither a fraction nor an exponent.
    public var isInteger: Bool {
        switch storage {
        case .integer: true
        case .text(let text): !text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
        }
    }

    /// The exact value of an integer text, or nil for a fraction, an exponent or a value out of range.
    public var int: Int? {
        switch storage {
        case .integer(let value): value
        case .text(let text): Int(text)
        }
    }

    /// The exact value of an integer, however it is written: `8.0` and `80e-1` are 8, as JSON Schema counts. `nil` for
    /// what is no integer, or out of range.
    public var integral: Int? {
        switch storage {
        case .integer(let value): value
        case .text(let text): Int(text) ?? Self.integral(text.utf8)
        }
    }

    /// The value of a text with a fraction or an exponent. By its digits: doubles do not tell large integers apart.
    private static func integral(_ text: String.UTF8View) -> Int? {
        let parts = text.split(maxSplits: 1) { $0 | 0x20 == UInt8(ascii: "e") }
        guard let mantissa = parts.first else { return nil }
        var digits = mantissa.filter { $0.isDigit }
        // How many of the digits are behind the point.
        var places = mantissa.firstIndex(of: UInt8(ascii: ".")).map { mantissa[$0...].count - 1 } ?? 0
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            places -= 1
        }
        guard !digits.isEmpty else { return 0 }
        if parts.count > 1 {
            guard let exponent = Int32(String(decoding: parts[1], as: UTF8.self)) else { return nil }
            places -= Int(exponent)
        }
        // What is left of the digits ends in none that is 0: behind the point, it is a fraction.
        guard (-19...0).contains(places) else { return nil }
        let sign = mantissa.first == UInt8(ascii: "-") ? "-" : ""
        return Int(sign + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: -places))
    }

    /// The nearest double; infinite for an integer text beyond the range of doubles.
    public var double: Double {
        switch storage {
        case .integer(let value): Double(value)
        // Every JSON number is one to the standard library's parser as well; the fallback can't be reached.
        case .text(let text): Double(text) ?? .nan
        }
    }
}

extension JSONNumber: CustomStringConvertible {
    /// The text.
    public var description: String { text }
}
