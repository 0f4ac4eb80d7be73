/// The longest JSON number that starts at a place in a text.
struct NumberScan {
    /// The place after the number.
    var end: Int
    /// Whether there is a fraction or an exponent.
    var isFraction: Bool
    /// Whether Python would write it differently: any fraction or exponent, and `-0`.
    var hasPythonForm: Bool

    /// Finds the number at a place, or returns nil when there is none.
    ///
    /// As Python's scanner does, takes the longest prefix that is a number: in `1e}` that is `1`.
    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        let count = bytes.count
        var index = start
        let isNegative = index < count && bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        guard index < count, bytes[index].isDigit else { return nil }
        let isZero = bytes[index] == UInt8(ascii: "0")
        index += 1
        if !isZero {
            while index < count, bytes[index].isDigit { index += 1 }
        }
        isFraction = false
        if index < count - 1, bytes[index] == UInt8(ascii: "."), bytes[index + 1].isDigit {
            isFraction = true
            index += 2
            while index < count, bytes[index].isDigit { index += 1 }
        }
        if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            var digits = index + 1
            if digits < count, bytes[digits] == UInt8(ascii: "+") || bytes[digits] == UInt8(ascii: "-") { digits += 1 }
            if digits < count, bytes[digits].isDigit {
                isFraction = true
                index = digits + 1
                while index < count, bytes[index].isDigit { index += 1 }
            }
        }
        end = index
        hasPythonForm = isFraction || (isNegative && isZero)
    }

    /// Whether the double nearest to a valid number is finite.
    static func isFinite(_ number: UnsafeBufferPointer<UInt8>) -> Bool {
        let exponentMark = number.firstIndex { $0 | 0x20 == UInt8(ascii: "e") }
        // Without an exponent, 300 characters can't reach 1e308.
        if exponentMark == nil, number.count <= 300 { return true }

        var exponent = 0
        if let exponentMark {
            let isNegative = number[exponentMark + 1] == UInt8(ascii: "-")
            for byte in number[(exponentMark + 1)...] where byte.isDigit {
                // Far beyond any number of digits a document can hold, and far from overflow.
                exponent = min(exponent * 10 + Int(byte & 0x0F), 1_000_000_000_000)
            }
            if isNegative { exponent = -exponent }
        }

        // The value is 0.ddd × 10^magnitude, first d not zero.
        let mantissa = number[..<(exponentMark ?? number.count)]
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        guard let first = mantissa.firstIndex(where: { $0.isDigit && $0 != UInt8(ascii: "0") }) else { return true }
        let magnitude = exponent + (first < point ? point - first : point - first + 1)
        if magnitude != 309 { return magnitude < 309 }
        return Double(String(decoding: number, as: UTF8.self))?.isFinite ?? false
    }
}

extension UInt8 {
    @inline(__always)
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// Whether the byte is one of JSON's four white space characters.
    @inline(__always)
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
