import AgentServer

extension ModelTurn {
    /// Whether it takes long to write it down.
    var isLong: Bool {
        var left = AgentPool.smallBytes
        left -= instructions?.utf8.count ?? 0
        return tools.contains { Self.exceeds(.object($0.json), &left, depth: 0) }
            || request["text"].map { Self.exceeds($0, &left, depth: 0) } ?? false
            || input.contains { Self.exceeds(.object($0.json), &left, depth: 0) }
    }

    /// Whether a value has more bytes than there are left; it looks no further than that.
    private static func exceeds(_ value: JSON, _ left: inout Int, depth: Int) -> Bool {
        left -= 8
        guard left > 0, depth < 64 else { return true }
        switch value {
        case .null, .bool, .number: return false
        case .string(let text):
            left -= text.utf8.count
            return left <= 0
        case .array(let elements): return elements.contains { exceeds($0, &left, depth: depth + 1) }
        case .object(let object):
            return object.contains { key, value in
                left -= key.utf8.count
                return exceeds(value, &left, depth: depth + 1)
            }
        }
    }
}
