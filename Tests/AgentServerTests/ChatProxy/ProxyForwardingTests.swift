import AgentServer
import TestSupport
import Testing

@Suite("A forwarded request", .serialized)
struct ProxyForwardingTests {
    /// The headers that the app has seen.
    private func headers(_ answer: RawAnswer) -> [String: String] {
        (answer.json["headers"]?.objectValue ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.stringValue }
    }

    @Test("loses the headers that belong to its connection, also those that Connection names")
    func hopByHopRequest() async throws {
        try await ChatApp.withProxy { port in
            let answer = try await RawAnswer.get(
                "/api/hop", port: port,
                headers:
                    "Connection: X-Private, keep-alive\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n"
                    + "Proxy-Authorization: Basic x\r\nProxy-Connection: keep-alive\r\nX-Kept: 1\r\n"
            )
            let seen = headers(answer)
            for name in ["x-private", "keep-alive", "te", "proxy-authorization", "proxy-connection", "connection"] {
                #expect(seen[name] == nil, "\(name)")
            }
            #expect(seen["x-kept"] == "1")
        }
    }

    @Test("gets an answer without the headers that belong to the app's connection")
    func hopByHopAnswer() async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.reply(
                "done",
                headers: "Connection: keep-alive, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=9\r\n"
                    + "Proxy-Authenticate: Basic\r\nX-Kept: 1\r\n"
            )
        } _: { port in
            let answer = try await RawAnswer.get("/api/x", port: port)
            for name in ["x-private", "keep-alive", "proxy-authenticate"] { #expect(answer[name] == nil, "\(name)") }
            #expect(answer["x-kept"] == "1")
            #expect(answer["connection"] == "close")
        }
    }

    @Test("keeps what it cannot do without, whatever Connection names")
    func neededHeaders() async throws {
        try await ChatApp.withProxy { port in
            let answer = try await RawAnswer.get(
                "/api/hop", method: "POST", port: port,
                headers: "Connection: Content-Length, Host, Cookie, Authorization, X-Forwarded-For, X-Forwarded-Proto, "
                    + "X-Forwarded-Host\r\nContent-Length: 4\r\nCookie: a=1\r\nAuthorization: b\r\n",
                body: "body"
            )
            let seen = headers(answer)
            #expect(answer.json["body"]?.stringValue == "body")
            #expect(seen["content-length"] == "4")
            #expect(seen["cookie"] == "a=1")
            #expect(seen["authorization"] == "b")
            #expect(seen["x-forwarded-for"] == "127.0.0.1")
            #expect(seen["x-forwarded-proto"] == "http")
            #expect(seen["x-forwarded-host"] == "localhost")
        }
    }

    @Test("says for whom it is asked: appended to what a proxy in front has said, or in place of nothing")
    func forwardedHeaders() async throws {
        try await ChatApp.withProxy { port in
            let answer = try await RawAnswer.get(
                "/api/hop", port: port,
                headers: "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2, 192.0.2.3\r\n"
                    + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: chat.example\r\n"
            )
            let seen = headers(answer)
            #expect(seen["x-forwarded-for"] == "192.0.2.1, 192.0.2.2, 192.0.2.3, 127.0.0.1")
            #expect(seen["x-forwarded-proto"] == "https")
            #expect(seen["x-forwarded-host"] == "chat.example")
        }
    }

    @Test("has the app's own name as its Host, once")
    func host() async throws {
        try await RawUpstream.withProxy { app, _ in
            let head = try await app.readHead()
            #expect(head.ranges(of: "\r\nhost: ").count == 1)
            #expect(head.contains("\r\nhost: localhost:"))
            #expect(!head.contains("evil"))
            try await app.reply("done")
        } _: { port in
            let answer = try await RawAnswer.get("/api/x", port: port, headers: "Host: evil.example\r\n")
            #expect(answer.body == "done")
        }
    }

    @Test("gets every Set-Cookie line as a line of its own")
    func cookies() async throws {
        try await ChatApp.withProxy { port in
            let answer = try await RawAnswer.get("/api/cookies", port: port)
            #expect(answer.count(of: "set-cookie") == 2)
            #expect(answer.headers.contains { $0 == ("set-cookie", "a=1; Path=/elsewhere") })
            #expect(answer.headers.contains { $0 == ("set-cookie", "b=1; Path=/elsewhere") })
        }
    }

    @Test("brings no cookie of one client to another")
    func visitors() async throws {
        try await ChatApp.withProxy { port in
            let first = try await RawAnswer.get("/api/visit", port: port)
            #expect(first["set-cookie"]?.hasPrefix("visitor=") == true)
            let second = try await RawAnswer.get("/api/visit", port: port)
            #expect(headers(second)["cookie"] == nil)
        }
    }

    @Test("gets a compressed answer as it is, with its length")
    func gzip() async throws {
        try await RawUpstream.withProxy { app, _ in
            let head = try await app.readHead()
            #expect(head.contains("accept-encoding: gzip\r\n"))
            // What is compressed is nobody's business on the way.
            try await app.reply("no gzip at all", headers: "Content-Encoding: gzip\r\n")
        } _: { port in
            let answer = try await RawAnswer.get("/api/x", port: port, headers: "Accept-Encoding: gzip\r\n")
            #expect(answer["content-encoding"] == "gzip")
            #expect(answer["content-length"] == "14")
            #expect(answer["transfer-encoding"] == nil)
            #expect(answer.body == "no gzip at all")
        }
    }

    @Test(
        "has the path and the query of the client, byte for byte",
        arguments: [
            "/api/x?a=1&b=x&a=2", "/api/x?a%20b%26=%3d", "/api/x?", "/api/x?%E4=%e4", "/api/x?a=b?c=d/../e",
            "/api/a%20b", "/api/a+b", "/api/%E4", "/api/a;b=c", "/api/:@!$&'()*,=", "/api/x?%00%0d%0a",
            "/api/%F0%9F%98%80", "/api/%zz%1", "/api/..x/x..", "/api/x?q=%2e%2e%2f",
        ])
    func target(target: String) async throws {
        try await RawUpstream.withProxy { app, _ in
            let line = try await app.read(until: "\r\n")
            _ = try await app.readHead()
            try await app.reply(line)
        } _: { port in
            let answer = try await RawAnswer.get(target, port: port)
            #expect(answer.body == "GET \(target) HTTP/1.1\r\n")
        }
    }

    @Test(
        "does not leave the paths that may be forwarded",
        arguments: [
            "/api/../invocations", "/api/%2e%2e/x", "/api/%2E./secret", "/api/%252e%252e/x", "/api/..%5cx",
            "/api/..%255cx", "/api/..;/x", "/api/..;a=b/x", "/api/x/%2e%2e/%2e%2e/x", "/assets/..%2f..%2fx",
            "/api/%25252e%25252e/x", "/api/.%2e/x", "/secret", "/API/x", "/api", "//api/x", "/%2fapi/x",
        ])
    func traversal(target: String) async throws {
        try await RawUpstream.withProxy { _, _ in
            Issue.record("\(target) reached the app")
        } _: { port in
            let answer = try await RawAnswer.get(target, port: port)
            #expect(answer.status == 404)
        }
    }

    @Test("with a control character in its path is refused", arguments: ["/api/%00", "/api/a%0d%0ab", "/api/%7f"])
    func controls(target: String) async throws {
        try await RawUpstream.withProxy { _, _ in
            Issue.record("\(target) reached the app")
        } _: { port in
            let answer = try await RawAnswer.get(target, port: port)
            #expect(answer.status == 400)
        }
    }

    @Test("keeps its method and its body", arguments: ["GET", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "REPORT"])
    func methods(method: String) async throws {
        try await ChatApp.withProxy { port in
            let answer = try await RawAnswer.get(
                "/api/x", method: method, port: port, headers: "Content-Length: 4\r\n", body: "body"
            )
            #expect(answer.json["method"]?.stringValue == method)
            #expect(answer.json["body"]?.stringValue == "body")
        }
    }

    @Test("has a length where the app expects one, and none where it does not")
    func emptyBodies() async throws {
        try await RawUpstream.withProxy { app, _ in
            try await app.reply(try await app.readHead())
        } _: { port in
            #expect(try await RawAnswer.get("/api/x", method: "POST", port: port).body.contains("content-length: 0"))
            let get = try await RawAnswer.get("/api/x", port: port).body
            #expect(!get.contains("content-length") && !get.contains("transfer-encoding"))
        }
    }

    @Test("that traces its way is refused")
    func trace() async throws {
        try await RawUpstream.withProxy { _, _ in
            Issue.record("TRACE reached the app")
        } _: { port in
            let answer = try await RawAnswer.get("/api/x", method: "TRACE", port: port)
            #expect(answer.status == 405)
        }
    }

    @Test("for the head of an answer gets just that", arguments: ["Content-Length: 1234\r\n", ""])
    func head(length: String) async throws {
        try await RawUpstream.withProxy { app, _ in
            while try await app.readHead().hasPrefix("head ") { try await app.send("HTTP/1.1 200 OK\r\n\(length)\r\n") }
        } _: { port in
            try await RawClient.with(port: port) { client in
                for _ in 0..<2 {
                    try await client.send("HEAD /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let head = try await client.readHead()
                    #expect(head.contains("content-length: 1234\r\n") == !length.isEmpty)
                    #expect(!head.contains("transfer-encoding"))
                }
            }
        }
    }

    @Test("gets a 304 with the length of what it does not bring, and no body")
    func notModified() async throws {
        try await RawUpstream.withProxy { app, _ in
            while try await !app.readHead().isEmpty {
                try await app.send("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nContent-Length: 1234\r\n\r\n")
            }
        } _: { port in
            try await RawClient.with(port: port) { client in
                for _ in 0..<2 {
                    try await client.send("GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let head = try await client.readHead()
                    #expect(head.hasPrefix("http/1.1 304 "))
                    #expect(head.contains("content-length: 1234\r\n"))
                    #expect(head.contains("etag: \"v1\"\r\n"))
                }
            }
        }
    }

    @Test("gets one Date and one Server, those of the app")
    func dateAndServer() async throws {
        try await ChatApp.withProxy { port in
            let answer = try await RawAnswer.get("/ping", port: port)
            #expect(answer.body == "pong")
            #expect(answer.count(of: "date") == 1)
            #expect(answer["server"] == "chat-app")
            #expect(answer.count(of: "x-request-id") == 1)
        }
    }

    @Test("is invited to send its body by this server, and the app is not bothered with it")
    func expectContinue() async throws {
        try await RawUpstream.withProxy { app, _ in
            #expect(try await !app.readHead().contains("expect"))
            #expect(try await app.read(until: "body") == "body")
            try await app.reply("done")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(
                    "POST /api/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
                )
                #expect(try await client.readHead().hasPrefix("http/1.1 100 "))
                try await client.send("body")
                #expect(try await client.read(until: "done").hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test("gets all bytes of an answer")
    func bytes() async throws {
        try await ChatApp.withProxy { port in
            for (path, body) in [
                ("/", "<!doctype html><title>chat</title>"), ("/assets/app.js", "console.log('hi')\n"),
                ("/api/chunked", "{\"chunked\": true}"),
            ] {
                #expect(try await RawAnswer.get(path, port: port).body == body)
            }
            let redirect = try await RawAnswer.get("/api/redirect", port: port)
            #expect(redirect.status == 302)
            #expect(redirect["location"] == "/chat/elsewhere")
            #expect(try await RawAnswer.get("/api/empty", port: port).status == 204)
            #expect(try await RawAnswer.get("/api/status?code=418", port: port).status == 418)
            #expect(try await RawAnswer.get("/api/no-type", port: port)["content-type"] == nil)
        }
    }
}
