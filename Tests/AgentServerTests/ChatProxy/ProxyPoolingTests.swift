import AgentServer
import TestSupport
import Testing

@Suite("The connections to a chat app", .serialized)
struct ProxyPoolingTests {
    private static let get = "GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let post = "POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody"

    @Test("carry one exchange after the other")
    func reused() async throws {
        try await RawUpstream.withProxy { app, number in
            while try await !app.readHead().isEmpty { try await app.reply("by \(number);") }
        } _: { port in
            try await RawClient.with(port: port) { client in
                for _ in 0..<3 {
                    try await client.send(Self.get)
                    #expect(try await client.read(until: ";").hasSuffix("by 0;"))
                }
            }
        }
    }

    @Test("carry no further exchange where the app says so", arguments: ["1.1", "1.0"])
    func closed(version: String) async throws {
        try await RawUpstream.withProxy { app, number in
            _ = try await app.readHead()
            let header = version == "1.1" ? "Connection: close\r\n" : ""
            try await app.send("HTTP/\(version) 200 OK\r\n\(header)Content-Length: 5\r\n\r\nby \(number);")
            _ = try? await app.readToEnd()
        } _: { port in
            try await RawClient.with(port: port) { client in
                for number in 0..<3 {
                    try await client.send(Self.get)
                    #expect(try await client.read(until: ";").hasSuffix("by \(number);"))
                }
            }
        }
    }

    @Test("carry requests that a client sends without waiting for answers, bodies too")
    func pipelined() async throws {
        try await RawUpstream.withProxy { app, _ in
            while true {
                let head = try await app.readHead()
                if head.isEmpty { break }
                let body = head.hasPrefix("post") ? try await app.read(until: "body") : "none"
                try await app.reply("\(body);")
            }
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get + Self.post + Self.post + Self.get)
                for body in ["none", "body", "body", "none"] {
                    #expect(try await client.read(until: ";").hasSuffix("\r\n\r\n\(body);"))
                }
            }
        }
    }

    @Test("that the app closes unseen are replaced, where asking twice does no harm")
    func stale() async throws {
        try await RawUpstream.withProxy { app, number in
            _ = try await app.readHead()
            try await app.reply("by \(number);")
            // Closes with the next request unanswered.
            _ = try await app.readHead()
        } _: { port in
            try await RawClient.with(port: port) { client in
                for number in 0..<3 {
                    try await client.send(Self.get)
                    #expect(try await client.read(until: ";").hasSuffix("by \(number);"))
                }
            }
        }
    }

    @Test("that the app closes unseen fail a request that may have had an effect")
    func staleForPost() async throws {
        try await RawUpstream.withProxy { app, number in
            #expect(number == 0)
            _ = try await app.readHead()
            try await app.reply("by \(number);")
            _ = try await app.readHead()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                _ = try await client.read(until: ";")
                try await client.send(Self.post)
                #expect(try await client.readHead().hasPrefix("http/1.1 502"))
            }
        }
    }

    @Test("that the app closes unseen are replaced while the client still sends, and get all of its body")
    func staleForRequestUnderWay() async throws {
        let isAskedAgain = Signal()
        try await RawUpstream.withProxy { app, number in
            let head = try await app.readHead()
            if number == 0 {
                try await app.reply("by 0;")
                _ = try await app.readHead()
            } else {
                #expect(head.hasPrefix("put /api/x "))
                isAskedAgain.set()
                #expect(try await app.read(until: "0\r\n\r\n") == chunk("body") + "0\r\n\r\n")
                try await app.reply("by \(number);")
            }
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                _ = try await client.read(until: ";")
                try await client.send("PUT /api/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
                await isAskedAgain.wait()
                try await client.send(chunk("body") + "0\r\n\r\n")
                #expect(try await client.read(until: ";").hasSuffix("by 1;"))
            }
        }
    }

    @Test("are closed before the app closes them")
    func keptShortly() async throws {
        let isClosed = Signal()
        try await RawUpstream.withProxy { app, _ in
            _ = try await app.readHead()
            try await app.reply("done", headers: "Keep-Alive: timeout=1\r\n")
            _ = try? await app.readToEnd()
            isClosed.set()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                _ = try await client.read(until: "done")
                await isClosed.wait()
            }
        }
    }

    @Test("that are idle are closed when the app says something that nobody has asked for")
    func unasked() async throws {
        let isClosed = Signal()
        try await RawUpstream.withProxy { app, number in
            _ = try await app.readHead()
            try await app.reply("by \(number);", headers: "Keep-Alive: timeout=60\r\n")
            guard number == 0 else { return }
            try await app.reply("by nobody;")
            _ = try? await app.readToEnd()
            isClosed.set()
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send(Self.get)
                _ = try await client.read(until: "by 0;")
                await isClosed.wait()
                try await client.send(Self.get)
                #expect(try await client.read(until: ";").hasSuffix("by 1;"))
            }
        }
    }

    @Test("reach an app that listens on IPv6 only")
    func ipv6() async throws {
        try await RawUpstream.withProxy(host: "::1") { app, _ in
            let head = try await app.readHead()
            #expect(head.contains("\r\nhost: localhost:"))
            try await app.reply("from ::1")
        } _: { port in
            let answer = try await RawAnswer.get("/api/x", port: port)
            #expect(answer.body == "from ::1")
        }
    }
}
