/// An escape sequence of a JSON text that has passed the parser.
struct Escape {
    /// The character it stands for.
    var scalar: UInt32
    /// Its length in bytes.
    var length: Int

    /// Reads an escape.
    ///
    /// - Parameters:
    ///   - raw: The bytes between the quotes of a valid text.
    ///   - index: The place of a backslash that starts an escape.
    init(_ raw: UnsafeBufferPointer<UInt8>, at index: Int) {
        length = 2
        let letter = raw[index + 1]
        switch letter {
        case UInt8(ascii: "b"): scalar = 0x08
        case UInt8(ascii: "f"): scalar = 0x0C
        case UInt8(ascii: "n"): scalar = 0x0A
        case UInt8(ascii: "r"): scalar = 0x0D
        case UInt8(ascii: "t"): scalar = 0x09
        case UInt8(ascii: "u"):
            let unit = Self.hexUnit(raw, at: index + 2) ?? 0xFFFD
            if unit & 0xFC00 == 0xD800 {
                // The parser refuses a high surrogate without its low one, so that one follows.
                let low = Self.hexUnit(raw, at: index + 8) ?? 0xDC00
                scalar = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
                length = 12
            } else {
                scalar = unit
                length = 6
            }
        default: scalar = UInt32(letter)
        }
    }

    /// Four hexadecimal digits, or nil if there are other characters or the text ends before.
    static func hexUnit(_ raw: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32? {
        guard index <= raw.count - 4 else { return nil }
        var unit: UInt32 = 0
        for byte in raw[index..<index + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte & 0x0F
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte & 0x0F + 9
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// The text that raw bytes with escapes stand for.
    static func decode(_ raw: UnsafeBufferPointer<UInt8>) -> String {
        // No escape is shorter than the UTF-8 of its character.
        String(unsafeUninitializedCapacity: raw.count) { out in
            var count = 0
            var index = 0
            while index < raw.count {
                if raw[index] == UInt8(ascii: "\\") {
                    let escape = Escape(raw, at: index)
                    index += escape.length
                    UTF8Sequence.forEachByte(of: escape.scalar) { byte in
                        out[count] = byte
                        count += 1
                    }
                } else {
                    out[count] = raw[index]
                    count += 1
                    index += 1
                }
            }
            return count
        }
    }
}
