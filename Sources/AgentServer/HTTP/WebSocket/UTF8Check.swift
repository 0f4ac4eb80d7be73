/// Whether bytes that come in pieces are UTF-8 so far: no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Check {
    /// Bytes that the scalar under way still lacks.
    private var missing = 0
    /// What the next one of them may be.
    private var range: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether no scalar is under way.
    var isComplete: Bool { missing == 0 }

    /// Takes the next piece. Whether it can be UTF-8; if not, the check is over.
    mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing > 0 {
                guard range.contains(bytes[index]) else { return false }
                missing -= 1
                range = 0x80...0xBF
                index += 1
                continue
            }
            // Eight at a time, for most texts are ASCII.
            while index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
            }
            guard index < bytes.count else { break }
            guard begin(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    /// The first byte of a scalar.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: (missing, range) = (1, 0x80...0xBF)
        case 0xE0: (missing, range) = (2, 0xA0...0xBF)
        case 0xED: (missing, range) = (2, 0x80...0x9F)
        case 0xE1...0xEF: (missing, range) = (2, 0x80...0xBF)
        case 0xF0: (missing, range) = (3, 0x90...0xBF)
        case 0xF1...0xF3: (missing, range) = (3, 0x80...0xBF)
        case 0xF4: (missing, range) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }
}
