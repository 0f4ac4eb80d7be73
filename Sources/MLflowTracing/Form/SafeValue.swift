package import AgentJSON

/// Values as a tracking server can serve them again.
///
/// It takes integers beyond 64 bits and deep nesting, and then fails to read the trace, and pages of traces that it is on.
package enum SafeValue {
    /// Levels below which a value is replaced by its text.
    private static let maximumDepth = 30

    /// The text of a value as MLflow writes it, with such integers, and with what is too deep, as texts.
    package static func text(of value: JSON) -> String {
        String(decoding: bytes(of: value), as: UTF8.self)
    }

    /// ``text(of:)``, as bytes.
    package static func bytes(of value: JSON) -> [UInt8] {
        let bytes = value.encoded(as: .mlflowTrace)
        // Nearly all values are safe, and looking at their text takes less than looking at them.
        return isSurelySafe(bytes) ? bytes : make(value).encoded(as: .mlflowTrace)
    }

    /// A value that can be served again.
    package static func make(_ value: JSON) -> JSON {
        isSafe(value, depth: 0) ? value : replaced(value, depth: 0)
    }

    /// Whether a tracking server can serve a text again, which it reads as JSON where it is some.
    static func isSafe(_ text: String) -> Bool {
        guard let first = text.utf8.first(where: { ![0x09, 0x0A, 0x0D, 0x20].contains($0) }) else { return true }
        switch first {
        // An object, an array, or a number, which Python reads only up to a length.
        case 0x7B, 0x5B, 0x2D, 0x30...0x39: break
        default: return true
        }
        let bytes = Array(text.utf8)
        if isSurelySafe(bytes), !mayHoldNoNumber(bytes) { return true }
        guard let value = try? JSON(parsing: bytes) else { return false }
        return isSafe(value, depth: 0)
    }

    /// Whether a text may hold `NaN` or `Infinity`, which Python takes for numbers.
    private static func mayHoldNoNumber(_ text: [UInt8]) -> Bool {
        text.indices.dropLast(2).contains { index in
            switch text[index] {
            case UInt8(ascii: "N"): text[index + 1] == UInt8(ascii: "a") && text[index + 2] == UInt8(ascii: "N")
            case UInt8(ascii: "I"): text[index + 1] == UInt8(ascii: "n") && text[index + 2] == UInt8(ascii: "f")
            default: false
            }
        }
    }

    /// Whether a text has so few levels, and digits in a row, that nothing in it can be unsafe.
    private static func isSurelySafe(_ text: [UInt8]) -> Bool {
        var opened = 0
        var digits = 0
        for byte in text {
            switch byte {
            case 0x30...0x39:
                digits += 1
                if digits > 18 { return false }
                continue
            case 0x5B, 0x7B:
                opened += 1
            default: break
            }
            digits = 0
        }
        return opened <= maximumDepth || isShallow(text)
    }

    /// Whether a text has few levels.
    private static func isShallow(_ text: [UInt8]) -> Bool {
        var depth = 0
        var isText = false
        var isEscaped = false
        for byte in text {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else if byte == 0x22 {
                    isText = false
                }
                continue
            }
            switch byte {
            case 0x22: isText = true
            case 0x5B, 0x7B:
                depth += 1
                if depth > maximumDepth { return false }
            case 0x5D, 0x7D: depth -= 1
            default: break
            }
        }
        return true
    }

    private static func isSafe(_ value: JSON, depth: Int) -> Bool {
        switch value {
        case .null, .bool, .string: true
        case .number(let number): isSafe(number)
        case .array(let elements):
            depth < maximumDepth && elements.allSatisfy { isSafe($0, depth: depth + 1) }
        case .object(let object):
            depth < maximumDepth && object.allSatisfy { isSafe($0.value, depth: depth + 1) }
        }
    }

    /// Integers are those that Python takes for one: without a fraction and an exponent.
    private static func isSafe(_ number: JSONNumber) -> Bool {
        number.int != nil
            || number.text.utf8.contains { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 } && number.double.isFinite
    }

    private static func replaced(_ value: JSON, depth: Int) -> JSON {
        switch value {
        case .null, .bool, .string: value
        case .number(let number): isSafe(number) ? value : .string(number.text)
        case .array(let elements):
            depth < maximumDepth
                ? .array(elements.map { replaced($0, depth: depth + 1) })
                : .string(String(decoding: value.encoded(as: .mlflowTrace), as: UTF8.self))
        case .object(let object):
            depth < maximumDepth
                ? .object(JSONObject(object.map { ($0.key, replaced($0.value, depth: depth + 1)) }))
                : .string(String(decoding: value.encoded(as: .mlflowTrace), as: UTF8.self))
        }
    }
}
