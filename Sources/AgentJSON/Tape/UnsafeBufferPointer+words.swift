extension UnsafeBufferPointer<UInt8> {
    /// Eight bytes as one word, in the order of the machine.
    ///
    /// - Parameter index: The place of the first; there must be seven more.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        assert(index >= 0 && index <= count - 8)
        // The caller has checked the end; a buffer of at least eight bytes has an address.
        return UnsafeRawPointer(baseAddress.unsafelyUnwrapped).loadUnaligned(fromByteOffset: index, as: UInt64.self)
    }

    /// Four bytes as one word, in the order of the machine.
    ///
    /// - Parameter index: The place of the first; there must be three more.
    @inline(__always)
    func halfWord(at index: Int) -> UInt32 {
        assert(index >= 0 && index <= count - 4)
        // As above.
        return UnsafeRawPointer(baseAddress.unsafelyUnwrapped).loadUnaligned(fromByteOffset: index, as: UInt32.self)
    }

    /// Whether two buffers hold the same bytes.
    @inline(__always)
    func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = count
        guard count == other.count else { return false }
        if count >= 8 {
            var index = 0
            while index <= count &- 8 {
                if word(at: index) != other.word(at: index) { return false }
                index &+= 8
            }
            // The last word overlaps the one before, which saves a loop over the rest.
            return word(at: count &- 8) == other.word(at: count &- 8)
        }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// A cheap hash of the length and of the first and last bytes.
    ///
    /// Only a filter: whoever uses it compares the bytes next, and must stay linear when all hashes are equal.
    @inline(__always)
    func quickHash() -> UInt32 {
        let count = count
        var mixed: UInt64
        if count >= 8 {
            mixed = word(at: 0) ^ (word(at: count &- 8) &* 0x9E37_79B9_7F4A_7C15)
        } else if count >= 4 {
            mixed = UInt64(halfWord(at: 0)) | UInt64(halfWord(at: count &- 4)) << 32
        } else if count > 0 {
            mixed = UInt64(self[0]) | UInt64(self[count >> 1]) << 8 | UInt64(self[count &- 1]) << 16
        } else {
            mixed = 0
        }
        mixed = (mixed ^ UInt64(truncatingIfNeeded: count)) &* 0xD6E8_FEB8_6659_FD93
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }
}

/// Tests of the eight bytes of a word at once.
///
/// Each returns a word in which the high bit of a byte is set when the byte passes. Bits above the lowest set one
/// can be wrong, because borrows run upwards: only ask whether there is a bit, and where the lowest is.
enum ByteLanes {
    static let low: UInt64 = 0x0101_0101_0101_0101
    static let high: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func less(_ word: UInt64, than limit: UInt8) -> UInt64 {
        (word &- low &* UInt64(limit)) & ~word & high
    }

    @inline(__always)
    static func equal(_ word: UInt64, to byte: UInt8) -> UInt64 {
        less(word ^ (low &* UInt64(byte)), than: 1)
    }

    /// Bytes beyond ASCII, and U+007F.
    @inline(__always)
    static func wideOrDelete(_ word: UInt64) -> UInt64 {
        (word | (word &+ low)) & high
    }

    /// The place of the lowest byte that passed.
    ///
    /// For words of a little-endian machine, where the first byte is the lowest: all that Swift runs on as a server.
    @inline(__always)
    static func first(_ lanes: UInt64) -> Int {
        lanes.trailingZeroBitCount >> 3
    }
}
