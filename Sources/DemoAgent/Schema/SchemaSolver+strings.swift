import AgentJSON

extension SchemaSolver {
    /// Texts that the parts may accept, the most telling first.
    ///
    /// - Parameter count: How many different ones are needed.
    mutating func strings(_ parts: [JSONObject], count: Int) -> [String] {
        let shortest = min(parts.compactMap { $0["minLength"]?.wholeValue }.max() ?? 0, Self.longestText)
        let longest = min(parts.compactMap { $0["maxLength"]?.wholeValue }.min() ?? .max, Self.longestText)
        guard longest >= shortest, reader.spend(count * (1 + shortest / 64)) else { return [""] }
        let lengths = max(0, shortest)...max(0, longest)
        var seen: Set<String> = []
        let patterns = parts.compactMap { $0["pattern"]?.stringValue }.filter { seen.insert($0).inserted }
        let formats = parts.compactMap(\.stringFormat)
        var found: [String] = []
        for format in formats { found += texts(format, lengths, count: count) }
        guard formats.isEmpty || !patterns.isEmpty else { return found }
        if formats.isEmpty { found += words(lengths, count: patterns.isEmpty ? count : 1) }
        let enough = count + (patterns.count > 1 ? Self.spareTexts : 1)
        let examples = patterns.map { texts($0, lengths, count: enough) }
        found += examples.joined()
        if patterns.count > 1 { found += joinedTexts(patterns, lengths) }
        if patterns.isEmpty { found += Self.various.map { Self.fitted($0, lengths) } }
        return found.filter { text in formats.allSatisfy { $0.looksLike(text) } } + found
    }

    /// Longer texts than this are not made.
    private static let longestText = 16_384
    private static let longestWords = 80
    /// How many more texts of one pattern are made where they must match another one too.
    private static let spareTexts = 24
    /// What `not` refuses of one kind may be accepted of another.
    private static let various = ["example", "", "a", "Z", "0", "-", "Lorem ipsum dolor sit amet"]

    // MARK: Words

    /// The words of the text, and the same with numbers behind them.
    private func words(_ lengths: ClosedRange<Int>, count: Int) -> [String] {
        return (0..<count).map { number in
            guard number > 0 else { return Self.fitted(words, lengths) }
            let suffix = lengths.upperBound < 4 ? Self.letters(number) : " \(number + 1)"
            let room = max(0, lengths.upperBound - suffix.count)
            let shortest = min(max(0, lengths.lowerBound - suffix.count), room)
            return Self.fitted(words, shortest...room) + suffix
        }
    }

    /// The first words of a text, few enough for an argument; some text where there are none.
    static func opening(of text: String) -> String {
        var opening = ""
        for word in text.prefix(4 * longestWords).split(whereSeparator: \.isWhitespace) {
            let longer = opening.isEmpty ? String(word) : "\(opening) \(word)"
            guard longer.unicodeScalars.count <= longestWords else {
                return opening.isEmpty ? fitted(longer, 0...longestWords) : opening
            }
            opening = longer
        }
        return opening.isEmpty ? "example" : opening
    }

    /// A text cut, or said again and again, until its length fits.
    private static func fitted(_ text: String, _ lengths: ClosedRange<Int>) -> String {
        var scalars = Array(text.unicodeScalars)
        if scalars.count < lengths.lowerBound {
            let unit = Array((text.isEmpty ? "example " : text + " ").unicodeScalars)
            while scalars.count < lengths.lowerBound { scalars += unit }
            scalars.removeLast(scalars.count - lengths.lowerBound)
        }
        if scalars.count > lengths.upperBound { scalars.removeLast(scalars.count - lengths.upperBound) }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// A number in letters, for strings too short for words.
    private static func letters(_ number: Int) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var text = ""
        var rest = number
        repeat {
            text.append(alphabet[rest % alphabet.count])
            rest /= alphabet.count
        } while rest > 0
        return text
    }

    // MARK: Forms

    private func texts(_ format: StringFormat, _ lengths: ClosedRange<Int>, count: Int) -> [String] {
        (0..<count).map { number in
            let text = format.example(number)
            let missing = lengths.lowerBound - text.unicodeScalars.count
            return missing > 0 ? format.example(number, padding: missing) : text
        }
    }

    private mutating func texts(
        _ source: String,
        _ lengths: ClosedRange<Int>,
        count: Int,
        areShort: Bool = false
    ) -> [String] {
        guard let pattern = reader.pattern(source) else { return [] }
        var examples = PatternExamples(
            pattern: pattern,
            minimumLength: areShort ? 0 : lengths.lowerBound,
            maximumLength: lengths.upperBound
        )
        if areShort { examples.usualExtraLength = 0 }
        return examples.make(count: count) { reader.spend($0) }
    }

    /// Texts for several patterns at once, one behind the other: without anchors they may be satisfied that way.
    private mutating func joinedTexts(_ patterns: [String], _ lengths: ClosedRange<Int>) -> [String] {
        let firsts = patterns.compactMap { texts($0, lengths, count: 1, areShort: true).first }
        return [firsts, firsts.reversed()].flatMap { texts in
            ["", " "].map { Self.fitted(texts.joined(separator: $0), lengths) }
        }
    }
}

extension JSONObject {
    /// The form of a string, by its `format` or its `contentEncoding`.
    fileprivate var stringFormat: StringFormat? {
        let name = self["format"]?.stringValue ?? self["contentEncoding"]?.stringValue
        return name.flatMap(StringFormat.init(name:))
    }
}
