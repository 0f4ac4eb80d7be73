extension TextWriter {
    /// Writes a text in quotes.
    mutating func write(text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { writeQuoted($0) }
        if isDone == nil {
            // Only a string bridged from another language has its bytes elsewhere.
            Array(text.utf8).withUnsafeBufferPointer { writeQuoted($0) }
        }
    }

    @inline(__always)
    private mutating func writeQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
        if !writeUnescaped(bytes) { writeEscaping(bytes) }
    }

    /// Writes a text that fits into the buffer and needs no escapes: copies and checks in one go.
    ///
    /// - Returns: Whether the text was one; otherwise nothing is written.
    @inline(__always)
    mutating func writeUnescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let length = bytes.count
        guard let out = freeRoom(for: length &+ 2) else { return false }
        let content = UnsafeMutableRawPointer(out + 1)
        // The last word overlaps the one before, which saves a loop over the rest.
        if length >= 8 {
            var index = 0
            while index < length &- 8 {
                let word = bytes.word(at: index)
                if specialLanes(word) != 0 { return false }
                content.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
                index &+= 8
            }
            let word = bytes.word(at: length &- 8)
            if specialLanes(word) != 0 { return false }
            content.storeBytes(of: word, toByteOffset: length &- 8, as: UInt64.self)
        } else if length >= 4 {
            let first = bytes.halfWord(at: 0)
            let last = bytes.halfWord(at: length &- 4)
            if specialLanes(UInt64(first) | UInt64(last) << 32) != 0 { return false }
            content.storeBytes(of: first, as: UInt32.self)
            content.storeBytes(of: last, toByteOffset: length &- 4, as: UInt32.self)
        } else {
            for index in 0..<length {
                if needsEscape(bytes[index]) { return false }
                out[1 &+ index] = bytes[index]
            }
        }
        out[0] = UInt8(ascii: "\"")
        out[length &+ 1] = UInt8(ascii: "\"")
        advance(by: length &+ 2)
        return true
    }

    private mutating func writeEscaping(_ bytes: UnsafeBufferPointer<UInt8>) {
        write(UInt8(ascii: "\""))
        var index = 0
        while true {
            let special = firstSpecial(bytes, from: index)
            if special > index { write(UnsafeBufferPointer(rebasing: bytes[index..<special])) }
            guard special < bytes.count else { break }
            let byte = bytes[special]
            if byte < 0x80 {
                writeEscape(UInt32(byte))
                index = special + 1
            } else {
                // A native string is well-formed UTF-8; were it not, it would go out byte by byte as Latin-1.
                let length = max(UTF8Sequence.length(bytes, at: special), 1)
                writeEscape(UTF8Sequence.decode(bytes, at: special, length: length))
                index = special + length
            }
        }
        write(UInt8(ascii: "\""))
    }

    /// The place of the next character that can't be written as it is; the end if there is none.
    @inline(__always)
    private func firstSpecial(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index <= bytes.count - 8 {
            let special = specialLanes(bytes.word(at: index))
            if special != 0 { return index + ByteLanes.first(special) }
            index += 8
        }
        while index < bytes.count, !needsEscape(bytes[index]) { index += 1 }
        return index
    }

    /// The bytes of a word that can't be written as they are.
    @inline(__always)
    private func specialLanes(_ word: UInt64) -> UInt64 {
        let special =
            ByteLanes.equal(word, to: UInt8(ascii: "\"")) | ByteLanes.equal(word, to: UInt8(ascii: "\\"))
            | ByteLanes.less(word, than: 0x20)
        return form.isASCII ? special | ByteLanes.wideOrDelete(word) : special
    }

    @inline(__always)
    private func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || (byte >= 0x7F && form.isASCII)
    }

    /// Writes a character as an escape.
    private mutating func writeEscape(_ scalar: UInt32) {
        switch scalar {
        case 0x22: write(ascii: "\\\"")
        case 0x5C: write(ascii: "\\\\")
        case 0x08: write(ascii: "\\b")
        case 0x09: write(ascii: "\\t")
        case 0x0A: write(ascii: "\\n")
        case 0x0C: write(ascii: "\\f")
        case 0x0D: write(ascii: "\\r")
        case 0x10000...:
            writeUnit(0xD800 + (scalar - 0x10000) >> 10)
            writeUnit(0xDC00 + scalar & 0x3FF)
        default:
            writeUnit(scalar)
        }
    }

    /// Writes a UTF-16 code unit as six characters.
    private mutating func writeUnit(_ unit: UInt32) {
        write(ascii: "\\u")
        writeDigit(unit >> 12)
        writeDigit(unit >> 8)
        writeDigit(unit >> 4)
        writeDigit(unit)
    }

    @inline(__always)
    private mutating func writeDigit(_ bits: UInt32) {
        let digit = UInt8(truncatingIfNeeded: bits & 0xF)
        write(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &- 10 &+ digit)
    }
}

extension TextWriter {
    /// Writes a text given as it stands in another document, without its quotes.
    mutating func write(raw: UnsafeBufferPointer<UInt8>, _ node: Node) {
        write(UInt8(ascii: "\""))
        defer { write(UInt8(ascii: "\"")) }
        if !node.has(form.isASCII ? Node.rewritten | Node.wide : Node.rewritten) {
            write(raw)
            return
        }
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            if byte == UInt8(ascii: "\\") {
                let escape = Escape(raw, at: index)
                writeCharacter(escape.scalar)
                index += escape.length
            } else if byte == 0x7F && form.isASCII {
                writeEscape(UInt32(byte))
                index += 1
            } else if byte > 0x7F && form.isASCII {
                let length = max(UTF8Sequence.length(raw, at: index), 1)
                writeCharacter(UTF8Sequence.decode(raw, at: index, length: length))
                index += length
            } else {
                write(byte)
                index += 1
            }
        }
    }

    /// Writes a character, as an escape if need be.
    private mutating func writeCharacter(_ scalar: UInt32) {
        if scalar < 0x80 ? needsEscape(UInt8(truncatingIfNeeded: scalar)) : form.isASCII {
            writeEscape(scalar)
        } else {
            UTF8Sequence.forEachByte(of: scalar) { write($0) }
        }
    }
}
