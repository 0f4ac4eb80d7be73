/// Reads the text of a pattern.
///
/// A recursive descent, bounded in depth: what is nested deeper is refused.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private static let maximumDepth = 32
    private static let maximumLength = 4_096

    init(_ source: String) {
        scalars = Array(source.unicodeScalars.prefix(Self.maximumLength + 1))
    }

    mutating func parse() -> Pattern.Node? {
        guard scalars.count <= Self.maximumLength, let node = alternation(), position == scalars.count else {
            return nil
        }
        return node
    }

    // MARK: Structure

    private mutating func alternation() -> Pattern.Node? {
        guard depth < Self.maximumDepth else { return nil }
        depth += 1
        defer { depth -= 1 }
        var options: [Pattern.Node] = []
        repeat {
            guard let option = sequence() else { return nil }
            options.append(option)
        } while take("|")
        return options.count == 1 ? options[0] : .alternation(options)
    }

    private mutating func sequence() -> Pattern.Node? {
        var nodes: [Pattern.Node] = []
        while let next = peek, next != "|", next != ")" {
            guard let atom = atom(), let node = quantified(atom) else { return nil }
            nodes.append(node)
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func quantified(_ node: Pattern.Node) -> Pattern.Node? {
        var minimum = 0
        var maximum: Int?
        if take("*") {
        } else if take("+") {
            minimum = 1
        } else if take("?") {
            maximum = 1
        } else if let bounds = braces() {
            (minimum, maximum) = bounds
        } else {
            return node
        }
        if let maximum, maximum < minimum { return nil }
        _ = take("?") || take("+")
        return .repetition(node, minimum: minimum, maximum: maximum)
    }

    /// `{n}`, `{n,}`, `{n,m}` or `{,m}`; anything else in braces is text and stays where it is.
    private mutating func braces() -> (Int, Int?)? {
        let start = position
        guard take("{") else { return nil }
        let minimum = number()
        var maximum = minimum
        if take(",") { maximum = number() }
        if take("}"), minimum != nil || maximum != nil { return (minimum ?? 0, maximum) }
        position = start
        return nil
    }

    private mutating func atom() -> Pattern.Node? {
        guard let next = advance() else { return nil }
        switch next {
        case "^": return .start
        case "$": return .end
        case ".": return .member(ScalarClass(ScalarSet.lineEnds.inverted))
        case "(": return group()
        case "[": return characterClass().map { .member(ScalarClass($0)) }
        case "\\": return escape()
        case "*", "+", "?": return nil
        default: return .member(ScalarClass(ScalarSet(next)))
        }
    }

    private mutating func group() -> Pattern.Node? {
        var lookahead: Bool?
        if take("?") {
            switch advance() {
            case ":": break
            case "=": lookahead = false
            case "!": lookahead = true
            case "P":
                guard take("<"), skipName() else { return nil }
            case "<":
                guard peek != "=", peek != "!", skipName() else { return nil }
            default: return nil
            }
        }
        guard let node = alternation(), take(")") else { return nil }
        return lookahead.map { .lookahead(node, isNegated: $0) } ?? node
    }

    private mutating func skipName() -> Bool {
        while let next = advance() {
            if next == ">" { return true }
        }
        return false
    }

    // MARK: Escapes and classes

    private mutating func escape() -> Pattern.Node? {
        switch peek {
        case "b", "B":
            return .wordBoundary(isNegated: advance() == "B")
        case "A":
            position += 1
            return .start
        case "z", "Z":
            position += 1
            return .end
        case let digit? where ("1"..."9").contains(digit):
            return nil
        default:
            return escapedSet().map { .member(ScalarClass($0)) }
        }
    }

    /// What stands after a backslash, inside and outside of a class.
    private mutating func escapedSet() -> ScalarSet? {
        guard let next = advance() else { return nil }
        switch next {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .whitespace
        case "S": return ScalarSet.whitespace.inverted
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "t": return ScalarSet("\t")
        case "f": return ScalarSet("\u{0C}")
        case "v": return ScalarSet("\u{0B}")
        case "0": return ScalarSet("\0")
        case "x": return hexadecimal(digits: 2)
        case "u": return hexadecimal(digits: 4)
        case "p", "P": return property(isNegated: next == "P")
        default: return ScalarSet(next)
        }
    }

    private mutating func hexadecimal(digits count: Int) -> ScalarSet? {
        var value: UInt32 = 0
        let isBraced = count == 4 && take("{")
        for _ in 0..<(isBraced ? 6 : count) {
            if isBraced, peek == "}" { break }
            guard let digit = advance().flatMap({ UInt32(String($0), radix: 16) }) else { return nil }
            value = value << 4 | digit
        }
        guard !isBraced || take("}") else { return nil }
        return Unicode.Scalar(value).map { ScalarSet($0) }
    }

    private mutating func property(isNegated: Bool) -> ScalarSet? {
        guard take("{") else { return nil }
        var name = ""
        while let next = advance(), next != "}" { name.unicodeScalars.append(next) }
        guard let set = ScalarSet.property(name) else { return nil }
        return isNegated ? set.inverted : set
    }

    private mutating func characterClass() -> ScalarSet? {
        let isNegated = take("^")
        var set = ScalarSet([])
        var isFirst = true
        while let next = advance() {
            if next == "]", !isFirst || peek == nil || isNegated { return isNegated ? set.inverted : set }
            isFirst = false
            guard let lower = next == "\\" ? classEscape() : ScalarSet(next) else { return nil }
            guard let bound = lower.single, peek == "-", let after = peekSecond, after != "]" else {
                set = set.union(lower)
                continue
            }
            position += 1
            guard let end = advance(), let upper = end == "\\" ? classEscape() : ScalarSet(end) else { return nil }
            guard let last = upper.single else {
                set = set.union(lower).union(ScalarSet("-")).union(upper)
                continue
            }
            guard bound.value <= last.value else { return nil }
            set = set.union(ScalarSet([bound.value...last.value]))
        }
        return nil
    }

    private mutating func classEscape() -> ScalarSet? {
        take("b") ? ScalarSet("\u{08}") : escapedSet()
    }

    // MARK: Reading

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    private var peekSecond: Unicode.Scalar? { position + 1 < scalars.count ? scalars[position + 1] : nil }

    private mutating func advance() -> Unicode.Scalar? {
        guard let next = peek else { return nil }
        position += 1
        return next
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let next = peek, ScalarSet.digits.contains(next) {
            // More digits than any real bound has: the value stays where it is.
            let digit = Int(next.value) - 0x30
            value = min((value ?? 0) * 10 + digit, 1_000_000)
            position += 1
        }
        return value
    }
}
