import MLflowTracing

/// Random identifiers, unique rather than secret: they label requests and items.
package enum Identifiers {
    /// 128 random bits.
    package static func random128() -> (UInt64, UInt64) { RandomBits.next128() }

    /// A prefix and 32 hexadecimal digits, `msg_0123…` for example.
    package static func make(_ prefix: String = "") -> String {
        let (high, low) = RandomBits.next128()
        return HexText.make(prefix, high, low)
    }
}
