/// A set of Unicode scalars, as a character class of a pattern describes it.
struct ScalarSet: Sendable, Hashable {
    private var ranges: [ClosedRange<UInt32>]
    private var isNegated: Bool

    init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    init(_ scalar: Unicode.Scalar) {
        self.init([scalar.value...scalar.value])
    }

    var inverted: ScalarSet { ScalarSet(ranges, isNegated: !isNegated) }

    /// The only member, where the set was made of one.
    var single: Unicode.Scalar? {
        guard !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        for range in ranges where range.lowerBound <= value && value <= range.upperBound { return !isNegated }
        return isNegated
    }

    /// This set together with another one.
    func union(_ other: ScalarSet) -> ScalarSet {
        ScalarSet(positive.ranges + other.positive.ranges)
    }

    /// The same set, written without negation.
    private var positive: ScalarSet {
        guard isNegated else { return self }
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound == .max ? .max : range.upperBound + 1)
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return ScalarSet(gaps)
    }

    /// The first members in the order of Unicode.
    func first(_ count: Int) -> [Unicode.Scalar] {
        var found: [Unicode.Scalar] = []
        for range in positive.ranges {
            for value in range.prefix(count) {
                if let scalar = Unicode.Scalar(value) { found.append(scalar) }
                if found.count == count { return found }
            }
        }
        return found
    }

    private static let last: UInt32 = 0x10FFFF
}

extension ScalarSet {
    static let digits = ScalarSet([0x30...0x39])
    static let lowercase = ScalarSet([0x61...0x7A])
    static let uppercase = ScalarSet([0x41...0x5A])
    static let word = ScalarSet([0x61...0x7A, 0x30...0x39, 0x41...0x5A, 0x5F...0x5F])
    static let whitespace = ScalarSet([0x20...0x20, 0x09...0x0D])
    static let lineEnds = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    static let punctuation = ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    /// ASCII letters and the blocks of Latin, Greek and Cyrillic letters.
    static let letters = ScalarSet([0x61...0x7A, 0x41...0x5A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x388...0x481])

    /// The approximation of a Unicode property, `\p{…}`, by the scalars above; `nil` for one not known here.
    static func property(_ name: String) -> ScalarSet? {
        switch name {
        case "L", "Letter", "Alphabetic", "Alpha", "alpha": letters
        case "Lu", "Uppercase", "Upper", "Uppercase_Letter": uppercase
        case "Ll", "Lowercase", "Lower", "Lowercase_Letter": lowercase
        case "N", "Nd", "Number", "Digit", "digit": digits
        case "P", "Punctuation", "Punct": punctuation
        case "Z", "Zs", "Space", "White_Space": whitespace
        default: nil
        }
    }
}

/// A set of scalars, one of which a pattern asks for, with some of them to choose from.
struct ScalarClass: Sendable, Hashable {
    let set: ScalarSet
    /// Some members, the most readable ones first; empty only where the set has none.
    let samples: [Unicode.Scalar]
    /// Members of all kinds in turn: lower case, upper case, digits, others.
    let mixedSamples: [Unicode.Scalar]

    init(_ set: ScalarSet) {
        self.set = set
        if let single = set.single {
            samples = [single]
            mixedSamples = samples
            return
        }
        let readable = Self.palette.filter(set.contains)
        samples = readable.isEmpty ? set.first(64) : readable
        let mixed = Self.mixture.filter(set.contains)
        mixedSamples = mixed.isEmpty ? samples : mixed
    }

    private static let mixture = Array("aA1!bB2-cC3_dD4.".unicodeScalars)
    private static let palette = Array(
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. @#!/:+,;=*&%$()?'\"<>[]{}|^~`\\"
            .unicodeScalars
    )
}
