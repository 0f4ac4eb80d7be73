import AgentJSON

extension SchemaSolver {
    /// An object for the parts: with the required members, or with more where those alone are refused.
    mutating func object(_ expansion: Expansion, _ goal: Goal) -> JSON? {
        for extent in ObjectExtent.allCases {
            guard let members = members(extent, expansion, goal) else { return nil }
            if accepts(.object(members), goal) { return .object(members) }
            if let other = varied(members, expansion, goal) { return other }
            if reader.isExhausted { return nil }
        }
        return nil
    }

    /// The names that the parts require, in their order, with those that depend on them.
    func requiredNames(_ parts: [JSONObject]) -> [String] {
        let names = parts.flatMap { ($0["required"]?.arrayValue ?? []).compactMap(\.stringValue) }
        return withDependents(names, parts.flatMap(\.dependentNames))
    }

    /// Names, each once, followed by those that must come with them.
    private func withDependents(_ names: [String], _ dependents: [(name: String, dependents: [String])]) -> [String] {
        var seen: Set<String> = []
        var names = names.filter { seen.insert($0).inserted }
        guard !dependents.isEmpty else { return names }
        let dependentsOf = Dictionary(grouping: dependents, by: \.name)
        var next = 0
        while next < names.count {
            for (_, others) in dependentsOf[names[next]] ?? [] {
                names += others.filter { seen.insert($0).inserted }
            }
            next += 1
        }
        return names
    }

    // MARK: Members

    /// The members to that extent; `nil` where a required one can't be.
    private mutating func members(_ extent: ObjectExtent, _ expansion: Expansion, _ goal: Goal) -> JSONObject? {
        let parts = expansion.parts
        let required = requiredNames(parts)
        let dependents = parts.flatMap(\.dependentNames)
        var members: JSONObject = [:]
        for name in required {
            guard reader.spend(1 + members.count / 16) else { return nil }
            if let value = solve(child(rules(for: name, parts), of: goal, expansion)) {
                members[name] = value
            } else if !attempt.isLenient {
                return nil
            }
        }
        let least = parts.compactMap { $0["minProperties"]?.wholeValue }.max() ?? 0
        let most = parts.compactMap { $0["maxProperties"]?.wholeValue }.min() ?? .max
        let wanted = min(extent == .oneMore ? max(least, required.count + 1) : least, Self.mostMembers)
        let declared = parts.flatMap { ($0["properties"]?.objectValue ?? [:]).map(\.key) }
        for name in declared where !members.contains(name) {
            guard members.count < (extent == .declared ? most : wanted), reader.spend(1) else { break }
            for name in withDependents([name], dependents) where !members.contains(name) {
                if let value = solve(child(rules(for: name, parts), of: goal, expansion)) { members[name] = value }
            }
        }
        addUndeclared(upTo: wanted, to: &members, expansion, goal)
        return members
    }

    /// More members than this are not added.
    private static let mostMembers = 256

    /// Adds members with names of our own, as `minProperties` may demand.
    private mutating func addUndeclared(
        upTo count: Int,
        to members: inout JSONObject,
        _ expansion: Expansion,
        _ goal: Goal
    ) {
        guard members.count < count else { return }
        for name in spareNames(count, expansion, goal) where !members.contains(name) {
            guard members.count < count, reader.spend(1 + members.count / 16) else { return }
            let rules = rules(for: name, expansion.parts)
            if let value = solve(child(rules, of: goal, expansion)) { members[name] = value }
        }
    }

    private mutating func spareNames(_ count: Int, _ expansion: Expansion, _ goal: Goal) -> [String] {
        let parts = expansion.parts
        let rules = parts.compactMap { $0["propertyNames"] }
        var names: [String] = []
        for pattern in parts.flatMap({ ($0["patternProperties"]?.objectValue ?? [:]).map(\.key) }) {
            guard names.count < 2 * count, let pattern = reader.pattern(pattern) else { continue }
            let examples = PatternExamples(pattern: pattern, minimumLength: 1, maximumLength: 64)
            names += examples.make(count: count) { reader.spend($0) }
        }
        guard !rules.isEmpty else { return names + (1...count).map { "property\($0)" } }
        var others: [JSON] = []
        while others.count < count {
            let schemas: [JSON] = rules + [["type": "string"]]
            guard let name = solve(child(schemas, of: goal, expansion, excluded: others)) else { break }
            others.append(name)
        }
        return names + others.compactMap(\.stringValue)
    }

    /// What the parts demand of the member with a name.
    private mutating func rules(for name: String, _ parts: [JSONObject]) -> [JSON] {
        var rules: [JSON] = []
        for part in parts { rules += reader.rules(for: name, in: part) }
        return rules.isEmpty ? parts.compactMap { $0["unevaluatedProperties"] } : rules
    }

    /// The same object with another value for one member.
    private mutating func varied(_ members: JSONObject, _ expansion: Expansion, _ goal: Goal) -> JSON? {
        guard !attempt.isLenient else { return nil }
        for (name, value) in members.prefix(Self.placesToVary) {
            let excluded = goal.excluded.compactMap { $0[name] } + [value]
            let rules = rules(for: name, expansion.parts)
            guard let other = solve(child(rules, of: goal, expansion, excluded: excluded)) else { continue }
            var varied = members
            varied[name] = other
            if accepts(.object(varied), goal) { return .object(varied) }
        }
        return nil
    }
}

/// Which members an object gets.
private enum ObjectExtent: CaseIterable {
    case required
    case declared
    case oneMore
}
