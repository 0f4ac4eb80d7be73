import AgentJSON

extension SchemaSolver {
    /// The first candidate of the parts that is accepted.
    mutating func value(_ expansion: Expansion, _ goal: Goal) -> JSON? {
        let parts = expansion.parts
        if let fixed = parts.lazy.compactMap(fixedValues).first {
            for value in fixed where accepts(value, goal) { return value }
            return nil
        }
        for value in givenValues(parts) where accepts(value, goal) { return value }
        for type in typesInOrder(parts) {
            if let value = value(of: type, expansion, goal) { return value }
            if reader.isExhausted { break }
        }
        guard attempt.isLenient else { return nil }
        return emptyValue(types(of: parts))
    }

    private mutating func value(of type: JSONTypes, _ expansion: Expansion, _ goal: Goal) -> JSON? {
        let candidates: [JSON]
        switch type {
        case .array:
            return array(expansion, goal)
        case .object:
            return object(expansion, goal)
        case .string:
            candidates = strings(expansion.parts, count: goal.excluded.count + 1).map { .string($0) }
        case .boolean:
            candidates = [true, false]
        case .null:
            candidates = [.null]
        default:
            let areWhole = !types(of: expansion.parts).contains(.fraction)
            candidates = numbers(expansion.parts, areWhole: areWhole, count: goal.excluded.count + 1)
                .map { .number($0) }
        }
        // Set aside at once: among many values that must differ, most candidates are taken.
        let excluded = Set(goal.excluded)
        guard reader.spend((candidates.count + excluded.count) / 4) else { return nil }
        for candidate in candidates where !excluded.contains(candidate) && accepts(candidate, goal) { return candidate }
        return nil
    }

    /// What `const` or `enum` leave to choose from, null behind the others.
    private func fixedValues(_ part: JSONObject) -> [JSON]? {
        if let constant = part["const"] { return [constant] }
        guard let values = part["enum"]?.arrayValue else { return nil }
        return values.filter { !$0.isNull } + values.filter(\.isNull)
    }

    /// The values that the author of the schema gives as examples.
    private func givenValues(_ parts: [JSONObject]) -> [JSON] {
        var values = parts.compactMap { $0["default"] }
        for part in parts {
            values += part["examples"]?.arrayValue ?? []
            if let example = part["example"] { values.append(example) }
        }
        let formats = parts.compactMap { $0["format"]?.stringValue.flatMap(StringFormat.init(name:)) }
        return values.filter { value in
            guard let text = value.stringValue else { return !value.isNull }
            return formats.allSatisfy { $0.looksLike(text) }
        }
    }

    // MARK: Types

    /// The types that all the parts allow.
    func types(of parts: [JSONObject]) -> JSONTypes {
        parts.reduce(.any) { types, part in
            types.intersection(JSONTypes.list(part["type"]).reduce([]) { $0.union($1) })
        }
    }

    /// The types to try, one by one: those that are named, in their order; those that keywords speak of; the others.
    private func typesInOrder(_ parts: [JSONObject]) -> [JSONTypes] {
        let allowed = types(of: parts)
        var order: [JSONTypes] = []
        for part in parts {
            order += JSONTypes.list(part["type"]).filter { $0 != .any && $0 != .null }
        }
        for (keyword, type) in Self.telling where parts.contains(where: { $0.contains(keyword) }) {
            order.append(type)
        }
        order += [.string, .number, .boolean, .object, .array, .null]
        var seen: JSONTypes = []
        return order.filter { type in
            guard !type.isDisjoint(with: allowed), !type.isSubset(of: seen) else { return false }
            seen.formUnion(type)
            return true
        }
    }

    /// Keywords that tell of a type where none is named.
    private static let telling: [(String, JSONTypes)] = [
        ("properties", .object), ("required", .object), ("additionalProperties", .object),
        ("patternProperties", .object), ("minProperties", .object), ("propertyNames", .object),
        ("items", .array), ("prefixItems", .array), ("contains", .array), ("minItems", .array),
        ("pattern", .string), ("minLength", .string), ("maxLength", .string), ("format", .string),
        ("minimum", .number), ("maximum", .number), ("exclusiveMinimum", .number), ("exclusiveMaximum", .number),
        ("multipleOf", .number),
    ]

    private func emptyValue(_ types: JSONTypes) -> JSON {
        if types.contains(.object) { return [:] }
        if types.contains(.array) { return [] }
        if types.contains(.string) { return "" }
        if types.contains(.integer) { return 0 }
        return types.contains(.boolean) ? false : .null
    }
}
