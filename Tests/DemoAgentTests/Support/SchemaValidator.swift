import AgentJSON

/// A small validator, written apart from the one that the examples are checked with.
///
/// It lists what is wrong with a value. References are pointers into the document; patterns are Swift's own.
struct SchemaValidator {
    let root: JSON

    func faults(of value: JSON, _ schema: JSON? = nil, at path: String = "#") -> [String] {
        let schema = schema ?? root
        if let allowed = schema.boolValue { return allowed ? [] : ["\(path): nothing is allowed here"] }
        guard let keywords = schema.objectValue else { return ["\(path): no schema"] }
        var faults: [String] = []
        for (keyword, rule) in keywords {
            if !satisfies(value, keyword, rule, keywords) {
                faults.append("\(path): \(value) fails \(keyword): \(rule)")
            }
        }
        for (place, child, rule) in children(of: value, keywords) {
            faults += self.faults(of: child, rule, at: "\(path)/\(place)")
        }
        return faults
    }

    private func isValid(_ value: JSON, _ schema: JSON) -> Bool { faults(of: value, schema).isEmpty }

    private func satisfies(_ value: JSON, _ keyword: String, _ rule: JSON, _ schema: JSONObject) -> Bool {
        switch keyword {
        case "type": (rule.arrayValue ?? [rule]).contains { hasType(value, $0.stringValue ?? "") }
        case "enum": (rule.arrayValue ?? []).contains(value)
        case "const": value == rule
        case "$ref": target(rule.stringValue ?? "").map { isValid(value, $0) } ?? false
        case "allOf": (rule.arrayValue ?? []).allSatisfy { isValid(value, $0) }
        case "anyOf": (rule.arrayValue ?? []).contains { isValid(value, $0) }
        case "oneOf": (rule.arrayValue ?? []).filter { isValid(value, $0) }.count == 1
        case "not": !isValid(value, rule)
        case "if": schema[isValid(value, rule) ? "then" : "else"].map { isValid(value, $0) } ?? true
        default: satisfiesBound(value, keyword, rule, schema)
        }
    }

    private func satisfiesBound(_ value: JSON, _ keyword: String, _ rule: JSON, _ schema: JSONObject) -> Bool {
        let number = rule.doubleValue ?? .nan
        switch (value, keyword) {
        case (.number(let value), "minimum"): return value.double >= number
        case (.number(let value), "maximum"): return value.double <= number
        case (.number(let value), "exclusiveMinimum"): return value.double > number
        case (.number(let value), "exclusiveMaximum"): return value.double < number
        case (.number(let value), "multipleOf"): return (value.double / number).rounded() == value.double / number
        case (.string(let text), "minLength"): return text.unicodeScalars.count >= Int(number)
        case (.string(let text), "maxLength"): return text.unicodeScalars.count <= Int(number)
        case (.string(let text), "pattern"): return matches(text, rule)
        case (.array(let elements), "minItems"): return elements.count >= Int(number)
        case (.array(let elements), "maxItems"): return elements.count <= Int(number)
        case (.array(let elements), "uniqueItems"): return rule == false || Set(elements).count == elements.count
        case (.array(let elements), "contains"):
            let count = elements.filter { isValid($0, rule) }.count
            return count >= schema["minContains"]?.intValue ?? 1 && count <= schema["maxContains"]?.intValue ?? .max
        case (.object(let members), "minProperties"): return members.count >= Int(number)
        case (.object(let members), "maxProperties"): return members.count <= Int(number)
        case (.object(let members), "propertyNames"): return members.allSatisfy { isValid(.string($0.key), rule) }
        case (.object(let members), "required"):
            return (rule.arrayValue ?? []).allSatisfy { members[$0.stringValue ?? ""] != nil }
        case (.object(let members), "dependentRequired"):
            return (rule.objectValue ?? [:]).allSatisfy { name, others in
                members[name] == nil || (others.arrayValue ?? []).allSatisfy { members[$0.stringValue ?? ""] != nil }
            }
        default: return true
        }
    }

    /// The parts of a value, each with the schema it has to satisfy.
    private func children(of value: JSON, _ schema: JSONObject) -> [(place: String, value: JSON, schema: JSON)] {
        switch value {
        case .array(let elements):
            let prefix = schema["prefixItems"]?.arrayValue ?? []
            return elements.enumerated().compactMap { index, element in
                let rule = index < prefix.count ? prefix[index] : schema["items"]
                return rule.map { ("\(index)", element, $0) }
            }
        case .object(let members):
            return members.flatMap { name, member in
                var rules = [schema["properties"]?[name]].compactMap { $0 }
                for (pattern, rule) in schema["patternProperties"]?.objectValue ?? [:] {
                    if matches(name, .string(pattern)) { rules.append(rule) }
                }
                if rules.isEmpty, let rule = schema["additionalProperties"] { rules.append(rule) }
                return rules.map { (name, member, $0) }
            }
        default:
            return []
        }
    }

    private func hasType(_ value: JSON, _ name: String) -> Bool {
        switch (value, name) {
        case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.string, "string"), (.array, "array"),
            (.object, "object"):
            true
        case (.number(let number), "integer"): number.double.rounded() == number.double
        default: false
        }
    }

    private func matches(_ text: String, _ pattern: JSON) -> Bool {
        guard let regex = try? Regex(pattern.stringValue ?? "") else { return false }
        return text.contains(regex)
    }

    private func target(_ reference: String) -> JSON? {
        reference.split(separator: "/").dropFirst().reduce(root) { place, name in place?[String(name)] }
    }
}
