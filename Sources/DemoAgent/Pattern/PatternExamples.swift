/// Makes texts that a pattern matches.
///
/// Each attempt walks the pattern once and writes a member of each class. A number chooses among alternatives and
/// members, so that different numbers give different texts; the repetitions take up what length is missing. What
/// a walk cannot see (lookahead, boundaries) is left to the match that confirms each text.
struct PatternExamples {
    let pattern: Pattern
    let minimumLength: Int
    let maximumLength: Int
    /// How much longer than necessary a text is where it may be: `abcd` for `^[a-z]+$` says more than `a`.
    var usualExtraLength = 3

    private static let attemptsBeyondCount = 12
    private static let maximumSteps = 100_000
    private static let suffixLength = 3

    /// Different texts that match, at most as many as asked for.
    ///
    /// - Parameter spend: Told what each match costs; it says whether to go on.
    func make(count: Int, spend: (Int) -> Bool) -> [String] {
        var found: [String] = []
        guard let shortest = walk(Choices(number: 0, extra: 0))?.count else { return [] }
        let missing = max(0, minimumLength - shortest)
        let room = max(0, maximumLength - shortest)
        // Without a repetition that could take the extra length these are the same text.
        var extras = [max(missing, min(usualExtraLength, room)), missing]
        if missing != 0 { extras.append(0) }
        for number in 0..<(count + Self.attemptsBeyondCount) {
            for (extra, isMixed) in extras.flatMap({ [($0, false), ($0, true)] }) {
                guard let text = walk(Choices(number: number, extra: extra, isMixed: isMixed)) else { return found }
                for candidate in padded(text, number) where !found.contains(candidate) {
                    guard spend(pattern.cost(length: text.count)) else { return found }
                    guard pattern.matches(candidate) == true else { continue }
                    found.append(candidate)
                    if found.count >= count { return found }
                }
            }
        }
        return found
    }

    /// The text if its length fits, and with more at its end or its beginning, where the pattern may allow it: as much
    /// as is missing, or a little, to be different.
    private func padded(_ text: [Unicode.Scalar], _ number: Int) -> [String] {
        guard text.count <= maximumLength else { return [] }
        let missing = minimumLength - text.count
        if missing > 0 {
            let padding = Array(repeating: "x" as Unicode.Scalar, count: missing)
            let apart = padding.dropLast()
            let padded = [text + padding, padding + text, text + [" "] + apart, apart + [" "] + text]
            return padded.map { String($0) }
        }
        guard number > 0, text.count + Self.suffixLength <= maximumLength else { return [String(text)] }
        let members = Array("abcdefghijklmnopqrstuvwxyz".unicodeScalars)
        let suffix = [number / (26 * 26), number / 26, number].map { members[$0 % members.count] }
        return [String(text), String(text + suffix)]
    }

    // MARK: Walking

    private struct Choices {
        /// Read digit by digit, each choice taking one digit of its own base.
        var number: Int
        /// How much longer than the shortest text it should be.
        var extra: Int
        /// Whether members of a class come from all kinds in turn: lower case, upper case, digits, others.
        var isMixed = false
        var text: [Unicode.Scalar] = []
        var steps = PatternExamples.maximumSteps

        mutating func choose(from count: Int) -> Int {
            defer { number /= count }
            return number % count
        }
    }

    private func walk(_ choices: Choices) -> [Unicode.Scalar]? {
        var choices = choices
        append(pattern.root, &choices)
        return choices.steps > 0 ? choices.text : nil
    }

    private func append(_ node: Pattern.Node, _ choices: inout Choices) {
        choices.steps -= 1
        guard choices.steps > 0, choices.text.count <= maximumLength else { return }
        switch node {
        case .member(let one):
            let members = choices.isMixed ? one.mixedSamples : one.samples
            guard !members.isEmpty else { return }
            let index = choices.text.count + choices.choose(from: members.count)
            choices.text.append(members[index % members.count])
        case .sequence(let nodes):
            for node in nodes { append(node, &choices) }
        case .alternation(let options):
            append(options[choices.choose(from: options.count)], &choices)
        case .repetition(let node, let minimum, let maximum):
            var count = 0
            while count < maximum ?? .max, count < minimum || choices.extra > 0 {
                let before = choices.text.count
                append(node, &choices)
                count += 1
                let grown = choices.text.count - before
                if grown == 0 { break }
                if count > minimum { choices.extra -= grown }
                if choices.text.count > maximumLength { break }
            }
        case .start, .end, .wordBoundary, .lookahead:
            break
        }
    }
}

extension String {
    fileprivate init(_ scalars: [Unicode.Scalar]) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
