import Testing

@testable import AgentServer

@Suite("The path of a forwarded request")
struct ProxyPathTests {
    @Test(
        "is checked unescaped and normalised, and sent as it came",
        arguments: [
            ("/", "/", "/"), ("/a/b", "/a/b", "/a/b"), ("/a//b/", "/a/b", "/a/b"),
            ("/a/./b", "/a/b", "/a/b"), ("/a/../b", "/b", "/b"), ("/../../a", "/a", "/a"), ("/a/..", "/", "/"),
            ("//a", "//a", "//a"), ("///a", "/a", "/a"), ("/%2fa", "//a", "//a"), ("/%2f/a", "/a", "/a"),
            ("/%61%2Fb", "/a/b", "/a/b"), ("/a%20b", "/a b", "/a%20b"), ("/%2e%2E/a", "/a", "/a"),
            ("/a/%2e%2e/b", "/b", "/b"), ("/%c3%A9", "/é", "/%c3%A9"), ("/%7Ea%2d", "/~a-", "/~a-"),
            ("/a%", "/a%", "/a%"), ("/%zz", "/%zz", "/%zz"), ("/a%2", "/a%2", "/a%2"), ("/...", "/...", "/..."),
            ("/..a/b..", "/..a/b..", "/..a/b.."), ("/a;b", "/a;b", "/a;b"), ("/a%3Fb%23", "/a?b#", "/a%3Fb%23"),
            ("/a%25b", "/a%b", "/a%25b"), ("/100%25", "/100%", "/100%25"),
        ])
    func normalised(path: String, checked: String, sent: String) throws {
        let result = try ProxyPath(path[...])
        #expect(result.checked == checked)
        #expect(result.sent == sent)
    }

    @Test("keeps bytes that are no UTF-8")
    func bytes() throws {
        #expect(try ProxyPath("/api/%E4").sent == "/api/%E4")
    }

    @Test(
        "is refused where somebody else may see a step in it",
        arguments: [
            "/api/%252e%252e", "/api/%252e", "/api/%25252e.", "/api/..%5cx", "/api/x%5c..", "/api/..\\x", "/api/..;",
            "/api/..;a=b/x", "/api/.;", "/api/%2e%2e%3bx", "/api/a%252f..%252fb", "/api/%255c..",
            "/api/%25%32%65%25%32%65", "/api/%" + String(repeating: "25", count: 20) + "41",
        ])
    func ambiguous(path: String) {
        #expect(throws: ProxyPath.Problem.ambiguous) { try ProxyPath(path[...]) }
    }

    @Test("is refused with control characters", arguments: ["/api/%00", "/%0a", "/a%7fb", "/a\u{1}", "/x%0D/../a"])
    func controls(path: String) {
        #expect(throws: ProxyPath.Problem.control) { try ProxyPath(path[...]) }
    }

    @Test("is refused with control characters behind several escapes", arguments: ["/api/%2500", "/a%25250a"])
    func hiddenControls(path: String) {
        #expect(throws: ProxyPath.Problem.self) { try ProxyPath(path[...]) }
    }

    @Test("takes time in proportion to its length, however it is escaped")
    func time() {
        for text in ["%25", "%2e", "../", "%252e", ";", "//", "%"] {
            _ = try? ProxyPath("/\(String(repeating: text, count: 30_000 / text.utf8.count))")
        }
    }
}
