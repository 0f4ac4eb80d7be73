import AgentServer
import TestSupport
import Testing

@Suite("A chat app that does not answer well", .serialized)
struct ProxyErrorTests {
    @Test("makes a 503 when it does not run")
    func down() async throws {
        // Nobody may listen at this port but root, and nobody does.
        try await withProxy(to: 1) { port in
            let answer = try await RawAnswer.get("/api/x", port: port)
            #expect(answer.status == 503)
            #expect(answer.body == "Service unavailable")
            #expect(answer["content-type"] == "text/plain; charset=utf-8")
            #expect(answer["x-request-id"] != nil)
        }
    }

    @Test(
        "makes a 502 that says what it did",
        arguments: [
            ("/api/garbage", "Proxy error: the chat app's answer is no HTTP"),
            ("/api/close", "Proxy error: the chat app closed the connection before its answer was whole"),
            ("/api/short", "Proxy error: the chat app closed the connection before its answer was whole"),
            ("/api/slow?ms=10000", "Proxy error: the chat app did not go on for 1 seconds"),
        ])
    func bad(target: String, text: String) async throws {
        try await ChatApp.withProxy {
            $0.chatProxy.timeout = .seconds(1)
        } _: { port in
            let answer = try await RawAnswer.get(target, port: port)
            #expect(answer.status == 502)
            #expect(answer.body == text)
        }
    }

    @Test(
        "makes a 502, whatever it says instead of HTTP",
        arguments: [
            "\r\n\r\n\r\n\r\nx", "HTTP/1.1 99 Low\r\n\r\n", "HTTP/1.1 1000 High\r\n\r\n", "HTTP/1.1 20 x\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx: \(String(repeating: "x", count: 200_000))\r\n\r\n",
        ])
    func noHTTP(bytes: String) async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(bytes)
            _ = try? await app.readToEnd()
        } _: { port in
            let answer = try await RawAnswer.get("/api/x", port: port)
            #expect(answer.status == 502)
        }
    }

    @Test(
        "does no harm with an odd answer",
        arguments: [
            ("HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n", nil),
            ("HTTP/1.1 999 é\r\nContent-Length: 0\r\n\r\n", 999),
            ("HTTP/1.1 999 é\u{7}\r\nContent-Length: 0\r\n\r\n", 502),
            ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
                204
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200),
        ] as [(String, Int?)])
    func odd(bytes: String, status: Int?) async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(bytes)
            _ = try? await app.readToEnd()
        } _: { port in
            let answer = try? await RawAnswer.get("/api/x", port: port)
            if let status { #expect(answer?.status == status) }
            let health = try await RawAnswer.get("/health", port: port)
            #expect(health.status == 200)
        }
    }

    @Test("breaks off its answer when it is silent within it")
    func silent() async throws {
        try await RawUpstream.withProxy {
            $0.chatProxy.timeout = .seconds(1)
        } answer: { app, _ in
            _ = try await app.readHead()
            try await app.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("one"))
            _ = try? await app.readToEnd()
        } _: { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(answer.hasSuffix("\r\n\r\n" + chunk("one")))
        }
    }

    @Test("is asked so many things at once as are allowed, and no more")
    func busy() async throws {
        let isAsked = Signal()
        let release = Signal()
        try await RawUpstream.withProxy {
            $0.limits.concurrentRequests = 1
        } answer: { app, number in
            _ = try await app.readHead()
            if number == 0 {
                isAsked.set()
                await release.wait()
            }
            try await app.reply("done")
        } _: { port in
            async let held = RawAnswer.get("/api/held", port: port)
            await isAsked.wait()
            let refused = try await RawAnswer.get("/api/x", port: port)
            #expect(refused.status == 503)
            #expect(refused["retry-after"] == "1")
            #expect(try await RawAnswer.get("/health", port: port).status == 200)
            // A client that keeps its connection learns that it closes.
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(try RawAnswer(answer)["connection"] == "close")
            release.set()
            #expect(try await held.status == 200)
            #expect(try await RawAnswer.get("/api/x", port: port).status == 200)
        }
    }

    @Test("gets its place back, however a request ends")
    func places() async throws {
        let isAsked = Signal()
        let isLeft = Signal()
        try await RawUpstream.withProxy {
            $0.limits.concurrentRequests = 1
            $0.chatProxy.timeout = .seconds(1)
        } answer: { app, _ in
            let head = try await app.readHead()
            switch head.split(separator: " ").dropFirst().first {
            case "/api/garbage": try await app.send("garbage\r\n\r\n")
            case "/api/silent": _ = try? await app.readToEnd()
            case "/api/left":
                isAsked.set()
                _ = try? await app.readToEnd()
                isLeft.set()
            case "/api/cut": try await app.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("one"))
            case "/api/switched": try await app.send("HTTP/1.1 101 OK\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
            case "/api/close": break
            default: try await app.reply("done")
            }
        } _: { port in
            for path in ["garbage", "silent", "close", "switched"] {
                #expect(try await RawAnswer.get("/api/\(path)", port: port).status == 502)
            }
            _ = try? await RawAnswer.get("/api/cut", port: port)
            let upgrade = "Connection: upgrade\r\nUpgrade: x\r\n"
            #expect(try await RawAnswer.get("/api/switched", port: port, headers: upgrade).status == 101)
            _ = try await RawAnswer.get(
                "/api/x", port: port, headers: "Transfer-Encoding: gzip, chunked\r\n", body: "0\r\n\r\n")
            try await RawClient.with(port: port) { client in
                try await client.send("GET /api/left HTTP/1.1\r\nHost: localhost\r\n\r\n")
                await isAsked.wait()
            }
            await isLeft.wait()
            #expect(try await RawAnswer.get("/api/x", port: port).status == 200)
        }
    }

    @Test("is not asked what has a transfer coding that nobody knows")
    func unknownCoding() async throws {
        try await RawUpstream.withProxy { _, _ in
            Issue.record("The app was asked")
        } _: { port in
            let answer = try await RawAnswer.get(
                "/api/x", port: port, headers: "Transfer-Encoding: gzip, chunked\r\n", body: "0\r\n\r\n"
            )
            #expect(answer.status == 501)
        }
    }
}
