import AgentJSON

/// Keywords of one schema that older drafts wrote otherwise, or that take more than a look-up.
extension JSONObject {
    /// The schema for the element of an array at an index; `nil` where there is none.
    func itemSchema(at index: Int) -> JSON? {
        let items = self["items"]
        // Before 2020 a tuple stood in `items`, and `additionalItems` after it.
        if let prefix = self["prefixItems"]?.arrayValue ?? items?.arrayValue {
            if index < prefix.count { return prefix[index] }
            return items?.arrayValue == nil ? items : self["additionalItems"]
        }
        return items
    }

    /// How many elements have a schema of their own.
    var prefixCount: Int {
        (self["prefixItems"]?.arrayValue ?? self["items"]?.arrayValue)?.count ?? 0
    }

    /// The members that must come with a member.
    var dependentNames: [(name: String, dependents: [String])] {
        ["dependentRequired", "dependencies"].flatMap { keyword in
            (self[keyword]?.objectValue ?? [:]).compactMap { name, dependents in
                dependents.arrayValue.map { (name, $0.compactMap(\.stringValue)) }
            }
        }
    }

    /// The schemas that the whole object must satisfy where it has a member.
    var dependentSchemas: [(name: String, schema: JSON)] {
        ["dependentSchemas", "dependencies"].flatMap { keyword in
            (self[keyword]?.objectValue ?? [:]).compactMap { name, schema in
                schema.arrayValue == nil ? (name, schema) : nil
            }
        }
    }

    /// The lower bound, and whether it is itself excluded.
    var lowerBounds: [(number: JSONNumber, isExclusive: Bool)] { bounds("minimum", "exclusiveMinimum") }

    /// The upper bound, and whether it is itself excluded.
    var upperBounds: [(number: JSONNumber, isExclusive: Bool)] { bounds("maximum", "exclusiveMaximum") }

    private func bounds(_ inclusive: String, _ exclusive: String) -> [(number: JSONNumber, isExclusive: Bool)] {
        var bounds: [(number: JSONNumber, isExclusive: Bool)] = []
        if let number = self[inclusive]?.numberValue {
            // In draft 4 the exclusive bound was a flag beside the bound.
            bounds.append((number, self[exclusive]?.boolValue ?? false))
        }
        if let number = self[exclusive]?.numberValue { bounds.append((number, true)) }
        return bounds
    }
}

extension JSON {
    /// The value of a count such as `minItems`, also where it is written as `2.0`; the largest integer where it is
    /// larger than that.
    var wholeValue: Int? {
        guard let number = numberValue, number.isWhole else { return nil }
        return number.int ?? Int(exactly: number.double) ?? (number.double > 0 ? .max : 0)
    }
}

extension JSONNumber {
    /// Whether a number is within a schema's bounds, and a multiple of what it should be one of.
    func lies(within schema: JSONObject) -> Bool {
        for (bound, isExclusive) in schema.lowerBounds {
            guard isExclusive ? bound.comparable < comparable : bound.comparable <= comparable else { return false }
        }
        for (bound, isExclusive) in schema.upperBounds {
            guard isExclusive ? comparable < bound.comparable : comparable <= bound.comparable else { return false }
        }
        guard let step = schema["multipleOf"]?.numberValue, step.double > 0 else { return true }
        if let value = int, let step = step.int { return value % step == 0 }
        // As most validators compute it; a step that isn't exact in binary refuses some of its multiples.
        let quotient = double / step.double
        return quotient.rounded() == quotient
    }

    /// A value to compare numbers by, exact for integers that fit.
    var comparable: ComparableNumber {
        if let int { return .integer(int) }
        return Int(exactly: double).map { .integer($0) } ?? .double(double)
    }
}

/// A number that compares by its value, whatever way it was written.
enum ComparableNumber: Comparable {
    case integer(Int)
    case double(Double)

    static func < (left: ComparableNumber, right: ComparableNumber) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        default: left.double < right.double
        }
    }

    private var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }
}
