import AgentJSON

extension SchemaSolver {
    /// An array for the parts: as few elements as they allow, but one where they say what an element looks like.
    mutating func array(_ expansion: Expansion, _ goal: Goal) -> JSON? {
        let parts = expansion.parts
        let least = min(leastCount(parts), Self.mostElements)
        let most = parts.compactMap { $0["maxItems"]?.wholeValue }.min() ?? .max
        var counts = [max(least, usualCount(parts)), least, least + 1, least + 2]
        if !attempt.isLenient { counts.removeAll { $0 > most } }
        var tried: Set<Int> = []
        var impossible = Int.max
        for count in counts where count < impossible && tried.insert(count).inserted {
            guard let elements = elements(count, expansion, goal) else {
                // What fails for so many fails for more.
                impossible = count
                continue
            }
            if accepts(.array(elements), goal) { return .array(elements) }
            if let other = varied(elements, expansion, goal) { return other }
            if reader.isExhausted { return nil }
        }
        return nil
    }

    /// More elements than this are not made.
    private static let mostElements = 2_048

    private func leastCount(_ parts: [JSONObject]) -> Int {
        var least = max(0, parts.compactMap { $0["minItems"]?.wholeValue }.max() ?? 0)
        for part in parts where part.contains("contains") {
            least = max(least, part["minContains"]?.wholeValue ?? 1)
        }
        return least
    }

    private func usualCount(_ parts: [JSONObject]) -> Int {
        let prefix = parts.map(\.prefixCount).max() ?? 0
        let hasItems = parts.contains { $0["items"]?.objectValue?.isEmpty == false }
        return min(max(prefix, hasItems ? 1 : 0), Self.mostElements)
    }

    private mutating func elements(_ count: Int, _ expansion: Expansion, _ goal: Goal) -> [JSON]? {
        let parts = expansion.parts
        let areUnique = !attempt.isLenient && parts.contains { $0["uniqueItems"]?.boolValue == true }
        let prefix = parts.map(\.prefixCount).max() ?? 0
        var wanted = parts.compactMap(Containment.init)
        var elements: [JSON] = []
        var repeated: JSON?
        while elements.count < count {
            let index = elements.count
            let rules = rules(at: index, parts)
            if let repeated {
                // All that remain are alike.
                guard reader.spend(repeated.weight) else { return nil }
                elements.append(repeated)
                continue
            }
            var next: JSON?
            let missing = wanted.indices.filter { wanted[$0].missing > 0 }
            let excluded = areUnique ? elements : []
            // One element for all that must be contained, or else one after the other.
            for contained in (missing.count > 1 ? [missing] : []) + missing.map({ [$0] }) where next == nil {
                let schemas = rules + contained.map { wanted[$0].schema }
                next = solve(child(schemas, of: goal, expansion, excluded: excluded))
            }
            if next == nil {
                // Where the number of matches is limited too, the others should be none.
                let refused = wanted.filter { $0.isLimited && $0.missing <= 0 }.map { ["not": $0.schema] as JSON }
                next = solve(child(rules + refused, of: goal, expansion, excluded: excluded))
                if missing.isEmpty, !areUnique, index >= prefix { repeated = next }
            }
            guard let next else { return attempt.isLenient ? elements : nil }
            for index in missing where reader.accepts(next, wanted[index].schema) { wanted[index].missing -= 1 }
            elements.append(next)
        }
        return elements
    }

    /// What the parts demand of the element at an index.
    private func rules(at index: Int, _ parts: [JSONObject]) -> [JSON] {
        let rules = parts.compactMap { $0.itemSchema(at: index) }
        return rules.isEmpty ? parts.compactMap { $0["unevaluatedItems"] } : rules
    }

    /// The same array with another value at one place.
    private mutating func varied(_ elements: [JSON], _ expansion: Expansion, _ goal: Goal) -> JSON? {
        for index in elements.indices.prefix(Self.placesToVary) {
            let excluded = goal.excluded.compactMap { $0[index] } + elements
            let rules = rules(at: index, expansion.parts)
            guard let other = solve(child(rules, of: goal, expansion, excluded: excluded)) else { continue }
            var varied = elements
            varied[index] = other
            if accepts(.array(varied), goal) { return .array(varied) }
        }
        return nil
    }

    /// How many elements or members are varied before giving up.
    static var placesToVary: Int { 8 }
}

/// A schema that some elements of an array must satisfy.
private struct Containment {
    let schema: JSON
    /// How many are still to come.
    var missing: Int
    /// Whether there may not be any number of them.
    let isLimited: Bool

    init?(_ part: JSONObject) {
        guard let schema = part["contains"] else { return nil }
        self.schema = schema
        missing = part["minContains"]?.wholeValue ?? 1
        isLimited = part.contains("maxContains")
    }
}
