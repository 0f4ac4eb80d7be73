/// Rewrites a document in which an object has two members with the same key.
enum DuplicateKeys {
    /// A piece of the text still to write.
    private enum Step {
        case byte(UInt8)
        case token(Range<Int>)
        case value(Int)
    }

    /// The text without repeated members: the last value of each key, at the place of the first.
    ///
    /// - Returns: nil if the suspicion was wrong, and there are none.
    static func removed(from tape: Tape) -> [UInt8]? {
        let suspects = tape.nodes.indices.lazy.filter {
            tape.nodes[$0].kind == .object && tape.nodes[$0].has(Node.suspect)
        }
        let hasDuplicates = suspects.contains { members(of: $0, in: tape).count != tape.count(at: $0) }
        guard hasDuplicates else { return nil }

        var out: [UInt8] = []
        out.reserveCapacity(tape.bytes.count)
        var steps: [Step] = [.value(0)]
        while let step = steps.popLast() {
            switch step {
            case .byte(let byte): out.append(byte)
            case .token(let range): out += tape.bytes[range]
            case .value(let index): write(index, of: tape, to: &steps)
            }
        }
        return out
    }

    /// Puts the pieces of a value on top of the list, the first one last.
    private static func write(_ index: Int, of tape: Tape, to steps: inout [Step]) {
        let node = tape.nodes[index]
        switch node.kind {
        case .object:
            steps.append(.byte(UInt8(ascii: "}")))
            for (offset, member) in members(of: index, in: tape).enumerated().reversed() {
                steps.append(.value(member.value))
                steps.append(.byte(UInt8(ascii: ":")))
                steps.append(.token(quoted(tape.nodes[member.key])))
                if offset > 0 { steps.append(.byte(UInt8(ascii: ","))) }
            }
            steps.append(.byte(UInt8(ascii: "{")))
        case .array:
            var elements: [Int] = []
            var child = index + 1
            while child < tape.next(after: index) {
                elements.append(child)
                child = tape.next(after: child)
            }
            steps.append(.byte(UInt8(ascii: "]")))
            for (offset, element) in elements.enumerated().reversed() {
                steps.append(.value(element))
                if offset > 0 { steps.append(.byte(UInt8(ascii: ","))) }
            }
            steps.append(.byte(UInt8(ascii: "[")))
        case .string:
            steps.append(.token(quoted(node)))
        default:
            steps.append(.token(node.range))
        }
    }

    private static func quoted(_ node: Node) -> Range<Int> {
        node.range.lowerBound - 1..<node.range.upperBound + 1
    }

    /// The members that count, as indices of their keys and values.
    private static func members(of index: Int, in tape: Tape) -> [(key: Int, value: Int)] {
        var members: [(key: Int, value: Int)] = []
        var positions: [ByteString: Int] = [:]
        var child = index + 1
        while child < tape.next(after: index) {
            let key = ByteString(tape.string(tape.nodes[child]))
            if let position = positions[key] {
                members[position].value = child + 1
            } else {
                positions[key] = members.count
                members.append((child, child + 1))
            }
            child = tape.next(after: child + 1)
        }
        return members
    }
}
