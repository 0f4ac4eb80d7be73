import AgentJSON

extension SchemaReader {
    /// Whether a value satisfies a schema.
    ///
    /// `format` is not asserted, and `unevaluatedProperties` and `unevaluatedItems` aren't looked at.
    ///
    /// - Parameter references: The references followed so far for this same value. One that comes again adds nothing.
    mutating func accepts(_ value: JSON, _ schema: JSON, following references: [String] = []) -> Bool {
        guard enter() else {
            leave()
            giveUp()
            return false
        }
        defer { leave() }
        switch schema {
        case .bool(let isAllowed):
            return isAllowed
        case .object(let keywords):
            return acceptsOwn(value, keywords) && acceptsApplied(value, keywords, following: references)
        default:
            return true
        }
    }

    private mutating func acceptsOwn(_ value: JSON, _ schema: JSONObject) -> Bool {
        if let types = schema["type"] {
            guard JSONTypes.list(types).contains(where: { $0.contains(JSONTypes(of: value)) }) else { return false }
        }
        if let constant = schema["const"], !isEqual(value, constant) { return false }
        if let options = schema["enum"]?.arrayValue {
            guard spend(options.count / 16) else { return false }
            guard options.contains(where: { isEqual(value, $0) }) else { return false }
        }
        switch value {
        case .number(let number): return number.lies(within: schema)
        case .string(let text): return accepts(text, schema)
        case .array(let elements): return accepts(elements, schema)
        case .object(let members): return accepts(members, schema)
        case .null, .bool: return true
        }
    }

    /// Equality as JSON Schema has it: numbers by value.
    mutating func isEqual(_ first: JSON, _ second: JSON) -> Bool {
        switch (first, second) {
        case (.number(let first), .number(let second)):
            return first.text == second.text || first.comparable == second.comparable
        case (.array(let first), .array(let second)):
            guard spend(1), first.count == second.count else { return false }
            for (one, other) in zip(first, second) {
                guard isEqual(one, other) else { return false }
            }
            return true
        case (.object(let first), .object(let second)):
            guard spend(1 + first.count), first.count == second.count else { return false }
            for (key, one) in first {
                guard let other = second[key], isEqual(one, other) else { return false }
            }
            return true
        default:
            return spend(1) && first == second
        }
    }

    // MARK: Strings

    private mutating func accepts(_ text: String, _ schema: JSONObject) -> Bool {
        let shortest = schema["minLength"]?.wholeValue
        let longest = schema["maxLength"]?.wholeValue
        if shortest != nil || longest != nil {
            let length = text.unicodeScalars.count
            guard length >= shortest ?? 0, length <= longest ?? .max else { return false }
        }
        guard let pattern = schema["pattern"]?.stringValue else { return true }
        return matches(text, pattern: pattern)
    }

    // MARK: Arrays

    private mutating func accepts(_ elements: [JSON], _ schema: JSONObject) -> Bool {
        guard elements.count >= schema["minItems"]?.wholeValue ?? 0,
            elements.count <= schema["maxItems"]?.wholeValue ?? .max
        else { return false }
        for (index, element) in elements.enumerated() {
            guard let rule = schema.itemSchema(at: index) else { continue }
            guard accepts(element, rule) else { return false }
        }
        if schema["uniqueItems"]?.boolValue == true, !areDistinct(elements) { return false }
        guard let contained = schema["contains"] else { return true }
        var count = 0
        for element in elements where accepts(element, contained) { count += 1 }
        return !isExhausted && count >= schema["minContains"]?.wholeValue ?? 1
            && count <= schema["maxContains"]?.wholeValue ?? .max
    }

    private mutating func areDistinct(_ elements: [JSON]) -> Bool {
        for (index, element) in elements.enumerated() {
            for other in elements[..<index] where isEqual(element, other) { return false }
        }
        return !isExhausted
    }

    // MARK: Objects

    private mutating func accepts(_ members: JSONObject, _ schema: JSONObject) -> Bool {
        guard members.count >= schema["minProperties"]?.wholeValue ?? 0,
            members.count <= schema["maxProperties"]?.wholeValue ?? .max
        else { return false }
        for name in schema["required"]?.arrayValue ?? [] {
            guard spend(1) else { return false }
            if let name = name.stringValue, !members.contains(name) { return false }
        }
        for (name, dependents) in schema.dependentNames where members.contains(name) {
            guard dependents.allSatisfy(members.contains) else { return false }
        }
        for (name, value) in members {
            if let names = schema["propertyNames"], !accepts(.string(name), names) { return false }
            for rule in rules(for: name, in: schema) {
                guard accepts(value, rule) else { return false }
            }
        }
        return true
    }

    /// What a schema demands of the member with a name.
    mutating func rules(for name: String, in schema: JSONObject) -> [JSON] {
        var rules: [JSON] = []
        if let declared = schema["properties"]?.objectValue {
            guard spend(1 + declared.count / 64) else { return [false] }
            if let rule = declared[name] { rules.append(rule) }
        }
        for (pattern, rule) in schema["patternProperties"]?.objectValue ?? [:] where matches(name, pattern: pattern) {
            rules.append(rule)
        }
        if rules.isEmpty, let rule = schema["additionalProperties"] { rules.append(rule) }
        return rules
    }

    // MARK: Schemas in schemas

    private mutating func acceptsApplied(
        _ value: JSON,
        _ schema: JSONObject,
        following references: [String]
    ) -> Bool {
        for keyword in ["$ref", "$dynamicRef"] {
            guard let reference = schema[keyword]?.stringValue, !references.contains(reference),
                let target = resolve(reference)
            else { continue }
            guard accepts(value, target, following: references + [reference]) else { return false }
        }
        for option in schema["allOf"]?.arrayValue ?? [] {
            guard accepts(value, option, following: references) else { return false }
        }
        if let options = schema["anyOf"]?.arrayValue {
            var isAccepted = false
            for option in options where !isAccepted { isAccepted = accepts(value, option, following: references) }
            guard isAccepted else { return false }
        }
        if let options = schema["oneOf"]?.arrayValue {
            var count = 0
            for option in options where accepts(value, option, following: references) { count += 1 }
            guard count == 1 else { return false }
        }
        if let excluded = schema["not"], accepts(value, excluded, following: references) { return false }
        if let condition = schema["if"] {
            let branch = schema[accepts(value, condition, following: references) ? "then" : "else"]
            if let branch, !accepts(value, branch, following: references) { return false }
        }
        if let members = value.objectValue {
            for (name, rule) in schema.dependentSchemas where members.contains(name) {
                guard accepts(value, rule, following: references) else { return false }
            }
        }
        // A check that was cut short has not refused what `not` and `oneOf` count on.
        return !isExhausted
    }
}
