extension JSONObject: Hashable {
    /// Whether two objects have the same members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        JSON.object(left) == JSON.object(right)
    }

    /// Feeds the members to a hasher, in a way that doesn't depend on their order.
    public func hash(into hasher: inout Hasher) {
        hash(into: &hasher, levels: 8)
    }

    func hash(into hasher: inout Hasher, levels: Int) {
        hasher.combine(count)
        guard levels > 0 else { return }
        var sum = 0
        for (key, value) in self {
            var member = Hasher()
            member.combine(ByteString(key))
            value.hash(into: &member, levels: levels - 1)
            sum &+= member.finalize()
        }
        hasher.combine(sum)
    }

    /// Whether two objects have the same keys; adds the pairs of their values to a list.
    func hasSameKeys(as other: JSONObject, deferring pending: inout [(JSON, JSON)]) -> Bool {
        if case .view(let tape, let index) = storage, case .view(let otherTape, let otherIndex) = other.storage,
            tape === otherTape, index == otherIndex
        {
            return true
        }
        guard count == other.count else { return false }
        let index = other.index(ifLargerThan: 24)
        for (key, value) in self {
            guard let counterpart = index == nil ? other[key] : index?[ByteString(key)] else { return false }
            pending.append((value, counterpart))
        }
        return true
    }

    /// The members by key, for looking up all of them: one by one that is quadratic, and a large object would make
    /// it felt.
    ///
    /// - Returns: nil for an object that isn't larger.
    func index(ifLargerThan limit: Int) -> [ByteString: JSON]? {
        guard count > limit else { return nil }
        return Dictionary(map { (ByteString($0.key), $0.value) }) { $1 }
    }
}
