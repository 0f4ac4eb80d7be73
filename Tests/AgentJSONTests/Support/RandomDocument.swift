import AgentJSON
import TestSupport

/// Writes random valid documents, with white space and escapes where the grammar allows them.
struct RandomDocument {
    var random: SplitMix64
    private var text = ""

    init(random: SplitMix64) {
        self.random = random
    }

    mutating func next() -> String {
        text = ""
        space()
        value(depth: 0)
        space()
        return text
    }

    private mutating func value(depth: Int) {
        let kinds = depth > 5 ? 4 : 6
        switch Int.random(in: depth == 0 ? 3..<7 : 0..<kinds, using: &random) {
        case 0: text += random.pick(["null", "true", "false"])
        case 1: text += random.pick(Self.numbers)
        case 2, 3: string()
        case 4: array(depth: depth)
        default: object(depth: depth)
        }
    }

    private mutating func array(depth: Int) {
        text += "["
        space()
        for index in 0..<random.pick([0, 1, 2, 3, 7]) {
            if index > 0 { separator(",") }
            value(depth: depth + 1)
            space()
        }
        text += "]"
    }

    private mutating func object(depth: Int) {
        text += "{"
        space()
        for index in 0..<random.pick([0, 1, 2, 3, 9, depth < 2 ? 40 : 1]) {
            if index > 0 { separator(",") }
            string()
            separator(":")
            value(depth: depth + 1)
            space()
        }
        text += "}"
    }

    private mutating func string() {
        text += "\""
        for _ in 0..<random.pick([0, 1, 1, 2, 3, 5, 8, 13, 40]) {
            text += random.chance(70) ? random.pick(Self.plain) : random.pick(Self.special)
        }
        text += "\""
    }

    private mutating func separator(_ mark: String) {
        space()
        text += mark
        space()
    }

    private mutating func space() {
        guard random.chance(20) else { return }
        text += random.pick([" ", "\n", "\t", "\r\n", "    ", "  \n "])
    }

    private static let plain = ["a", "b", "key", "id", "content", " ", "0", "/", "{", "[", ",", ":", "hello world"]

    private static let special = [
        "é", "日本", "😀", "\u{7F}", "\u{80}", "\u{2028}", "\u{FEFF}", "\u{FFFF}", "\u{10FFFF}", "e\u{301}",
        "\\n", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\t", "\\u0000", "\\u0061", "\\u00e9", "\\u00E9", "\\u007f",
        "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\u2028", "\\uffff", "\\u001f", "\\u0022", "\\u005C", "\\u002f",
    ]

    private static let numbers = [
        "0", "-0", "1", "-1", "7", "42", "1024", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "123456789012345678901234567890", "0.0", "-0.0", "1.0", "1.50",
        "0.1", "1e5", "1E5", "1e+5", "1E-5", "1e-400", "1.7976931348623157e308", "5e-324", "0.00001", "123456.789e3",
        "1e16", "1e15", "100000000000000000000.5", "3.14159265358979323846264338",
    ]
}
