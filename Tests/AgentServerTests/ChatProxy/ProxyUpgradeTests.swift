import AgentServer
import TestSupport
import Testing

@Suite("A changed protocol", .serialized)
struct ProxyUpgradeTests {
    private static let handshake =
        "GET /chat/socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
    private static let agreement = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"

    @Test("carries bytes both ways, as they are")
    func bothWays() async throws {
        try await RawUpstream.withProxy { app, _ in
            let head = try await app.readHead()
            #expect(head.contains("connection: upgrade\r\n"))
            #expect(head.contains("upgrade: echo\r\n"))
            try await app.send(Self.agreement)
            for _ in 0..<3 { try await app.send("<\(app.read(until: ";"))>") }
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                let head = try await client.readHead()
                #expect(head.hasPrefix("http/1.1 101 "))
                #expect(head.contains("connection: upgrade\r\n"))
                #expect(head.contains("upgrade: echo\r\n"))
                for text in ["a;", "HTTP/1.1 200 OK\r\n\r\n;", "\u{0}\u{1}é;"] {
                    try await client.send(text)
                    #expect(try await client.read(until: ">") == "<\(text)>")
                }
                #expect(try await client.readToEnd() == "")
            }
        }
    }

    @Test("loses no bytes that follow the handshake at once, from the client")
    func bytesBehindRequest() async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement)
            try await app.send("<\(app.read(until: ";"))>")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake + "early;")
                #expect(try await client.readHead().hasPrefix("http/1.1 101 "))
                #expect(try await client.readToEnd() == "<early;>")
            }
        }
    }

    @Test("loses no bytes that follow the handshake at once, from the app")
    func bytesBehindAnswer() async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement + "early;")
            _ = try await app.read(until: ";")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                #expect(try await client.readHead().hasPrefix("http/1.1 101 "))
                #expect(try await client.read(until: ";") == "early;")
                try await client.send(";")
                #expect(try await client.readToEnd() == "")
            }
        }
    }

    @Test("brings all of what an app says that closes at once")
    func appClosesAtOnce() async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement + "last words")
        } _: { port in
            for _ in 0..<20 {
                try await RawClient.with(port: port) { client in
                    try await client.send(Self.handshake)
                    #expect(try await client.readHead().hasPrefix("http/1.1 101 "))
                    #expect(try await client.readToEnd() == "last words")
                }
            }
        }
    }

    @Test("carries much, both ways at once, between ends that are slow to read")
    func large() async throws {
        let size = 16 << 20
        let piece = String(repeating: "x", count: 64 * 1024)
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement)
            let send = app.sender
            async let sent: Void = {
                for _ in 0..<(size / piece.utf8.count) { try await send(piece) }
                try await send(";")
            }()
            #expect(try await app.read(until: ";").utf8.count == size + 1)
            try await sent
            _ = try await app.read(until: ";")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                _ = try await client.readHead()
                let send = client.sender
                async let sent: Void = {
                    for _ in 0..<(size / piece.utf8.count) { try await send(piece) }
                    try await send(";")
                }()
                #expect(try await client.read(until: ";").utf8.count == size + 1)
                try await sent
                try await client.send(";")
                #expect(try await client.readToEnd() == "")
            }
        }
    }

    @Test("takes no more from an end than the other one reads")
    func backPressure() async throws {
        let sent = Counter()
        let isOver = Signal()
        try await RawUpstream.withProxy {
            $0.chatProxy.tunnelIdleTime = .seconds(1)
        } answer: { app, _ in
            _ = try await app.readHead()
            defer { isOver.set() }
            try await app.send(Self.agreement)
            let piece = String(repeating: "x", count: 64 * 1024)
            while true {
                try await app.send(piece)
                sent.add(piece.utf8.count)
            }
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                await isOver.wait()
            }
            // What systems hold on their own, on both ways, is up to 72 MiB.
            #expect(sent.value < 128 << 20)
        }
    }

    @Test("lets an end that has no more to say listen on", arguments: [true, false])
    func halfClosed(isClient: Bool) async throws {
        let isOver = Signal()
        try await RawUpstream.withProxy(closesHalf: true) { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement)
            if isClient {
                #expect(try await app.readToEnd() == "last")
                try await app.send("answer")
            } else {
                try await app.send("last")
                app.finish()
                #expect(try await app.readToEnd() == "answer")
                isOver.set()
            }
        } _: { port in
            try await RawClient.with(port: port, closesHalf: true) { client in
                try await client.send(Self.handshake)
                _ = try await client.readHead()
                if isClient {
                    try await client.send("last")
                    client.finish()
                    #expect(try await client.readToEnd() == "answer")
                } else {
                    #expect(try await client.readToEnd() == "last")
                    try await client.send("answer")
                    client.finish()
                    // The server does not outlive this, and what it has not yet read would be lost.
                    await isOver.wait()
                }
            }
        }
    }

    @Test("ends for both when one end leaves")
    func leaving() async throws {
        let isOver = Signal()
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement)
            _ = try? await app.readToEnd()
            isOver.set()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                _ = try await client.readHead()
            }
            await isOver.wait()
        }
    }

    @Test("ends when both are silent for long")
    func idle() async throws {
        try await RawUpstream.withProxy {
            $0.chatProxy.tunnelIdleTime = .milliseconds(200)
        } answer: { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement)
            _ = try? await app.readToEnd()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                _ = try await client.readHead()
                #expect(try await client.readToEnd() == "")
            }
        }
    }

    @Test("may be refused by the app in any way", arguments: [200, 400, 426])
    func refused(status: Int) async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.reply("no", status: "\(status) No")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                let answer = try RawAnswer(try await client.readToEnd())
                #expect(answer.status == status)
                #expect(answer.body == "no")
                #expect(answer["connection"] == "close")
            }
        }
    }

    @Test(
        "is not granted to those who have not asked",
        arguments: ["", "Upgrade: echo\r\n", "Connection: upgrade\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\n"])
    func unasked(headers: String) async throws {
        try await RawUpstream.withProxy { app, _ in
            #expect(try await !app.readHead().contains("upgrade"))
            try await app.send(Self.agreement)
            #expect(try await app.readToEnd() == "")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send("GET /chat/socket HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\nGET /secret")
                #expect(try await client.readHead().hasPrefix("http/1.1 502 "))
            }
        }
    }

    @Test("does no harm to the server, whoever leaves in the middle of it")
    func leavingEarly() async throws {
        try await RawUpstream.withProxy(closesHalf: true) { app, number in
            _ = try await app.readHead()
            try await app.send(Self.agreement + (number % 2 == 0 ? "" : "early"))
            if number % 3 == 0 { app.finish() }
        } _: { port in
            for number in 0..<200 {
                try? await RawClient.with(port: port, closesHalf: true) { client in
                    try await client.send(Self.handshake + (number % 5 == 0 ? "early" : ""))
                    if number % 4 == 0 { client.finish() }
                    if number % 7 != 0 { _ = try await client.readHead() }
                }
            }
            let health = try await RawAnswer.get("/health", port: port)
            #expect(health.status == 200)
        }
    }

    @Test("ends when the server drains")
    func drain() async throws {
        try await RawUpstream.with { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.agreement)
            _ = try? await app.readToEnd()
        } _: { appPort in
            let agent = try AgentProcess(
                ["--port", "0", "--chat-proxy", "--drain-timeout", "600"], environment: ["CHAT_APP_PORT": "\(appPort)"]
            )
            let port = try await agent.port()
            try await RawClient.with(port: port) { client in
                try await client.send(Self.handshake)
                _ = try await client.readHead()
                agent.terminate()
                #expect(try await client.readToEnd() == "")
            }
            #expect(await agent.outcome().status == 0)
        }
    }
}
