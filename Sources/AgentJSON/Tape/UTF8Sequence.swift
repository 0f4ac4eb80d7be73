/// Well-formed UTF-8, by the table of the Unicode standard (3.9, table 3-7).
enum UTF8Sequence {
    /// The length of the multi-byte sequence at a place; zero if it isn't well formed.
    ///
    /// Refuses overlong forms, surrogates and everything beyond U+10FFFF.
    @inline(__always)
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let lead = bytes[index]
        let left = bytes.count - index
        func isContinuation(_ offset: Int) -> Bool { bytes[index + offset] & 0xC0 == 0x80 }

        switch lead {
        case 0xC2...0xDF:
            return left > 1 && isContinuation(1) ? 2 : 0
        case 0xE0...0xEF:
            guard left > 2, isContinuation(1), isContinuation(2) else { return 0 }
            let second = bytes[index + 1]
            if lead == 0xE0 && second < 0xA0 || lead == 0xED && second > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard left > 3, isContinuation(1), isContinuation(2), isContinuation(3) else { return 0 }
            let second = bytes[index + 1]
            if lead == 0xF0 && second < 0x90 || lead == 0xF4 && second > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    /// The place of the first sequence that isn't well formed.
    static func firstError(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
            } else {
                let length = length(bytes, at: index)
                if length == 0 { return index }
                index += length
            }
        }
        return nil
    }

    /// Calls a closure with each byte of a character's UTF-8 form.
    @inline(__always)
    static func forEachByte(of scalar: UInt32, _ body: (UInt8) -> Void) {
        func continuation(_ bits: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | bits & 0x3F) }

        if scalar < 0x80 {
            body(UInt8(truncatingIfNeeded: scalar))
            return
        }
        if scalar < 0x800 {
            body(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
        } else {
            if scalar < 0x10000 {
                body(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            } else {
                body(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
                body(continuation(scalar >> 12))
            }
            body(continuation(scalar >> 6))
        }
        body(continuation(scalar))
    }

    /// The character of a well-formed multi-byte sequence.
    @inline(__always)
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int, length: Int) -> UInt32 {
        var scalar = UInt32(bytes[index]) & (0x7F >> UInt32(length))
        for byte in bytes[index + 1..<index + length] {
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        return scalar
    }
}
