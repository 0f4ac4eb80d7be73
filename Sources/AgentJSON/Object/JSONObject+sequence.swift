extension JSONObject: Sequence {
    /// The members in order.
    public struct Iterator: IteratorProtocol {
        private var cursor: MemberCursor

        init(_ object: JSONObject) {
            cursor = MemberCursor(object)
        }

        /// The next member, or nil after the last.
        public mutating func next() -> (key: String, value: JSON)? {
            switch cursor.step() {
            case .parsed(let tape, let index): (tape.string(tape.nodes[index]), tape.value(at: index + 1))
            case .built(let key, let value): (key, value)
            case nil: nil
            }
        }
    }

    /// An iterator over the members in order.
    public func makeIterator() -> Iterator {
        Iterator(self)
    }

    /// The number of members.
    public var underestimatedCount: Int { count }
}

extension JSONObject {
    /// The keys of an object in order.
    public struct Keys: Sequence, Sendable {
        let object: JSONObject

        /// The keys in order.
        public struct Iterator: IteratorProtocol {
            fileprivate var cursor: MemberCursor

            /// The next key, or nil after the last.
            public mutating func next() -> String? {
                switch cursor.step() {
                case .parsed(let tape, let index): tape.string(tape.nodes[index])
                case .built(let key, _): key
                case nil: nil
                }
            }
        }

        /// An iterator over the keys in order.
        public func makeIterator() -> Iterator {
            Iterator(cursor: MemberCursor(object))
        }

        /// The number of keys.
        public var underestimatedCount: Int { object.count }
    }

    /// The keys in order. Their values are not decoded.
    public var keys: Keys { Keys(object: self) }
}

/// A place among the members of an object.
struct MemberCursor {
    enum Step {
        /// The index of a key; its value is the next.
        case parsed(Tape, Int)
        case built(String, JSON)
    }

    private let storage: JSONObject.Storage
    private var position: Int
    private let end: Int

    init(_ object: JSONObject) {
        storage = object.storage
        switch storage {
        case .view(let tape, let index):
            position = Int(index) + 1
            end = tape.next(after: Int(index))
        case .built(let members):
            position = 0
            end = members.count
        }
    }

    mutating func step() -> Step? {
        guard position < end else { return nil }
        let current = position
        switch storage {
        case .view(let tape, _):
            position = tape.next(after: current + 1)
            return .parsed(tape, current)
        case .built(let members):
            position += 1
            let (key, value) = members[current]
            return .built(key, value)
        }
    }
}
