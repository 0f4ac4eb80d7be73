import AgentServerTesting
import Testing

@testable import AgentServer

/// A page that the server makes itself.
struct ServedPage: Sendable, CustomTestStringConvertible {
    var path: String
    var markup: String
    var policy: String

    static let all = [
        ServedPage(path: "/docs", markup: DocsPage.markup, policy: DocsPage.policy),
        ServedPage(path: "/traces/ui", markup: TracesPage.markup, policy: TracesPage.policy),
    ]

    var testDescription: String { path }

    /// The text of all elements of one name.
    func contents(of element: String) -> [Substring] {
        markup.split(separator: "<\(element)>", omittingEmptySubsequences: false).dropFirst().map { rest in
            rest.split(separator: "</\(element)>", maxSplits: 1, omittingEmptySubsequences: false)[0]
        }
    }
}

@Suite("The pages at /docs and /traces/ui")
struct DescriptionPageTests {
    @Test(
        "take nothing from elsewhere", arguments: ServedPage.all,
        ["http:", "https:", "src=", "@import", " url(", ":url(", "import("])
    func isWhole(page: ServedPage, sign: String) {
        // The name of a language, not a place.
        let isFound = page.markup.replacing("http://www.w3.org/2000/svg", with: "").contains(sign)
        #expect(!isFound)
    }

    @Test(
        "have no way to turn text into markup or code", arguments: ServedPage.all,
        [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "Function(",
        ]
    )
    func isInert(page: ServedPage, sign: String) {
        let isFound = page.markup.contains(sign)
        #expect(!isFound)
    }

    @Test(
        "go with a policy that names their style and script by their hashes", arguments: ServedPage.all,
        ["style", "script"])
    func hashes(page: ServedPage, element: String) throws {
        let texts = page.contents(of: element)
        #expect(texts.count == 1)
        let text = try #require(texts.first)
        let hash = "sha256-\(base64(sha256(Array(text.utf8))))"
        #expect(page.policy.contains("\(element)-src '\(hash)';"), "The hash of the \(element) is now \(hash)")
    }

    @Test(
        "go with a policy that opens nothing else", arguments: ServedPage.all, ["http", "*", "unsafe", "nonce"])
    func strictness(page: ServedPage, sign: String) {
        #expect(page.policy.hasPrefix("default-src 'none'; "))
        #expect(!page.policy.contains(sign))
    }

    @Test("have no style or handler in an attribute, which the policy would refuse", arguments: ServedPage.all)
    func attributes(page: ServedPage) throws {
        let markup = page.markup.replacing(page.contents(of: "style")[0], with: "")
            .replacing(page.contents(of: "script")[0], with: "")
        #expect(!markup.contains("style="))
        #expect(!markup.contains(" on"))
    }

    @Test("read what lies beside them", arguments: zip(ServedPage.all, [#"fetch("./openapi.json")"#, "`../traces?"]))
    func document(page: ServedPage, place: String) {
        #expect(page.contents(of: "script")[0].contains(place))
    }

    @Test("are open where keys are asked for", arguments: ServedPage.all)
    func openness(page: ServedPage) async throws {
        var configuration = AgentServer.Configuration()
        configuration.access.apiKeys = [try APIKey("secret")]
        let answer = await TestAgentServer(ClosureAgent(), configuration: configuration).send("GET", page.path)
        #expect(answer.status == 200)
        #expect(answer.headers["content-security-policy"] == page.policy)
        #expect(answer.text == page.markup)
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
