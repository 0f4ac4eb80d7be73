extension TextWriter {
    /// Writes a value and all that is in it.
    mutating func write(_ value: JSON) {
        if !writeShort(value) { writeLong(value, levels: 64) }
    }

    /// Writes a value of any kind and size.
    ///
    /// - Parameter levels: How many levels of containers to write by recursion; those below are kept in a list.
    private mutating func writeLong(_ value: JSON, levels: Int) {
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
            if !writeShort(elements[index]) { writeLong(elements[index], levels: levels - 1) }
        }
        write(UInt8(ascii: "]"))
    }

    private mutating func write(_ members: MemberList, levels: Int) {
        write(UInt8(ascii: "{"))
        let members = members.span
        for index in members.indices {
            if index > 0 { writeSeparator(UInt8(ascii: ",")) }
            if !writeShort(text: members[index].0) { write(text: members[index].0) }
            writeSeparator(UInt8(ascii: ":"))
            if !writeShort(members[index].1) { writeLong(members[index].1, levels: levels - 1) }
        }
        write(UInt8(ascii: "}"))
    }

    @inline(__always)
    mutating func writeSeparator(_ byte: UInt8) {
        write(byte)
        if form.isSpaced { write(UInt8(ascii: " ")) }
    }
}

// Scalars that need nothing but copying and fit into the buffer. Each function says whether the value was one;
// otherwise nothing is written.
//
// They touch no memory but the buffer. So the compiler sees that what they are called with stays alive, and leaves
// out the retain and release around each call: that was a third of the instructions for a response object. They
// aren't inlined, because the compiler sees it only of a call.
extension TextWriter {
    @inline(never)
    private mutating func writeShort(_ value: JSON) -> Bool {
        switch value {
        case .null: writeShort(ascii: "null")
        case .bool(let value): value ? writeShort(ascii: "true") : writeShort(ascii: "false")
        case .string(let text): writeShort(text: text)
        case .number(let number): writeShort(number)
        default: false
        }
    }

    @inline(never)
    private mutating func writeShort(text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { writeUnescaped($0) } ?? false
    }

    @inline(__always)
    private mutating func writeShort(_ number: JSONNumber) -> Bool {
        guard case .integer(let value) = number.storage else { return false }
        return writeShort(integer: value)
    }

    @inline(__always)
    private mutating func writeShort(ascii text: StaticString) -> Bool {
        guard let out = freeRoom(for: text.utf8CodeUnitCount) else { return false }
        UnsafeMutableRawPointer(out).copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        advance(by: text.utf8CodeUnitCount)
        return true
    }
}
