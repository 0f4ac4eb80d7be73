/// One step in the life of the schema. What has been released never changes: the next change is a new step.
struct Migration {
    /// Counted from 1, without holes.
    let version: Int
    /// The statements, each ended by a semicolon.
    let sql: String

    /// A digest of the statements (64-bit FNV-1a in hexadecimal), by which a store finds that it was made by others.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
