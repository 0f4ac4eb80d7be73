import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import AgentServer

@Suite("The headers of a forwarded request")
struct ProxyHeadersTests {
    /// Headers as lines, in lower case, as the app gets them.
    private func lines(
        _ fields: [(String, String)], isHTTP2: Bool = false, upgrade: String? = nil, forwarding: Bool = false
    ) -> [String] {
        var headers = HTTPFields()
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { headers.append(.init(name: name, value: value)) }
        }
        var request = ServerRequest(
            method: .get, target: "/api/x", scheme: "https", authority: "chat.example", headers: headers,
            peer: "192.0.2.9"
        )
        request.isHTTP2 = isHTTP2
        return ProxyHeaders.request(request, authority: "app", upgrade: upgrade, forwarding: forwarding)
            .map { "\($0.name.lowercased()): \($0.value)" }
    }

    @Test(
        "lose those of one connection",
        arguments: [
            "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "host", "expect",
            "proxy-authorization", "proxy-authenticate", "http2-settings", "TE", "Keep-Alive",
        ])
    func hopByHop(name: String) {
        #expect(lines([(name, "x"), ("x-kept", "1")]) == ["host: app", "x-kept: 1"])
    }

    @Test(
        "lose those that Connection names",
        arguments: ["x-a", "X-A", " x-a ,close", "keep-alive,x-b, x-a", "\"x-a\", x-a", "x-b x-a"])
    func nominated(value: String) {
        #expect(lines([("connection", value), ("x-a", "1"), ("x-kept", "1")]) == ["host: app", "x-kept: 1"])
    }

    @Test("lose what a second Connection line names, too")
    func nominatedTwice() {
        #expect(lines([("connection", "close"), ("connection", "x-a"), ("x-a", "1")]) == ["host: app"])
    }

    @Test(
        "keep what nobody may take out",
        arguments: [
            "content-type", "content-encoding", "cookie", "set-cookie", "authorization", "x-forwarded-for",
            "x-forwarded-anything", "X-Forwarded-Proto",
        ])
    func needed(name: String) {
        #expect(lines([("connection", name), (name, "1")]) == ["host: app", "\(name.lowercased()): 1"])
    }

    @Test("say for whom the app is asked")
    func forwarded() {
        let said = ["x-forwarded-for: 192.0.2.9", "x-forwarded-proto: https", "x-forwarded-host: chat.example"]
        #expect(lines([], forwarding: true) == ["host: app"] + said)
        let before = [("x-forwarded-for", "a"), ("x-forwarded-for", "b, c"), ("x-forwarded-proto", "http")]
        #expect(
            lines(before, forwarding: true) == [
                "host: app", "x-forwarded-proto: http", "x-forwarded-for: a, b, c, 192.0.2.9",
                "x-forwarded-host: chat.example",
            ]
        )
    }

    @Test("ask for another protocol where the client does")
    func upgrade() {
        #expect(
            lines([("connection", "x-a, Upgrade"), ("upgrade", "websocket"), ("x-a", "1")], upgrade: "websocket")
                == ["host: app", "connection: upgrade", "upgrade: websocket"]
        )
    }

    @Test("have one line of cookies, where HTTP/2 allows for many")
    func cookies() {
        let cookies = [("cookie", "a=1"), ("x-a", "1"), ("cookie", "b=2")]
        #expect(lines(cookies, isHTTP2: true) == ["host: app", "x-a: 1", "cookie: a=1; b=2"])
        #expect(lines(cookies) == ["host: app", "cookie: a=1", "x-a: 1", "cookie: b=2"])
    }

    @Test("of the answer lose what belongs to the app's connection")
    func answer() {
        let fields = ProxyHeaders.response([
            "Connection": "keep-alive, X-Private", "Keep-Alive": "timeout=5", "X-Private": "1",
            "Transfer-Encoding": "chunked", "Proxy-Authenticate": "Basic", "Set-Cookie": "a=1", "set-cookie": "b=2",
            "Content-Length": "3",
        ])
        #expect(
            fields.map { "\($0.name): \($0.value)" }.sorted() == [
                "Content-Length: 3", "Set-Cookie: a=1", "set-cookie: b=2",
            ])
    }

    @Test("do not say how long the body is, for that does the relay")
    func framing() {
        #expect(
            lines([("content-length", "+5"), ("content-length", "5"), ("transfer-encoding", "chunked")]) == [
                "host: app"
            ])
    }

    @Test(
        "ask for another protocol only where it is none, again, that has requests",
        arguments: [
            ("upgrade", "websocket", "websocket"), ("Keep-Alive, Upgrade", "echo/1, websocket", "echo/1, websocket"),
            ("upgrade", "h2c", nil), ("upgrade", "HTTP/2.0, TLS/1.0, h2c", nil),
            ("upgrade", "h2c,websocket", "websocket"),
            ("keep-alive", "websocket", nil), ("x-upgrade", "websocket", nil), ("upgrade", "", nil),
        ])
    func protocols(connection: String, upgrade: String, expected: String?) {
        let headers: HTTPFields = [.connection: connection, .upgrade: upgrade]
        let request = ServerRequest(method: .get, target: "/api/x", headers: headers)
        #expect(ProxyHeaders.upgrade(of: request) == expected)
    }

    @Test(
        "tell how long an idle connection may be kept, less a second",
        arguments: [
            ("timeout=5", 4000), ("max=100, timeout=5", 4000), ("Timeout=5,max=9", 4000), ("timeout=1", 100),
            ("timeout=0", 100), ("timeout=-9", 100), ("timeout=100000", 59_000), ("timeout=99999999999999999999", nil),
            ("timeout=", nil), ("max=5", nil), ("", nil),
        ] as [(String, Int64?)])
    func keptFor(value: String, milliseconds: Int64?) {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Keep-Alive": value])
        #expect(AnswerFacts(head).keptFor == milliseconds.map { .milliseconds($0) })
    }
}
