import AgentJSON

/// A decimal number with an exact value, for steps such as `multipleOf: 0.01`.
struct DecimalNumber: Sendable {
    /// The digits, as a whole number.
    private var digits: Int
    /// The power of ten that the digits are multiplied by.
    private var exponent: Int

    static let one = DecimalNumber(digits: 1, exponent: 0)

    private init(digits: Int, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// Reads a number above zero; `nil` for others, and for those with more digits than fit.
    init?(_ number: JSONNumber) {
        var digits = 0
        var exponent = 0
        var hasPoint = false
        var rest = Substring(number.text)
        while let next = rest.first, next != "e", next != "E" {
            rest.removeFirst()
            guard let digit = next.wholeNumberValue else {
                guard next == "." else { return nil }
                hasPoint = true
                continue
            }
            if hasPoint { exponent -= 1 }
            let (shifted, isTooLong) = digits.multipliedReportingOverflow(by: 10)
            guard !isTooLong, shifted <= Int.max - digit else { return nil }
            digits = shifted + digit
        }
        if !rest.isEmpty {
            guard let power = Int(rest.dropFirst()), power.magnitude <= 1_000 else { return nil }
            exponent += power
        }
        guard digits > 0 else { return nil }
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        self.digits = digits
        self.exponent = exponent
    }

    /// The smallest number that is a whole multiple of both.
    func leastCommonMultiple(with other: DecimalNumber) -> DecimalNumber? {
        let shared = min(exponent, other.exponent)
        guard let first = scaled(to: shared), let second = other.scaled(to: shared) else { return nil }
        var (divisor, rest) = (first, second)
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
        let (product, overflows) = (first / divisor).multipliedReportingOverflow(by: second)
        return overflows ? nil : DecimalNumber(digits: product, exponent: shared)
    }

    private func scaled(to exponent: Int) -> Int? {
        var value = digits
        for _ in 0..<(self.exponent - exponent) {
            let (scaled, overflows) = value.multipliedReportingOverflow(by: 10)
            if overflows { return nil }
            value = scaled
        }
        return value
    }

    /// The number times a whole number, written without an exponent where that is short.
    func multiplied(by factor: Int) -> JSONNumber? {
        let (product, overflows) = digits.multipliedReportingOverflow(by: factor)
        guard !overflows else { return nil }
        if product == 0 { return JSONNumber(0) }
        var (value, exponent) = (product, exponent)
        while exponent < 0, value % 10 == 0 {
            value /= 10
            exponent += 1
        }
        if exponent == 0 { return JSONNumber(value) }
        if exponent > 0 || exponent < -18 { return JSONNumber(text: "\(value)e\(exponent)")?.shortened }
        let sign = value < 0 ? "-" : ""
        let text = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
        return JSONNumber(text: "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))")
    }
}

extension JSONNumber {
    /// The same number as digits alone, where it is whole and not too long for that.
    var shortened: JSONNumber {
        guard !isInteger, isWhole, let whole = Int(exactly: double), whole.magnitude < 1 << 53 else { return self }
        return JSONNumber(whole)
    }

    /// A number for a value, written as an integer where it is whole.
    static func plain(_ value: Double) -> JSONNumber? { JSONNumber(value)?.shortened }
}
