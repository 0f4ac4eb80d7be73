import AgentJSON

/// What reading a schema takes: its references, its patterns, and a budget of steps.
///
/// Every look at a schema or a value is paid for. When the budget is used up all further checks fail, so that whoever
/// searches for a value comes to an end.
struct SchemaReader: Sendable {
    private var references: SchemaReferences
    private var patterns: [String: Pattern?] = [:]
    private var steps: Int
    private var level = 0

    /// Deep enough for any honest schema, and far from the end of a small thread's stack.
    private static let maximumLevel = 120

    init(root: JSON, steps: Int) {
        references = SchemaReferences(root: root)
        self.steps = steps
    }

    var isExhausted: Bool { steps <= 0 }

    /// Pays for work; false when nothing is left.
    mutating func spend(_ count: Int) -> Bool {
        steps = max(0, steps - count)
        return steps > 0
    }

    /// Goes one call deeper; false where that is too deep, or the budget is used up. ``leave()`` ends each call,
    /// allowed or not.
    ///
    /// - Parameter cost: What the call costs.
    mutating func enter(cost: Int = 1) -> Bool {
        level += 1
        return level <= Self.maximumLevel && spend(cost)
    }

    mutating func leave() {
        level -= 1
    }

    /// Ends the search, where a check could not be carried through: its "no" would be a "yes" inside of a `not`.
    mutating func giveUp() {
        steps = 0
    }

    mutating func resolve(_ reference: String) -> JSON? {
        spend(1) ? references.resolve(reference) : nil
    }

    /// The pattern of a text; `nil` where it can't be read.
    mutating func pattern(_ source: String) -> Pattern? {
        if let known = patterns[source] { return known }
        let pattern = spend(1 + source.utf8.count / 8) ? Pattern(source) : nil
        patterns[source] = .some(pattern)
        return pattern
    }

    /// Whether a pattern matches anywhere in a text; one that can't be read counts as matched.
    mutating func matches(_ text: String, pattern source: String) -> Bool {
        guard let pattern = pattern(source) else { return true }
        guard spend(pattern.cost(length: text.utf8.count)) else { return false }
        return pattern.matches(text) ?? true
    }
}

extension JSON {
    /// How much there is of a value: its parts, and its text in units of 64 bytes.
    var weight: Int {
        switch self {
        case .null, .bool: 1
        case .number(let number): 1 + number.text.utf8.count / 64
        case .string(let text): 1 + text.utf8.count / 64
        case .array(let elements): elements.reduce(1) { $0 + $1.weight }
        case .object(let members): members.reduce(1) { $0 + $1.value.weight + $1.key.utf8.count / 64 }
        }
    }
}
