import Synchronization

/// Random numbers that are unique rather than secret: they make ids.
package enum RandomBits {
    /// Seeded from the system once: asking the kernel for each id would cost a system call.
    private static let generator = Mutex(Xoshiro256(seededFrom: SystemRandomNumberGenerator()))

    /// 64 random bits.
    package static func next64() -> UInt64 {
        generator.withLock { $0.next() }
    }

    /// 128 random bits.
    package static func next128() -> (UInt64, UInt64) {
        generator.withLock { ($0.next(), $0.next()) }
    }
}

/// The generator xoshiro256**: fast, with a period far beyond need. Not for secrets.
private struct Xoshiro256: RandomNumberGenerator {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init(seededFrom seed: some RandomNumberGenerator) {
        var seed = seed
        // All zero is the one state that the generator never leaves.
        state = (seed.next() | 1, seed.next(), seed.next(), seed.next())
    }

    mutating func next() -> UInt64 {
        let result = rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, 45)
        return result
    }

    private func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }
}
