import AgentJSON

/// A text where pydantic wants a number and isn't strict about it.
struct LaxText {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The text as an integer: decimal digits with single underscores between them, a sign, and any number of zeros
    /// before the first digit and after a decimal point. White space around it doesn't count.
    var integer: LaxScalar {
        var digits = Array(String(trimmed).utf8)[...]
        let isNegative = digits.first == Byte.minus
        if isNegative || digits.first == Byte.plus {
            digits = digits.dropFirst()
        }
        if let point = digits.firstIndex(of: Byte.point) {
            let fraction = digits[(point + 1)...]
            guard !fraction.isEmpty, fraction.allSatisfy({ $0 == Byte.zero }) else { return .refused(.integerText) }
            digits = digits[..<point]
        }
        if digits.first == Byte.zero {
            // Among the zeros underscores may stand in rows, as long as a digit follows.
            let significant = digits.drop { $0 == Byte.zero || $0 == Byte.underscore }
            digits = significant.isEmpty ? digits.suffix(1) : significant
        }
        guard let plain = Self.withoutUnderscores(digits), plain.allSatisfy(Byte.isDigit) else {
            return .refused(.integerText)
        }
        // Python's own limit, there to bound the time that large integers take.
        guard plain.count <= 4300 else { return .refused(.integerSize) }
        let sign = isNegative && plain != [Byte.zero] ? "-" : ""
        guard let number = JSONNumber(text: sign + String(decoding: plain, as: UTF8.self)) else {
            return .refused(.integerText)
        }
        return .converted(.number(number))
    }

    /// The text as a number: decimal, with or without fraction and exponent, or a word for what isn't finite.
    ///
    /// White space around it doesn't count, and single underscores inside don't either, but not both.
    var number: LaxScalar {
        var numeral = Array(String(trimmed).utf8)
        if !Self.isNumeral(numeral) {
            guard let plain = Self.withoutUnderscores(Array(text.utf8)[...]), Self.isNumeral(plain) else {
                return .refused(.numberText)
            }
            numeral = plain
        }
        guard let double = Double(String(decoding: numeral, as: UTF8.self)) else { return .refused(.numberText) }
        return JSONNumber(double).map { .converted(.number($0)) } ?? .notFinite
    }

    private var trimmed: Substring.UnicodeScalarView {
        var scalars = Substring(text).unicodeScalars
        scalars = scalars.drop(while: Self.isSpace)
        while let last = scalars.last, Self.isSpace(last) {
            scalars.removeLast()
        }
        return scalars
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        // The properties are slow enough to matter for a text made of millions of spaces.
        scalar.isASCII ? scalar == " " || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
    }

    /// `bytes` without underscores, or nil when it is empty or an underscore doesn't stand alone between others.
    private static func withoutUnderscores(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard let first = bytes.first, first != Byte.underscore, bytes.last != Byte.underscore else { return nil }
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var wasUnderscore = false
        for byte in bytes {
            let isUnderscore = byte == Byte.underscore
            if isUnderscore, wasUnderscore { return nil }
            if !isUnderscore {
                plain.append(byte)
            }
            wasUnderscore = isUnderscore
        }
        return plain
    }

    /// Whether `bytes` are a number as Rust reads one, on which pydantic is built.
    private static func isNumeral(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if rest.first == Byte.minus || rest.first == Byte.plus {
            rest = rest.dropFirst()
        }
        // "infinity" is the longest word.
        if rest.count <= 8, ["inf", "infinity", "nan"].contains(String(decoding: rest, as: UTF8.self).lowercased()) {
            return true
        }
        let digits = rest.prefix(while: Byte.isDigit).count
        rest = rest.dropFirst(digits)
        var decimals = 0
        if rest.first == Byte.point {
            rest = rest.dropFirst()
            decimals = rest.prefix(while: Byte.isDigit).count
            rest = rest.dropFirst(decimals)
        }
        guard digits + decimals > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if rest.first == Byte.minus || rest.first == Byte.plus {
            rest = rest.dropFirst()
        }
        return !rest.isEmpty && rest.allSatisfy(Byte.isDigit)
    }

    private enum Byte {
        static let minus = UInt8(ascii: "-")
        static let plus = UInt8(ascii: "+")
        static let point = UInt8(ascii: ".")
        static let zero = UInt8(ascii: "0")
        static let underscore = UInt8(ascii: "_")

        static func isDigit(_ byte: UInt8) -> Bool {
            zero <= byte && byte <= UInt8(ascii: "9")
        }
    }
}
