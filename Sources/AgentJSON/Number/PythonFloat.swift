/// A double in the text form of Python's `repr`.
///
/// Python and Swift agree on the digits (the shortest that read back as the same double), not on when to use an
/// exponent.
struct PythonFloat {
    private let isNegative: Bool
    /// The significant digits, as characters, without leading or trailing zeros; empty for zero.
    private var digits: [UInt8] = []
    /// The value is 0.ddd × 10^point.
    private var point = 0

    /// - Parameter value: A finite double.
    init(_ value: Double) {
        isNegative = value.sign == .minus
        var sawPoint = false
        var exponent = 0
        let text = value.magnitude.description.utf8
        var index = text.startIndex
        scan: while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            switch byte {
            case UInt8(ascii: "."):
                sawPoint = true
            case UInt8(ascii: "e"):
                exponent = Int(Substring(text[index...])) ?? 0
                break scan
            default:
                let isLeadingZero = byte == UInt8(ascii: "0") && digits.isEmpty
                if !isLeadingZero { digits.append(byte) }
                if !sawPoint && !isLeadingZero { point += 1 }
                if sawPoint && isLeadingZero { point -= 1 }
            }
        }
        point += exponent
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    }

    /// The text: fixed notation from 0.0001 to below 1e16, scientific notation outside.
    var text: [UInt8] {
        var out: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        if digits.isEmpty {
            out += "0.0".utf8
        } else if point > 16 || point < -3 {
            out.append(digits[0])
            if digits.count > 1 {
                out.append(UInt8(ascii: "."))
                out += digits[1...]
            }
            let exponent = point - 1
            out += exponent < 0 ? "e-".utf8 : "e+".utf8
            if exponent.magnitude < 10 { out.append(UInt8(ascii: "0")) }
            out += exponent.magnitude.description.utf8
        } else if point <= 0 {
            out += "0.".utf8
            out += repeatElement(UInt8(ascii: "0"), count: -point)
            out += digits
        } else if point >= digits.count {
            out += digits
            out += repeatElement(UInt8(ascii: "0"), count: point - digits.count)
            out += ".0".utf8
        } else {
            out += digits[..<point]
            out.append(UInt8(ascii: "."))
            out += digits[point...]
        }
        return out
    }
}
