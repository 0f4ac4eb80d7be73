import AgentServer
import TestSupport
import Testing

@Suite("A forwarded stream", .serialized)
struct ProxyStreamingTests {
    private static let get = "GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test("reaches the client piece by piece, whatever its type", arguments: [true, false])
    func pieces(isChunked: Bool) async throws {
        let hasFirst = Signal()
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            // A length makes no difference, unless it is small.
            let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 100000"
            try await app.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\(length)\r\n\r\n")
            try await app.send(isChunked ? chunk("one") : "one")
            await hasFirst.wait()
            try await app.send(isChunked ? chunk("two") + "0\r\n\r\n" : "two" + String(repeating: "x", count: 99_994))
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                _ = try await client.read(until: "one")
                hasFirst.set()
                #expect(try await client.read(until: isChunked ? "0\r\n\r\n" : "x").contains("two"))
            }
        }
    }

    @Test("of a small size is not held for long")
    func smallPieces() async throws {
        let hasFirst = Signal()
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none")
            await hasFirst.wait()
            try await app.send("two")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                _ = try await client.read(until: "one")
                hasFirst.set()
                #expect(try await client.read(until: "two") == "two")
            }
        }
    }

    @Test("reaches the app piece by piece", arguments: [true, false])
    func requestPieces(isChunked: Bool) async throws {
        let hasFirst = Signal()
        try await RawUpstream.withProxy { app, _ in
            let head = try await app.readHead()
            #expect(head.contains("transfer-encoding: chunked\r\n") == isChunked)
            #expect(head.contains("content-length: 6\r\n") == !isChunked)
            _ = try await app.read(until: "one")
            hasFirst.set()
            let rest = try await app.read(until: isChunked ? "0\r\n\r\n" : "two")
            #expect(rest == (isChunked ? "\r\n" + chunk("two") + "0\r\n\r\n" : "two"))
            try await app.reply("done")
        } _: { port in
            try await RawClient.with(port: port) { client in
                let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 6"
                try await client.send("POST /api/x HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n\r\n")
                try await client.send(isChunked ? chunk("one") : "one")
                await hasFirst.wait()
                try await client.send(isChunked ? chunk("two") + "0\r\n\r\n" : "two")
                #expect(try await client.read(until: "done").hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test("has trailers, in both directions, without those that belong to a connection or frame a message")
    func trailers() async throws {
        let forbidden = "Host: x\r\nX-Forwarded-For: 9.9.9.9\r\nKeep-Alive: x\r\nCookie: x\r\n"
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            #expect(try await app.read(until: "\r\n\r\n") == "\(chunk("a"))0\r\nX-Sum: 1\r\n\r\n")
            try await app.send(Self.chunkedHead + chunk("b") + "0\r\nX-Sum: 2\r\n\(forbidden)\r\n")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(
                    "POST /api/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "\(chunk("a"))0\r\nX-Sum: 1\r\n\(forbidden)\r\n"
                )
                _ = try await client.readHead()
                let body = try await client.read(until: "\r\n\r\n")
                #expect(body == "\(chunk("b"))0\r\nX-Sum: 2\r\n\r\n")
            }
        }
    }

    @Test("has no chunks for a client that speaks HTTP/1.0")
    func legacy() async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.chunkedHead + chunk("one") + chunk("two") + "0\r\n\r\n")
        } _: { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("GET /api/x HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.0 200"))
            #expect(answer.hasSuffix("\r\n\r\nonetwo"))
        }
    }

    @Test("may be larger than the bodies that the server itself takes", arguments: [true, false])
    func largeBody(isChunked: Bool) async throws {
        let body = String(repeating: "0123456789", count: 30_000)
        try await ChatApp.withProxy {
            $0.limits.bodyBytes = 1000
        } _: { port in
            let answer = try await RawAnswer.get(
                "/api/x", method: "PUT", port: port,
                headers: isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(body.utf8.count)\r\n",
                body: isChunked ? chunk(body) + "0\r\n\r\n" : body
            )
            #expect(answer.json["body"]?.stringValue == body)
        }
    }

    @Test("ends at the app when the client leaves", arguments: [true, false])
    func clientLeaves(hasBegun: Bool) async throws {
        let isAsked = Signal()
        let isLeft = Signal()
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            if hasBegun { try await app.send(Self.chunkedHead + chunk("one")) }
            isAsked.set()
            _ = try? await app.readToEnd()
            isLeft.set()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                await isAsked.wait()
                if hasBegun { _ = try await client.read(until: "one") }
            }
            await isLeft.wait()
        }
    }

    @Test("ends at the app when the client leaves in the middle of its request")
    func clientLeavesRequest() async throws {
        let isAsked = Signal()
        let isLeft = Signal()
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.read(until: "one")
            isAsked.set()
            let rest = try? await app.readToEnd()
            #expect(rest ?? "" == "")
            isLeft.set()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send("POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\none")
                await isAsked.wait()
            }
            await isLeft.wait()
        }
    }

    @Test("that breaks off at the app breaks off at the client, which sees that it is not whole")
    func appBreaksOff() async throws {
        try await ChatApp.withProxy { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("GET /api/stream-cut HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.contains("data: {\"n\": 0}\n\n"))
            #expect(!answer.contains("0\r\n\r\n"))
        }
    }

    @Test("that breaks off brings what has come before, however slow the client is")
    func appBreaksOffLate() async throws {
        let size = 16 << 20
        try await RawUpstream.withProxy(closesHalf: true) { app, _ in
            _ = try await app.readHead()
            try await app.send(Self.chunkedHead)
            let piece = String(repeating: "z", count: 64 * 1024)
            for _ in 0..<(size / piece.utf8.count) { try await app.send(chunk(piece)) }
            try await app.send("5\r\nhal")
            app.finish()
            _ = try? await app.readToEnd()
        } _: { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                return try await client.readToEnd()
            }
            #expect(answer.utf8.count { $0 == UInt8(ascii: "z") } == size)
            #expect(!answer.contains("0\r\n\r\n"))
        }
    }

    @Test("whose client does not read is not read either, and ends in time")
    func slowClient() async throws {
        let sent = Counter()
        let isOver = Signal()
        try await RawUpstream.withProxy {
            $0.limits.stallTime = .milliseconds(500)
        } answer: { app, _ in
            _ = try await app.readHead()
            defer { isOver.set() }
            try await app.send(Self.chunkedHead)
            let piece = chunk(String(repeating: "x", count: 64 * 1024))
            while true {
                try await app.send(piece)
                sent.add(piece.utf8.count)
            }
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                await isOver.wait()
            }
            // What the system's buffers take.
            #expect(sent.value < 48 << 20)
        }
    }

    @Test("whose client does not read for a while comes whole in the end")
    func pausingClient() async throws {
        let size = 32 << 20
        let begun = Signal()
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.send("HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
            begun.set()
            let piece = String(repeating: "x", count: 64 * 1024)
            for _ in 0..<(size / piece.utf8.count) { try await app.send(chunk(piece)) }
            try await app.send("0\r\n\r\n")
            _ = try? await app.readToEnd()
        } _: { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("GET /api/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                await begun.wait()
                return try await client.readToEnd()
            }
            #expect(try RawAnswer(answer).body.utf8.count == size)
        }
    }

    @Test("that the app does not read stops its client, and is refused in time")
    func slowApp() async throws {
        let release = Signal()
        let sent = Counter()
        try await RawUpstream.withProxy {
            $0.chatProxy.timeout = .seconds(1)
        } answer: { _, _ in
            await release.wait()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send("POST /api/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
                let send = client.sender
                let piece = chunk(String(repeating: "x", count: 64 * 1024))
                let task = Task { [send, piece, sent] in
                    while true {
                        try await send(piece)
                        sent.add(piece.utf8.count)
                    }
                }
                #expect(try await client.readHead().hasPrefix("http/1.1 502"))
                // What systems hold on their own, on both ways, is up to 72 MiB.
                #expect(sent.value < 128 << 20)
                task.cancel()
                _ = await task.result
            }
            release.set()
        }
    }

    @Test("is answered early where the app does so, and closes")
    func earlyAnswer() async throws {
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.reply("too much", status: "413 Content Too Large")
            _ = try? await app.readToEnd()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send("POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n")
                for _ in 0..<10 { try await client.send(String(repeating: "x", count: 100_000)) }
                #expect(try await client.read(until: "too much").hasPrefix("HTTP/1.1 413"))
                for _ in 0..<30 { try await client.send(String(repeating: "x", count: 100_000)) }
                #expect(try await client.readToEnd() == "")
            }
        }
    }
}
