/// A parsed document: its bytes, and a list of the values in them.
///
/// Immutable, and shared by all objects that are views of it. It keeps the whole document alive as long as one of
/// them is.
final class Tape: Sendable {
    let bytes: [UInt8]
    let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }
}

extension Tape {
    /// The index of the node after a value and all it contains.
    @inline(__always)
    func next(after index: Int) -> Int {
        index + Int(nodes[index].span)
    }

    /// The number of members or elements of a container.
    func count(at index: Int) -> Int {
        let node = nodes[index]
        if let count = node.count { return count }
        var count = 0
        var child = index + 1
        let end = index + Int(node.span)
        while child < end {
            child = next(after: node.kind == .object ? child + 1 : child)
            count += 1
        }
        return count
    }

    /// The value of a node. Objects become views.
    func value(at index: Int) -> JSON {
        let node = nodes[index]
        switch node.kind {
        case .object: return .object(JSONObject(view: self, at: index))
        case .array: return .array(array(at: index))
        default: return scalar(node)
        }
    }

    private func scalar(_ node: Node) -> JSON {
        switch node.kind {
        case .true: .bool(true)
        case .false: .bool(false)
        case .number: .number(withBytes(of: node) { JSONNumber(validated: $0) })
        case .string: .string(string(node))
        default: .null
        }
    }

    /// The elements of an array, and of arrays directly in it, in one pass without recursion.
    private func array(at index: Int) -> [JSON] {
        var outer: [(elements: [JSON], end: Int)] = []
        var elements: [JSON] = []
        elements.reserveCapacity(count(at: index))
        var end = next(after: index)
        var child = index + 1
        while true {
            if child == end {
                guard var parent = outer.popLast() else { return elements }
                parent.elements.append(.array(elements))
                (elements, end) = parent
            } else if nodes[child].kind == .array {
                outer.append((elements, end))
                elements = []
                elements.reserveCapacity(count(at: child))
                end = next(after: child)
                child += 1
            } else {
                elements.append(value(at: child))
                child = next(after: child)
            }
        }
    }

    /// The text of a string node or key.
    func string(_ node: Node) -> String {
        withBytes(of: node) { raw in
            node.has(Node.escaped) ? Escape.decode(raw) : String(decoding: raw, as: UTF8.self)
        }
    }

    @inline(__always)
    func withBytes<Result>(of node: Node, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[node.range])) }
    }
}

extension Tape {
    /// Finds the value of a member without decoding any other.
    ///
    /// - Returns: The index of the value's node.
    func member(_ key: String, ofObjectAt index: Int) -> Int? {
        key.withBytes { key in
            bytes.withUnsafeBufferPointer { bytes in
                nodes.withUnsafeBufferPointer { nodes in
                    var child = index + 1
                    let end = index + Int(nodes[index].span)
                    while child < end {
                        let node = nodes[child]
                        let raw = UnsafeBufferPointer(rebasing: bytes[node.range])
                        // Escapes make a text shorter, never longer.
                        if node.has(Node.escaped)
                            ? raw.count > key.count && Escape.decode(raw).hasBytes(key)
                            : raw.hasSameBytes(as: key)
                        {
                            return child + 1
                        }
                        child += 1 + Int(nodes[child + 1].span)
                    }
                    return nil
                }
            }
        }
    }
}

extension String {
    fileprivate func hasBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        withBytes { $0.hasSameBytes(as: bytes) }
    }
}
