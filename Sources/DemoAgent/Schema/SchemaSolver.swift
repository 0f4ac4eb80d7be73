import AgentJSON

/// Searches for a value that satisfies schemas.
///
/// All schemas that apply to one value are laid side by side (references and `allOf` opened, one option of each
/// `anyOf`, `oneOf` and `if` chosen); what the keywords of these parts say together gives a few candidates; the first
/// candidate that the original schemas accept is taken. Where none is, the next option is tried.
struct SchemaSolver {
    var reader: SchemaReader
    /// What free strings hold.
    let words: String
    let attempt: Attempt
    /// Whether a part was left aside for being too deep or recursive; if none was, no other attempt will do better.
    private(set) var wasCut = false

    init(root: JSON, text: String, attempt: Attempt) {
        reader = SchemaReader(root: root, steps: attempt.steps)
        words = Self.opening(of: text)
        self.attempt = attempt
    }

    /// How an attempt goes about it, and how much it may cost.
    struct Attempt: Sendable {
        /// How deep the value may be nested.
        var depth: Int
        /// Whether a reference may be followed again below itself.
        var isRecursive: Bool
        /// Whether a candidate is taken without a check, and impossible parts are left out.
        var isLenient = false
        var steps: Int

        /// The attempts to satisfy a schema, in order.
        ///
        /// The first one finds the value of nearly every schema there is. Those after it are for recursion that
        /// can't be avoided: each allows a little more depth, so that the shallowest value is found first, before
        /// the choices below it multiply.
        static let strict: [Attempt] =
            [Attempt(depth: 32, isRecursive: false, steps: 60_000)]
            + [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48].map { Attempt(depth: $0, isRecursive: true, steps: 4_000) }

        /// For a schema that can't be satisfied: something like what was asked for.
        static let lenient = Attempt(depth: 8, isRecursive: false, isLenient: true, steps: 10_000)
    }

    /// One value to be found.
    struct Goal {
        /// What it must satisfy.
        var schemas: [JSON]
        /// Values that it must differ from.
        var excluded: [JSON] = []
        var depth = 0
        /// The references followed on the way down to it.
        var ancestors: Set<String> = []
    }

    /// The schemas of one value, laid side by side.
    struct Expansion {
        var parts: [JSONObject] = []
        var pending: [JSON]
        var choices: [Choice] = []
        /// References followed for this value.
        var references: Set<String> = []
        var appliedDependents: Set<String> = []

        /// Sets of schemas, one of which must be satisfied whole.
        typealias Choice = [[JSON]]
    }

    /// A value for the schemas of the whole document.
    mutating func solve(_ schemas: [JSON]) -> JSON? {
        var expansion = Expansion(pending: schemas)
        expansion.references = ["#"]
        return solve(expansion, Goal(schemas: schemas))
    }

    /// A value for one place in the document.
    mutating func solve(_ goal: Goal) -> JSON? {
        guard goal.depth <= attempt.depth else {
            wasCut = true
            return nil
        }
        return solve(Expansion(pending: goal.schemas), goal)
    }

    private mutating func solve(_ start: Expansion, _ goal: Goal) -> JSON? {
        // Laying out copies what was laid out before.
        guard reader.enter(cost: 1 + (start.parts.count + start.choices.count) / 4) else {
            reader.leave()
            return nil
        }
        defer { reader.leave() }
        var expansion = start
        guard expand(&expansion, goal) else { return nil }
        guard !expansion.choices.isEmpty else { return value(expansion, goal) }
        let choice = expansion.choices.removeFirst()
        for option in choice {
            guard !reader.isExhausted else { return nil }
            expansion.pending = option
            if let value = solve(expansion, goal) { return value }
        }
        return nil
    }

    /// A child of a value: what it must satisfy, one level deeper.
    func child(_ schemas: [JSON], of goal: Goal, _ expansion: Expansion, excluded: [JSON] = []) -> Goal {
        Goal(
            schemas: schemas,
            excluded: excluded,
            depth: goal.depth + 1,
            ancestors: goal.ancestors.union(expansion.references)
        )
    }

    /// Whether a candidate is the value that was asked for.
    mutating func accepts(_ value: JSON, _ goal: Goal) -> Bool {
        guard reader.spend(value.weight + goal.excluded.count / 16) else { return false }
        for other in goal.excluded where reader.isEqual(value, other) { return false }
        if attempt.isLenient { return true }
        for schema in goal.schemas {
            guard reader.accepts(value, schema) else { return false }
        }
        return true
    }

    // MARK: Laying schemas side by side

    /// Opens what is pending; false where it can't be satisfied.
    private mutating func expand(_ expansion: inout Expansion, _ goal: Goal) -> Bool {
        repeat {
            var next = 0
            while next < expansion.pending.count {
                guard reader.spend(1) else { return false }
                let schema = expansion.pending[next]
                next += 1
                if case .bool(false) = schema, !attempt.isLenient { return false }
                guard let part = schema.objectValue else { continue }
                guard open(part, into: &expansion, goal) else { return false }
            }
            expansion.pending = dependents(&expansion)
        } while !expansion.pending.isEmpty
        return attempt.isLenient || !types(of: expansion.parts).isEmpty
    }

    private mutating func open(_ part: JSONObject, into expansion: inout Expansion, _ goal: Goal) -> Bool {
        expansion.parts.append(part)
        for keyword in ["$ref", "$dynamicRef"] {
            guard let reference = part[keyword]?.stringValue else { continue }
            if goal.ancestors.contains(reference), !attempt.isRecursive {
                wasCut = true
                return false
            }
            guard expansion.references.insert(reference).inserted, let target = reader.resolve(reference) else {
                continue
            }
            expansion.pending.append(target)
        }
        expansion.pending += part["allOf"]?.arrayValue ?? []
        if let refused = part["not"]?.objectValue, refused.count == 1, let inner = refused["not"] {
            expansion.pending.append(inner)
        }
        if let options = part["anyOf"]?.arrayValue, !options.isEmpty {
            expansion.choices.append(inOrder(options).map { [$0] })
        }
        if let options = part["oneOf"]?.arrayValue, !options.isEmpty {
            expansion.choices.append(alternatives(options))
        }
        if let condition = part["if"], part["then"] != nil || part["else"] != nil {
            expansion.choices.append([
                [condition, part["then"] ?? true],
                [["not": condition], part["else"] ?? true],
            ])
        }
        return reader.spend(expansion.pending.count / 16)
    }

    /// The options of a `oneOf`, each with a word on the others, as a hint to the candidates.
    private func alternatives(_ options: [JSON]) -> Expansion.Choice {
        let ordered = inOrder(options)
        guard ordered.count <= 8 else { return ordered.map { [$0] } }
        return ordered.indices.map { index in
            let others: [JSON] = ordered.indices.filter { $0 != index }.map { ["not": ordered[$0]] }
            return [ordered[index]] + others
        }
    }

    /// Options in their order, those for null behind the others: a value says more than its absence.
    private func inOrder(_ options: [JSON]) -> [JSON] {
        let isNull = { (schema: JSON) in schema["type"]?.stringValue == "null" || schema["const"] == .null }
        return options.filter { !isNull($0) } + options.filter(isNull)
    }

    /// The schemas that apply because a required member is there.
    private mutating func dependents(_ expansion: inout Expansion) -> [JSON] {
        let candidates = expansion.parts.flatMap(\.dependentSchemas)
        guard !candidates.isEmpty else { return [] }
        var schemas: [JSON] = []
        for name in requiredNames(expansion.parts) where reader.spend(1) {
            guard expansion.appliedDependents.insert(name).inserted else { continue }
            schemas += candidates.filter { $0.name == name }.map(\.schema)
        }
        return schemas
    }
}
