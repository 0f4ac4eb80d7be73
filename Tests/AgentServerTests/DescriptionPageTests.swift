import Testing

@testable import AgentServer

@Suite("The page at /docs")
struct DescriptionPageTests {
    let page = DocsPage.markup
    let policy = DocsPage.policy

    @Test(
        "takes nothing from elsewhere", arguments: ["http:", "https:", "src=", "@import", " url(", ":url(", "import("])
    func isWhole(sign: String) {
        let isFound = page.contains(sign)
        #expect(!isFound)
    }

    @Test(
        "has no way to turn text into markup or code",
        arguments: [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "Function(",
        ]
    )
    func isInert(sign: String) {
        let isFound = page.contains(sign)
        #expect(!isFound)
    }

    @Test("goes with a policy that names its style and script by their hashes", arguments: ["style", "script"])
    func hashes(element: String) throws {
        let texts = contents(of: element)
        #expect(texts.count == 1)
        let text = try #require(texts.first)
        let hash = "sha256-\(base64(sha256(Array(text.utf8))))"
        #expect(policy.contains("\(element)-src '\(hash)';"), "The hash of the \(element) is now \(hash)")
    }

    @Test("goes with a policy that opens nothing else", arguments: ["http", "*", "unsafe", "nonce"])
    func strictness(sign: String) {
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(!policy.contains(sign))
    }

    @Test("has no style or handler in an attribute, which the policy would refuse")
    func attributes() throws {
        let markup = page.replacing(contents(of: "style")[0], with: "").replacing(contents(of: "script")[0], with: "")
        #expect(!markup.contains("style="))
        #expect(!markup.contains(" on"))
    }

    @Test("reads the document that lies beside it")
    func document() {
        #expect(contents(of: "script")[0].contains(#"fetch("./openapi.json")"#))
    }

    /// The text of all elements of one name.
    private func contents(of element: String) -> [Substring] {
        page.split(separator: "<\(element)>", omittingEmptySubsequences: false).dropFirst().map { rest in
            rest.split(separator: "</\(element)>", maxSplits: 1, omittingEmptySubsequences: false)[0]
        }
    }
}

@Suite("The digest that the page's tests use")
struct DescriptionDigestTests {
    @Test(
        "is SHA-256 in Base64",
        arguments: [
            ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
            ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
            (String(repeating: "a", count: 200), "wqkI2Y9d+Yet5BtfziEwZ++8wh7yJAISpB5UtefCiuU="),
        ]
    )
    func digest(text: String, expected: String) {
        #expect(base64(sha256(Array(text.utf8))) == expected)
    }
}
