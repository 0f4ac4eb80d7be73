import Crypto

/// A SHA-256 that is compared in a time that tells nothing.
struct SHA256Digest: Sendable, Hashable {
    /// The digest as four numbers, the first bytes in the first one.
    let words: SIMD4<UInt64>

    init(_ message: some Sequence<UInt8>) {
        var hash = SHA256()
        Array(message).withUnsafeBytes { hash.update(bufferPointer: $0) }
        var words = SIMD4<UInt64>()
        for (index, byte) in hash.finalize().enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = words
    }

    /// A digest that is known, as four numbers.
    init(words: SIMD4<UInt64>) {
        self.words = words
    }

    /// Whether two digests are the same, found without a branch: 1 or 0.
    func equality(with other: SHA256Digest) -> UInt64 {
        let difference = words ^ other.words
        let bits = difference.x | difference.y | difference.z | difference.w
        // The highest bit of one of the two is set unless all bits are the same.
        return (bits | (0 &- bits)) >> 63 ^ 1
    }

    /// The first eight hexadecimal digits.
    var prefix: String {
        let digits = String(words.x >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
