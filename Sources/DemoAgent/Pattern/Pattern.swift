/// A regular expression, as the `pattern` of a JSON Schema gives one.
///
/// It covers what schemas use: literals, classes, quantifiers, groups, alternation, anchors, word boundaries,
/// lookahead. Matching takes time in proportion to the pattern times the text, whatever the pattern, and neither
/// matching nor making an example ever recurses deeper than the pattern itself is nested.
struct Pattern: Sendable {
    indirect enum Node: Sendable, Hashable {
        case member(ScalarClass)
        case sequence([Node])
        case alternation([Node])
        /// No maximum: without end.
        case repetition(Node, minimum: Int, maximum: Int?)
        case start
        case end
        case wordBoundary(isNegated: Bool)
        case lookahead(Node, isNegated: Bool)
    }

    let root: Node
    private let program: PatternProgram

    /// Reads a pattern; `nil` where it isn't one, uses what isn't covered (backreferences, lookbehind), or is too large.
    init?(_ source: String) {
        var parser = PatternParser(source)
        guard let root = parser.parse(), let program = PatternProgram(root) else { return nil }
        self.root = root
        self.program = program
    }

    /// What a match against a text of this length costs, in steps.
    func cost(length: Int) -> Int { program.cost(length: length) }

    /// Whether the pattern matches anywhere in the text; `nil` where finding out would take too long.
    func matches(_ text: String) -> Bool? {
        program.search(Array(text.unicodeScalars))
    }
}
