import Synchronization

/// Random identifiers, unique rather than secret: they label requests, items and traces.
package enum Identifiers {
    /// Seeded from the system once: asking the kernel for each id would cost a system call.
    private static let generator = Mutex(Xoshiro256(seededFrom: SystemRandomNumberGenerator()))

    /// 128 random bits.
    package static func random128() -> (UInt64, UInt64) {
        generator.withLock { ($0.next(), $0.next()) }
    }

    /// A prefix and 32 hexadecimal digits, `msg_0123…` for example.
    package static func make(_ prefix: String = "") -> String {
        let (high, low) = random128()
        return text(prefix, high, low)
    }

    static func text(_ prefix: String, _ high: UInt64, _ low: UInt64) -> String {
        var prefix = prefix
        return prefix.withUTF8 { head in
            String(unsafeUninitializedCapacity: head.count + 32) { buffer in
                for (index, byte) in head.enumerated() { buffer[index] = byte }
                write(high, to: buffer, at: head.count)
                write(low, to: buffer, at: head.count + 16)
                return head.count + 32
            }
        }
    }

    private static func write(_ value: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for digit in 0..<16 {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * digit)) & 0xF
            buffer[start + digit] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
        }
    }
}

/// The id of a trace, 128 bits, written as MLflow does.
package struct TraceID: Sendable, Hashable {
    package var high: UInt64
    package var low: UInt64

    package static func random() -> TraceID {
        let (high, low) = Identifiers.random128()
        return TraceID(high: high, low: low)
    }

    /// `tr-` and 32 hexadecimal digits.
    package var text: String { Identifiers.text("tr-", high, low) }
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
