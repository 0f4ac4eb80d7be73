/// A JSON object: named values in a fixed order.
///
/// An object that comes from the parser is a view of the document: a lookup compares keys in place and decodes only
/// the value asked for. The first change copies the members; nested objects stay views.
///
/// Keys compare by code point, not by canonical equivalence as `String` does.
public struct JSONObject: Sendable {
    enum Storage: Sendable {
        case view(Tape, at: UInt32)
        case built(MemberList)
    }

    var storage: Storage

    init(view tape: Tape, at index: Int) {
        storage = .view(tape, at: UInt32(truncatingIfNeeded: index))
    }

    init(taking members: MemberList) {
        storage = .built(members)
    }

    /// Creates an object of members whose keys the caller knows to differ.
    ///
    /// Saves the look for repeated keys. With a repeated one, the object would be written with both.
    package init(uncheckedMembers members: [(String, JSON)]) {
        storage = .built(members)
    }

    /// Creates an empty object.
    public init() {
        storage = .built([])
    }

    /// Creates an object; of members with the same key the last wins, at the place of the first.
    ///
    /// The way to make a large object: setting member after member looks through all the keys each time.
    ///
    /// Not for dictionaries, whose members are in another order each time, nor for a literal, which would become a
    /// dictionary first: write `["a": 1] as JSONObject`.
    public init(_ members: some Sequence<(String, JSON)>) {
        storage = .built(MemberList(uniquing: members))
    }

    /// Creates an object; of members with the same key the last wins, at the place of the first.
    ///
    /// For what is left of another object's members, `filter` for example.
    public init(_ members: [(key: String, value: JSON)]) {
        storage = .built(MemberList(uniquing: members.lazy.map { ($0.key, $0.value) }))
    }
}

extension JSONObject {
    /// The number of members.
    public var count: Int {
        switch storage {
        case .view(let tape, let index): tape.count(at: Int(index))
        case .built(let members): members.count
        }
    }

    /// Whether there are no members.
    public var isEmpty: Bool {
        switch storage {
        case .view(let tape, let index): tape.nodes[Int(index)].span == 1
        case .built(let members): members.isEmpty
        }
    }

    /// The value with a key, or nil when there is none.
    ///
    /// Setting a value replaces the member in its place or appends one; setting nil removes it.
    public subscript(key: String) -> JSON? {
        get {
            switch storage {
            case .view(let tape, let index): tape.member(key, ofObjectAt: Int(index)).map(tape.value(at:))
            case .built(let members): members.position(of: key).map { members[$0].1 }
            }
        }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            modify { $0.set(newValue, forKey: key) }
        }
    }

    /// Whether there is a member with a key.
    public func contains(_ key: String) -> Bool {
        switch storage {
        case .view(let tape, let index): tape.member(key, ofObjectAt: Int(index)) != nil
        case .built(let members): members.position(of: key) != nil
        }
    }

    /// Removes a member.
    ///
    /// - Returns: Its value, or nil when there was none.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSON? {
        // Asked first, so that removing what isn't there leaves a view a view.
        guard contains(key) else { return nil }
        return modify { members in members.position(of: key).map { members.remove(at: $0).1 } }
    }

    /// Appends a member whose key the caller knows to be new.
    ///
    /// Saves the search for the key. With a key that is there already, the object would be written with both.
    package mutating func append(uncheckedKey key: String, value: JSON) {
        modify { $0.add(value, forKey: key) }
    }

    /// Changes the members in place, after copying them out of a document if need be.
    private mutating func modify<Result>(_ change: (inout MemberList) -> Result) -> Result {
        var members: MemberList
        switch storage {
        case .view: members = map { ($0.key, $0.value) }
        case .built(let built): members = built
        }
        // Let go of the members, or the change would copy them.
        storage = .built([])
        defer { storage = .built(members) }
        return change(&members)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Creates an object; of members with the same key the last wins, at the place of the first.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var members = elements
        members.uniqueKeys()
        storage = .built(members)
    }
}
