extension TextWriter {
    /// A container being written, and the next of its values.
    private enum Frame {
        case array([JSON], next: Int)
        case object(MemberList, next: Int)
    }

    /// Writes a container without recursion, for values so deep that it could exhaust the stack.
    ///
    /// Slower than ``write(_:levels:)``, because each container is retained while it is open.
    mutating func writeDeep(_ value: JSON) {
        var open: [Frame] = []
        begin(value, &open)
        while let frame = open.popLast() {
            switch frame {
            case .array(let elements, let next):
                guard next < elements.count else {
                    write(UInt8(ascii: "]"))
                    continue
                }
                if next > 0 { writeSeparator(UInt8(ascii: ",")) }
                open.append(.array(elements, next: next + 1))
                begin(elements[next], &open)
            case .object(let members, let next):
                guard next < members.count else {
                    write(UInt8(ascii: "}"))
                    continue
                }
                if next > 0 { writeSeparator(UInt8(ascii: ",")) }
                write(text: members[next].0)
                writeSeparator(UInt8(ascii: ":"))
                open.append(.object(members, next: next + 1))
                begin(members[next].1, &open)
            }
        }
    }

    /// Writes a scalar or a view of a document, or the start of a container that goes on the list.
    private mutating func begin(_ value: JSON, _ open: inout [Frame]) {
        switch value {
        case .array(let elements):
            write(UInt8(ascii: "["))
            open.append(.array(elements, next: 0))
        case .object(let object):
            guard case .built(let members) = object.storage else { return write(value) }
            write(UInt8(ascii: "{"))
            open.append(.object(members, next: 0))
        default:
            write(value)
        }
    }
}
