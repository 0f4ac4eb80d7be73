import AgentRuns
import MLflowTracing

/// Identifiers, unique rather than secret: they label requests and items.
package enum Identifiers {
    /// A prefix and 32 hexadecimal digits, `msg_0123…` for example.
    ///
    /// The first twelve are the time in milliseconds, the rest are random. So ids that are made together stand together in
    /// the indexes of a store, which then touches few pages for many of them.
    package static func make(_ prefix: String = "") -> String {
        let (high, low) = RandomBits.next128()
        return HexText.make(prefix, UInt64(bitPattern: RunTime.now.milliseconds) << 16 | high & 0xFFFF, low)
    }
}
