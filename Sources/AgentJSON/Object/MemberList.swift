/// The members of an object that has been built rather than parsed: keys and values in order.
///
/// Of tuples, because that is what a dictionary literal is made of: the array of a literal is taken as it is.
typealias MemberList = [(String, JSON)]

extension MemberList {
    /// Creates a list; of members with the same key the last wins, at the place of the first.
    init(uniquing members: some Sequence<(String, JSON)>) {
        // An array at once, because a caller in another module gets the code for any sequence: one call of it for all
        // members instead of several for each.
        self = MemberList(members)
        uniqueKeys()
    }

    /// Removes members whose key comes again; the first gets the value of the last.
    mutating func uniqueKeys() {
        guard mayRepeatKeys else { return }
        var positions: [ByteString: Int] = [:]
        var unique = MemberList()
        for (key, value) in self {
            if let position = positions[ByteString(key)] {
                unique[position].1 = value
            } else {
                positions[ByteString(key)] = unique.count
                unique.append((key, value))
            }
        }
        self = unique
    }

    /// Whether two members have the same key; true for any long list.
    private var mayRepeatKeys: Bool {
        // More keys than that have two with the same of 64 hashes anyway.
        guard count <= 24 else { return true }
        var filter = KeyFilter()
        for (key, _) in self {
            let isNew = key.withBytes { filter.insert($0.quickHash()) }
            if !isNew { return hasRepeatedKeys }
        }
        return false
    }

    private var hasRepeatedKeys: Bool {
        indices.contains { index in self[..<index].contains { $0.0.hasSameBytes(as: self[index].0) } }
    }

    /// The position of a key.
    func position(of key: String) -> Int? {
        firstIndex { $0.0.hasSameBytes(as: key) }
    }

    /// Replaces the value of a key in its place, or appends it.
    mutating func set(_ value: JSON, forKey key: String) {
        if let position = position(of: key) {
            self[position].1 = value
        } else {
            add(value, forKey: key)
        }
    }

    /// Appends a member; the key must be new.
    mutating func add(_ value: JSON, forKey key: String) {
        // Saves the steps from one over two and four: a fifth of the time for an object of twelve.
        if isEmpty { reserveCapacity(8) }
        append((key, value))
    }
}

/// Remembers keys by a bit each. Forgets nothing, but takes some new keys for known ones.
struct KeyFilter {
    private var bits: UInt64

    init() {
        bits = 0
    }

    /// A filter that takes every key for a known one.
    static let full = KeyFilter(bits: .max)

    private init(bits: UInt64) {
        self.bits = bits
    }

    /// - Returns: Whether the key is certainly new.
    @inline(__always)
    mutating func insert(_ hash: UInt32) -> Bool {
        let bit: UInt64 = 1 << UInt64(hash >> 26)
        defer { bits |= bit }
        return bits & bit == 0
    }
}
