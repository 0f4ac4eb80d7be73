/// How much room JSON takes that is kept parsed.
package enum HeldSize {
    /// Bytes of a value beside its text: its entry in the parsed document, and where it is looked at, the value itself.
    private static let value = 40

    /// About how many bytes a text takes: `[0,0,0]` far more than its own.
    package static func of(_ text: [UInt8]) -> Int {
        var values = 1
        var isText = false
        var isEscaped = false
        for byte in text {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{"): values += 1
            default: break
            }
        }
        return text.count + value * values
    }
}
