extension JSON: Equatable {
    /// Whether two values have the same kind and content, whatever the order of members.
    ///
    /// Works through a list of its own rather than by recursion, so that no depth of value can exhaust the stack.
    public static func == (left: JSON, right: JSON) -> Bool {
        var pending: [(JSON, JSON)] = []
        guard isEqual(left, right, deferring: &pending) else { return false }
        while let (left, right) = pending.popLast() {
            guard isEqual(left, right, deferring: &pending) else { return false }
        }
        return true
    }

    /// Compares two values, and leaves the comparison of what they contain to the caller.
    private static func isEqual(_ left: JSON, _ right: JSON, deferring pending: inout [(JSON, JSON)]) -> Bool {
        switch (left, right) {
        case (.null, .null):
            return true
        case (.bool(let left), .bool(let right)):
            return left == right
        case (.number(let left), .number(let right)):
            return left == right
        case (.string(let left), .string(let right)):
            return left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            pending.append(contentsOf: zip(left, right).lazy.map { ($0, $1) })
            return true
        case (.object(let left), .object(let right)):
            return left.hasSameKeys(as: right, deferring: &pending)
        default:
            return false
        }
    }
}

extension JSON: Hashable {
    /// Feeds the value to a hasher; deeply nested content counts only by its kind, to bound the work and the stack.
    public func hash(into hasher: inout Hasher) {
        hash(into: &hasher, levels: 8)
    }

    func hash(into hasher: inout Hasher, levels: Int) {
        switch self {
        case .null:
            hasher.combine(0)
        case .bool(let value):
            hasher.combine(value)
        case .number(let value):
            hasher.combine(value)
        case .string(let value):
            hasher.combine(ByteString(value))
        case .array(let elements):
            hasher.combine(elements.count)
            guard levels > 0 else { return }
            for element in elements {
                element.hash(into: &hasher, levels: levels - 1)
            }
        case .object(let object):
            object.hash(into: &hasher, levels: levels)
        }
    }
}
