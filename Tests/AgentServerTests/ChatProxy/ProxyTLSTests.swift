import AgentServer
import TestSupport
import Testing

@Suite("A request forwarded for a client that speaks HTTPS", .serialized)
struct ProxyTLSTests {
    private static let versions = ["1.1", "2"]

    @Test("reaches the app, and says how it came", arguments: versions)
    func forwarded(version: String) async throws {
        try await ChatApp.with { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                let answer = try await tls.answer(version, port, "/api/hop?a=%20b")
                #expect(answer.version == version)
                let seen = try JSON(parsing: Array(answer.body.utf8))
                #expect(seen["query"] == "a=%20b")
                #expect(seen["headers"]?["x-forwarded-proto"] == "https")
                #expect(seen["headers"]?["x-forwarded-host"] == .string("127.0.0.1:\(port)"))
                #expect(seen["headers"]?["x-forwarded-for"] == "127.0.0.1")
                #expect(seen["headers"]?["transfer-encoding"] == nil)
                #expect(seen["headers"]?["content-length"] == nil)
            }
        }
    }

    @Test("brings its body, of a known length or not", arguments: versions, [true, false])
    func upload(version: String, hasLength: Bool) async throws {
        let body = String(repeating: "0123456789", count: 200_000)
        try await ChatApp.with { appPort in
            try await TLS.withServer(chatAppPort: appPort) {
                $0.limits.bodyBytes = 1000
            } _: { tls, port in
                try tls.folder.write(body, to: "body")
                let length = hasLength ? "Content-Length: \(body.utf8.count)" : "Transfer-Encoding: chunked"
                let file = "\(tls.folder.path)/body"
                let answer = try await tls.answer(
                    version, port, "/api/x", ["--header", length, "--data-binary", "@\(file)"])
                #expect(answer.status == 200)
                #expect(try JSON(parsing: Array(answer.body.utf8))["body"]?.stringValue == body)
            }
        }
    }

    @Test("gets the end of a stream, and sees where there is none", arguments: versions)
    func streams(version: String) async throws {
        try await ChatApp.with { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                #expect(try await tls.answer(version, port, "/api/stream").body.hasSuffix("data: [DONE]\n\n"))
                let cut = try await tls.curl(version, port, "/api/stream-cut").outcome()
                #expect(cut.standardOutput == "data: {\"n\": 0}\n\n")
                #expect(cut.status != 0)
            }
        }
    }

    @Test(
        "gets heads without bodies", arguments: versions,
        [("/assets/app.js", "--head", 200), ("/api/not-modified", "--get", 304), ("/api/empty", "--get", 204)])
    func bodiless(version: String, request: (path: String, argument: String, status: Int)) async throws {
        try await ChatApp.with { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                let answer = try await tls.answer(version, port, request.path, [request.argument])
                #expect(answer.status == request.status)
            }
        }
    }

    @Test("gets a 304 that has a length", arguments: versions)
    func notModified(version: String) async throws {
        try await RawUpstream.with { app, _ in
            _ = try await app.readHead()
            try await app.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n")
        } _: { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                let answer = try await tls.answer(version, port, "/api/x")
                #expect(answer.status == 304)
            }
        }
    }

    @Test("is answered early where the app does so", arguments: versions)
    func earlyAnswer(version: String) async throws {
        try await RawUpstream.with { app, _ in
            _ = try await app.readHead()
            try await app.reply("too much", status: "413 Content Too Large")
            _ = try? await app.readToEnd()
        } _: { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                try tls.folder.write(String(repeating: "x", count: 8 << 20), to: "body")
                let answer = try await tls.answer(
                    version, port, "/api/x", ["--data-binary", "@\(tls.folder.path)/body"])
                #expect(answer.status == 413)
                #expect(answer.body == "too much")
            }
        }
    }

    @Test("says in one line what HTTP/2 says in several, and in a plain way what it may say in a crooked one")
    func headers() async throws {
        try await RawUpstream.with { app, _ in
            let head = try await app.readHead()
            #expect(head.contains("\r\ncookie: a=1; b=2\r\n"))
            let length = head.split(separator: "\r\n").filter { $0.hasPrefix("content-length") }
            #expect(length == ["content-length: 5"])
            #expect(try await app.read(until: "hello") == "hello")
            try await app.reply("done")
        } _: { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                let headers = ["Cookie: a=1", "Cookie: b=2", "Content-Length: +5"].flatMap { ["--header", $0] }
                let answer = try await tls.answer("2", port, "/api/x", headers + ["--data", "hello"])
                #expect(answer.body == "done")
            }
        }
    }

    @Test("has an app that answers badly", arguments: versions)
    func errors(version: String) async throws {
        try await ChatApp.with { appPort in
            try await TLS.withServer(chatAppPort: appPort) {
                $0.chatProxy.timeout = .seconds(1)
            } _: { tls, port in
                for path in ["/api/garbage", "/api/close", "/api/short", "/api/slow?ms=10000"] {
                    let answer = try await tls.answer(version, port, path)
                    #expect(answer.status == 502)
                }
                #expect(try await tls.answer(version, port, "/ping").body == "pong")
            }
        }
    }

    @Test("ends at the app when the client leaves", arguments: versions)
    func leaving(version: String) async throws {
        let isLeft = Signal()
        try await RawUpstream.with { app, _ in
            _ = try await app.readHead()
            try await app.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("one\n"))
            _ = try? await app.readToEnd()
            isLeft.set()
        } _: { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                let curl = try tls.curl(version, port, "/api/x")
                #expect(await curl.firstLine == "one")
                curl.terminate()
                await isLeft.wait()
                _ = await curl.outcome()
            }
        }
    }

    @Test("changes its protocol, and ends one direction after the other")
    func upgrade() async throws {
        try await RawUpstream.with(closesHalf: true) { app, _ in
            _ = try await app.readHead()
            try await app.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst;")
            try await app.send("<\(app.read(until: ";"))>")
            app.finish()
            _ = try await app.readToEnd()
        } _: { appPort in
            try await TLS.withServer(chatAppPort: appPort) { tls, port in
                let client = try tls.python(
                    port, protocols: ["http/1.1"],
                    """
                    connection.sendall(b"GET /chat/x HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: upgrade\\r\\n"
                                       b"Upgrade: echo\\r\\n\\r\\nearly;")
                    received = b""
                    while piece := connection.recv(4096):
                        received += piece
                    print(received.split(b"\\r\\n\\r\\n")[1].decode())
                    """
                )
                let outcome = await client.outcome()
                #expect(outcome.standardOutput == "first;<early;>\n", "\(outcome.standardError)")
            }
        }
    }
}
