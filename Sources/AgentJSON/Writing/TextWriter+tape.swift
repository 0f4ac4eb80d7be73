extension TextWriter {
    /// Writes a container of a parsed document.
    ///
    /// Between two values of the tape, the document has only punctuation and white space: copying that gives the
    /// structure, without a stack.
    mutating func write(_ tape: Tape, at index: Int) {
        tape.bytes.withUnsafeBufferPointer { bytes in
            tape.nodes.withUnsafeBufferPointer { nodes in
                write(nodes[index], at: index, of: nodes, bytes)
            }
        }
    }

    private mutating func write(
        _ container: Node,
        at index: Int,
        of nodes: UnsafeBufferPointer<Node>,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        let changing = Node.rewritten | Node.spaced | (form.hasPythonNumbers ? Node.pythonic : 0)
        if !form.isSpaced && !form.isASCII && !container.has(changing) {
            write(UnsafeBufferPointer(rebasing: bytes[container.range]))
            return
        }
        var written = container.range.lowerBound
        for node in nodes[index..<index + Int(container.span)] {
            let range = node.range
            switch node.kind {
            case .array, .object:
                continue
            case .string:
                writePunctuation(bytes[written..<range.lowerBound - 1])
                write(raw: UnsafeBufferPointer(rebasing: bytes[range]), node)
                written = range.upperBound + 1
            case .number where node.has(Node.pythonic):
                writePunctuation(bytes[written..<range.lowerBound])
                write(number: UnsafeBufferPointer(rebasing: bytes[range]))
                written = range.upperBound
            default:
                writePunctuation(bytes[written..<range.lowerBound])
                write(UnsafeBufferPointer(rebasing: bytes[range]))
                written = range.upperBound
            }
        }
        writePunctuation(bytes[written..<container.range.upperBound])
    }

    @inline(__always)
    private mutating func writePunctuation(_ gap: Slice<UnsafeBufferPointer<UInt8>>) {
        for byte in gap where byte > 0x20 {
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") {
                writeSeparator(byte)
            } else {
                write(byte)
            }
        }
    }
}
