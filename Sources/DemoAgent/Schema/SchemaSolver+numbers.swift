import AgentJSON

extension SchemaSolver {
    /// Numbers that the parts may accept, the plainest first.
    ///
    /// - Parameter count: How many different ones are needed.
    func numbers(_ parts: [JSONObject], areWhole: Bool, count: Int) -> [JSONNumber] {
        let lower = parts.flatMap(\.lowerBounds).map(\.number).max { $0.comparable < $1.comparable }
        let upper = parts.flatMap(\.upperBounds).map(\.number).min { $0.comparable < $1.comparable }
        var found: [JSONNumber?]
        if let step = step(parts, areWhole: areWhole) {
            found = multiples(of: step, lower, upper, count: count)
        } else {
            found = [JSONNumber(1), lower, upper, JSONNumber(0), JSONNumber(-1)]
            found += neighbours(lower) + neighbours(upper) + between(lower, upper, count: count)
        }
        for hint in parts.flatMap({ hints($0) }) { found += [hint] + neighbours(hint) }
        if !areWhole { found += [0.5, 1.5].map(JSONNumber.init) }
        var seen: Set<String> = []
        return found.compactMap { number in
            guard let number, !areWhole || number.isWhole, seen.insert(number.text).inserted else { return nil }
            return number
        }
    }

    /// The numbers just beside a bound.
    private func neighbours(_ bound: JSONNumber?) -> [JSONNumber?] {
        guard let bound else { return [] }
        if let whole = bound.int {
            return [1, -1].map { distance in
                let (sum, overflows) = whole.addingReportingOverflow(distance)
                return overflows ? nil : JSONNumber(sum)
            }
        }
        let value = bound.double
        return [value.rounded(.up), value.rounded(.down), value + 1, value - 1, value.nextUp, value.nextDown]
            .map(JSONNumber.plain)
    }

    /// Whole numbers in a row between the bounds, then fractions.
    private func between(_ lower: JSONNumber?, _ upper: JSONNumber?, count: Int) -> [JSONNumber?] {
        let low = lower?.double ?? min(1, (upper?.double ?? 0) - Double(count) - 1)
        let high = upper?.double ?? low + Double(count) + 1
        var found: [JSONNumber?] = []
        if let start = lower?.int ?? Int(exactly: low.rounded(.up)) {
            for distance in 0...(count + 1) {
                let (sum, overflows) = start.addingReportingOverflow(distance)
                found.append(overflows ? nil : JSONNumber(sum))
            }
        }
        for index in 1...(count + 1) {
            found.append(JSONNumber.plain(low + (high - low) * Double(index) / Double(count + 2)))
        }
        return found
    }

    // MARK: Multiples

    /// The number that all values must be a multiple of.
    private func step(_ parts: [JSONObject], areWhole: Bool) -> DecimalNumber? {
        let steps = parts.compactMap { $0["multipleOf"]?.numberValue.flatMap(DecimalNumber.init) }
        guard let first = steps.first else { return nil }
        let all = areWhole ? steps + [.one] : steps
        return all.reduce(first) { $0.leastCommonMultiple(with: $1) ?? $0 }
    }

    private func multiples(
        of step: DecimalNumber,
        _ lower: JSONNumber?,
        _ upper: JSONNumber?,
        count: Int
    ) -> [JSONNumber?] {
        let size = step.multiplied(by: 1)?.double ?? 1
        let factor = { (bound: JSONNumber) in Int(exactly: (bound.double / size).rounded(.down)) }
        var start = 1
        if let lower {
            guard let least = factor(lower) else { return [] }
            start = max(least, .min + 1) - 1
        } else if let upper {
            guard let most = factor(upper) else { return [] }
            start = min(1, most.subtractingReportingOverflow(count + Self.sparePlaces).partialValue)
        }
        // More than are needed, since some multiples of a decimal step aren't multiples of its binary value.
        let factors = (0...(count + 2 * Self.sparePlaces)).map { start.addingReportingOverflow($0).partialValue }
        return [step.multiplied(by: 1), step.multiplied(by: 0)] + factors.map(step.multiplied)
    }

    private static let sparePlaces = 32

    // MARK: Hints

    /// The numbers that `not` speaks of: what is refused on one side of them is accepted on the other.
    private func hints(_ part: JSONObject) -> [JSONNumber] {
        guard let refused = part["not"]?.objectValue else { return [] }
        let bounds = (refused.lowerBounds + refused.upperBounds).map(\.number)
        return bounds + [refused["const"]?.numberValue, refused["multipleOf"]?.numberValue].compactMap { $0 }
    }
}
