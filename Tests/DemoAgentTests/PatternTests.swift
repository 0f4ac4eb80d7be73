import Testing

@testable import DemoAgent

@Suite("A pattern")
struct PatternTests {
    @Test(
        "matches what Swift's own regular expressions match",
        arguments: [
            "", "a", "^a", "a$", "^a$", "a|b", "^(a|b)c?$", "a*", "^a+b{2,3}$", "^[a-c]$", "^[^a-c]+$", #"^\d+-\w*$"#,
            #"\bfoo\b"#, #"\Bo"#, "^(?=.*b)a.*$", "^(?!foo)[a-z]+$", "^(a*)*$", "^(a|ab)(c|bcd)(d*)$", #"^[\]\-x]+$"#,
            "^(?:ab)+$",
            "^.$", #"^[\w.]+@\w+\.\w+$"#, "x{0}", "^a{2}", #"\$\("#, "(?<name>a)b",
        ]
    )
    func matches(source: String) throws {
        let pattern = try #require(Pattern(source))
        let regex = try Regex(source)
        let texts = [
            "", "a", "b", "ab", "abc", "abcd", "aabb", "aabbb", "c", "d", "foo", "food", "a foo b", "12-x", "12-",
            "x]-", "aa", "ada@example.com", "$(", "A", "-", "foobar", "bar", "aaaa", "ba", " ",
        ]
        for text in texts {
            #expect(pattern.matches(text) == text.contains(regex), "\(source) on \(text)")
        }
    }

    @Test(
        "makes different texts that match",
        arguments: [
            #"^[A-Z]{3}-\d{4}$"#, #"^\+?[1-9]\d{1,14}$"#, #"^#[0-9a-f]{6}$"#, #"^[a-z0-9]+(?:-[a-z0-9]+)*$"#,
            #"^v\d+\.\d+$"#, #"^(?=.*[A-Z])(?=.*\d).{8,}$"#, #"[0-9]{3}"#, #"^x-"#,
        ]
    )
    func examples(source: String) throws {
        let pattern = try #require(Pattern(source))
        let regex = try Regex(source)
        let texts = PatternExamples(pattern: pattern, minimumLength: 0, maximumLength: 64).make(count: 10) { _ in true }
        #expect(texts.count == 10)
        #expect(Set(texts).count == 10)
        for text in texts { #expect(text.contains(regex), "\(text)") }
    }

    @Test(
        "is none where the text isn't one, or asks for what isn't covered",
        arguments: [
            "(", "a)", "[a", "*", "a{3,1}", #"(a)\1"#, "(?<=a)b", "[z-a]", #"\p{Nonsense}"#, "((a{999}){999}){999}",
        ]
    )
    func unreadable(source: String) {
        #expect(Pattern(source) == nil)
    }
}
