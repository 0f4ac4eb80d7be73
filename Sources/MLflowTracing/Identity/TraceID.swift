/// The id of a trace: 128 bits, not all of them zero.
public struct TraceID: Sendable, Hashable {
    /// The first eight bytes.
    public var high: UInt64
    /// The last eight bytes.
    public var low: UInt64

    /// An id of two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id.
    public static func random() -> TraceID {
        let (high, low) = RandomBits.next128()
        return TraceID(high: high, low: low | (high == 0 && low == 0 ? 1 : 0))
    }

    /// What MLflow's server tells in the place of an id where a call is not traced.
    public static let notTraced = "MLFLOW_NO_OP_SPAN_TRACE_ID"

    /// The id as MLflow writes it: `tr-` and 32 hexadecimal digits.
    public var text: String { HexText.make("tr-", high, low) }

    /// The 32 hexadecimal digits.
    public var hex: String { HexText.make("", high, low) }

    /// Reads an id as MLflow writes it, or its digits alone.
    public init?(_ text: some StringProtocol) {
        let digits = text.hasPrefix("tr-") ? text.dropFirst(3) : text[...]
        guard digits.utf8.count == 32, let high = HexText.value(digits.utf8.prefix(16)),
            let low = HexText.value(digits.utf8.dropFirst(16)), high != 0 || low != 0
        else { return nil }
        self.init(high: high, low: low)
    }

    /// Whether a trace of this id is among those that are kept, as MLflow decides it.
    ///
    /// - Parameter ratio: The share of traces that are kept, from 0 to 1.
    package func isSampled(ratio: Double) -> Bool {
        guard ratio < 1 else { return true }
        guard ratio > 0 else { return false }
        return low < UInt64((ratio * 0x1p64).rounded())
    }
}

/// The id of a span within its trace: 64 bits, not all of them zero.
public struct SpanID: Sendable, Hashable {
    /// The eight bytes.
    public var value: UInt64

    /// An id of a number.
    public init(value: UInt64) {
        self.value = value
    }

    /// A new id.
    public static func random() -> SpanID {
        let value = RandomBits.next64()
        return SpanID(value: value == 0 ? 1 : value)
    }

    /// The 16 hexadecimal digits.
    public var hex: String { HexText.make("", value) }

    /// Reads 16 hexadecimal digits.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, let value = HexText.value(text.utf8), value != 0 else { return nil }
        self.init(value: value)
    }
}

/// Numbers in hexadecimal digits, as ids are written.
package enum HexText {
    /// A prefix and 16 digits for each number.
    package static func make(_ prefix: String, _ numbers: UInt64...) -> String {
        var prefix = prefix
        return prefix.withUTF8 { head in
            let size = head.count + 16 * numbers.count
            return String(unsafeUninitializedCapacity: size) { buffer in
                for (index, byte) in head.enumerated() { buffer[index] = byte }
                for (place, number) in numbers.enumerated() {
                    for digit in 0..<16 {
                        let nibble = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * digit)) & 0xF
                        buffer[head.count + 16 * place + digit] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
                    }
                }
                return size
            }
        }
    }

    /// The number that up to 16 lower-case or upper-case digits stand for.
    static func value(_ digits: some Sequence<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x57)
            case 0x41...0x46: value = value << 4 | UInt64(digit - 0x37)
            default: return nil
            }
        }
        return value
    }
}
