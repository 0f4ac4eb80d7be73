/// Finds the end of a text and checks all that is in it.
enum StringScanner {
    /// Scans a text.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - start: The place after the opening quote.
    ///   - flags: Receives what there is in the text.
    /// - Returns: The place of the closing quote.
    @inline(__always)
    static func end(
        of bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        flags: inout UInt32
    ) throws(ParseFailure) -> Int {
        var index = start
        let count = bytes.count
        while true {
            // Eight bytes at a time as long as nothing is special.
            while index <= count &- 8 {
                let word = bytes.word(at: index)
                let special =
                    ByteLanes.equal(word, to: UInt8(ascii: "\"")) | ByteLanes.equal(word, to: UInt8(ascii: "\\"))
                    | ByteLanes.less(word, than: 0x20) | ByteLanes.wideOrDelete(word)
                if special != 0 {
                    index &+= ByteLanes.first(special)
                    break
                }
                index &+= 8
            }
            guard index < count else { throw ParseFailure(code: .unterminatedString, offset: start - 1) }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { return index }
            index &+= try length(ofCharacterAt: index, in: bytes, textStart: start, flags: &flags)
        }
    }

    /// Checks a character that isn't the closing quote.
    private static func length(
        ofCharacterAt index: Int,
        in bytes: UnsafeBufferPointer<UInt8>,
        textStart: Int,
        flags: inout UInt32
    ) throws(ParseFailure) -> Int {
        let byte = bytes[index]
        if byte == UInt8(ascii: "\\") {
            flags |= Node.escaped
            return try escapeLength(at: index, in: bytes, textStart: textStart, flags: &flags)
        }
        if byte < 0x20 { throw ParseFailure(code: .controlCharacter, offset: index) }
        if byte < 0x7F { return 1 }
        flags |= Node.wide
        if byte == 0x7F { return 1 }
        let length = UTF8Sequence.length(bytes, at: index)
        guard length > 0 else { throw ParseFailure(code: .invalidUTF8, offset: index) }
        return length
    }

    private static func escapeLength(
        at index: Int,
        in bytes: UnsafeBufferPointer<UInt8>,
        textStart: Int,
        flags: inout UInt32
    ) throws(ParseFailure) -> Int {
        guard index + 1 < bytes.count else { throw ParseFailure(code: .unterminatedString, offset: textStart - 1) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "/"):
            flags |= Node.rewritten
            return 2
        case UInt8(ascii: "u"):
            flags |= Node.rewritten
            let unit = try hexUnit(at: index, in: bytes)
            switch unit & 0xFC00 {
            case 0xD800:
                let next = index + 6
                guard next + 1 < bytes.count, bytes[next] == UInt8(ascii: "\\"), bytes[next + 1] == UInt8(ascii: "u"),
                    try hexUnit(at: next, in: bytes) & 0xFC00 == 0xDC00
                else { throw ParseFailure(code: .loneSurrogate, offset: index) }
                return 12
            case 0xDC00:
                throw ParseFailure(code: .loneSurrogate, offset: index)
            default:
                return 6
            }
        default:
            throw ParseFailure(code: .invalidEscape, offset: index)
        }
    }

    /// The digits of the `\u` escape at a place.
    private static func hexUnit(
        at index: Int,
        in bytes: UnsafeBufferPointer<UInt8>
    ) throws(ParseFailure) -> UInt32 {
        // As Python, asks for one more character than the digits: a text can't end without its quote.
        guard index + 6 < bytes.count, let unit = Escape.hexUnit(bytes, at: index + 2) else {
            throw ParseFailure(code: .invalidUnicodeEscape, offset: index + 1)
        }
        return unit
    }
}
