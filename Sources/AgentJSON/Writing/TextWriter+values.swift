extension TextWriter {
    /// Writes a value and all that is in it.
    ///
    /// - Parameter levels: How many levels of containers to write by recursion; those below are kept in a list.
    mutating func write(_ value: JSON, levels: Int = 64) {
        guard !writeShort(value) else { return }
        switch value {
        case .null: write(ascii: "null")
        case .bool(let value): value ? write(ascii: "true") : write(ascii: "false")
        case .number(let number): write(number)
        case .string(let text): write(text: text)
        case .array(let elements):
            if levels > 0 { write(elements, levels: levels) } else { writeDeep(value) }
        case .object(let object):
            switch object.storage {
            case .view(let tape, let index): write(tape, at: Int(index))
            case .built(let members):
                if levels > 0 { write(members, levels: levels) } else { writeDeep(value) }
            }
        }
    }

    private mutating func write(_ elements: [JSON], levels: Int) {
        write(UInt8(ascii: "["))
        let elements = elements.span
        for index in elements.indices {
            if index > 0 { writeSeparator(UInt8(ascii: ",")) }
            if !writeShort(elements[index]) { write(elements[index], levels: levels - 1) }
        }
        write(UInt8(ascii: "]"))
    }

    private mutating func write(_ members: MemberList, levels: Int) {
        write(UInt8(ascii: "{"))
        let members = members.span
        for index in members.indices {
            if index > 0 { writeSeparator(UInt8(ascii: ",")) }
            if !writeShort(members[index].0) { write(text: members[index].0) }
            writeSeparator(UInt8(ascii: ":"))
            if !writeShort(members[index].1) { write(members[index].1, levels: levels - 1) }
        }
        write(UInt8(ascii: "}"))
    }

    @inline(__always)
    mutating func writeSeparator(_ byte: UInt8) {
        write(byte)
        if form.isSpaced { write(UInt8(ascii: " ")) }
    }
}

extension TextWriter {
    /// Writes a scalar that needs nothing but copying and fits into the buffer.
    ///
    /// Touches no memory but the buffer. So the compiler sees that the value it is called with stays alive, and
    /// leaves out the retain and release around the call: a third of the time of writing a response object.
    ///
    /// - Returns: Whether the value was one; otherwise nothing is written.
    @inline(never)
    private mutating func writeShort(_ value: JSON) -> Bool {
        switch value {
        case .null: writeShort(ascii: "null")
        case .bool(let value): value ? writeShort(ascii: "true") : writeShort(ascii: "false")
        case .string(let text): writeShort(text)
        case .number(let number): writeShort(number)
        default: false
        }
    }
    private mutating func writeShort(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { writeUnescaped($0) } ?? false
    }
    @inline(__always)
    private mutating func writeShort(_ number: JSONNumber) -> Bool {
        guard case .integer(let value) = number.storage else { return false }
        return write(value)
    }

    @inline(__always)
    private mutating func writeShort(ascii text: StaticString) -> Bool {
       guard let out = freeRoom(for: text.utf8CodeUnitCount) else { return false }
       UnsafeMutableRawPointer(out).copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
       advance(by: text.utf8CodeUnitCount)
       return true
    }
}
