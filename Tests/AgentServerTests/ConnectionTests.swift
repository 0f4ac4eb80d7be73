import AgentServer
import NIOPosix
import TestSupport
import Testing

@Suite("A connection", .serialized)
struct ConnectionTests {
    @Test("carries several requests, one after the other and pipelined")
    func keptAlive() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            try await RawClient.with(port: port) { client in
                for name in ["a", "b"] {
                    try await client.send(post(userMessage(name).description))
                    #expect(try await client.read(until: "}]}").contains("Hello, \(name)"))
                }
                try await client.send(post(userMessage("c").description) + post(userMessage("d").description))
                #expect(try await client.read(until: "}]}").contains("Hello, c"))
                #expect(try await client.read(until: "}]}").contains("Hello, d"))
            }
        }
    }

    @Test("carries a stream in chunks and then the next request")
    func stream() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            try await RawClient.with(port: port) { client in
                var body = userMessage("x").objectValue ?? [:]
                body["stream"] = true
                try await client.send(post(JSON.object(body).description))
                let head = try await client.read(until: "\r\n\r\n").lowercased()
                #expect(head.contains("transfer-encoding: chunked"))
                #expect(head.contains("content-type: text/event-stream; charset=utf-8"))
                #expect(try await client.read(until: "0\r\n\r\n").contains("data: [DONE]\n\n"))
                try await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await client.read(until: "healthy").contains("200 OK"))
            }
        }
    }

    @Test("speaks HTTP/1.0 with those who do: no chunks, and it closes")
    func legacy() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let body = #"{"input": [{"role": "user", "content": "x"}], "stream": true}"#
            let answer = try await RawClient.with(port: port) { client in
                try await client.send(
                    "POST /invocations HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.0 200"))
            #expect(!answer.lowercased().contains("chunked"))
            #expect(answer.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("speaks the version of the request that it answers, whatever comes behind that")
    func versions() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let body = #"{"input": [{"role": "user", "content": "x"}], "stream": true}"#
            func post(_ version: String) -> String {
                "POST /invocations HTTP/\(version)\r\nHost: localhost\r\nConnection: keep-alive\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            let legacy = try await RawClient.with(port: port) { client in
                try await client.send(post("1.0") + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(legacy.hasPrefix("HTTP/1.0 200"))
            #expect(legacy.hasSuffix("data: [DONE]\n\n"))
            let both = try await RawClient.with(port: port) { client in
                try await client.send(post("1.1") + "GET /health HTTP/1.0\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(both.hasPrefix("HTTP/1.1 200"))
            #expect(both.contains("data: [DONE]\n\n\r\n0\r\n\r\nHTTP/1.0 200 OK\r\n"))
        }
    }

    @Test("that the client closes cancels the agent", arguments: [false, true])
    func clientLeaves(isStream: Bool) async throws {
        let started = Signal()
        let cancelled = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("first")
            started.set()
            try await waitForCancellation(telling: cancelled)
        }
        try await withLiveServer(agent) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(post(#"{"input": [], "stream": \#(isStream)}"#))
                await started.wait()
            }
            await cancelled.wait()
        }
    }

    @Test("is told to go on where it asked before sending its body")
    func expectContinue() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            try await RawClient.with(port: port) { client in
                let request = post(userMessage("x").description, headers: "Expect: 100-continue\r\n")
                let end = try #require(request.firstRange(of: "\r\n\r\n")).upperBound
                try await client.send(String(request[..<end]))
                #expect(try await client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
                try await client.send(String(request[end...]))
                #expect(try await client.read(until: "}]}").contains("Hello, x"))
            }
        }
    }

    @Test(
        "gets an answer to what is no HTTP, and closes",
        arguments: [
            "nonsense\r\n\r\n", "GET /hea lth HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n{}",
            "POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
            "POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            "\u{0}\u{1}\u{2}\u{3}\r\n\r\n",
        ])
    func garbage(bytes: String) async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send(bytes)
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 400"))
            #expect(answer.lowercased().contains("x-request-id: "))
        }
    }

    @Test("is refused when its headers are too large")
    func headers() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answer = try await RawClient.with(port: port) { client in
                let long = String(repeating: "v", count: 40_000)
                try await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nx-long: \(long)\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 431"))
        }
    }

    @Test(
        "is refused when its request does not arrive in time",
        arguments: [
            "GET /health HTTP/1.1\r\nHost: lo",
            "POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        ])
    func slow(bytes: String) async throws {
        var configuration = AgentServer.Configuration()
        configuration.limits.arrivalTime = .milliseconds(100)
        try await withLiveServer(ClosureAgent(), configuration: configuration) { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send(bytes)
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test("ends when nobody uses it for long")
    func idle() async throws {
        var configuration = AgentServer.Configuration()
        // Long enough for a busy machine to send the request first.
        configuration.limits.idleTime = .seconds(1)
        try await withLiveServer(ClosureAgent(), configuration: configuration) { port in
            try await RawClient.with(port: port) { client in
                try await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await client.readToEnd().contains("healthy"))
            }
        }
    }

    @Test("gets to read the refusal of a body that is too large, and closes", arguments: [true, false])
    func largeBody(isChunked: Bool) async throws {
        var configuration = AgentServer.Configuration()
        configuration.limits.bodyBytes = 10_000
        try await withLiveServer(ClosureAgent(), configuration: configuration) { port in
            let answer = try await RawClient.with(port: port) { client in
                let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 2000000"
                try await client.send("POST /invocations HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n\r\n")
                let piece = String(repeating: "x", count: 100_000)
                for _ in 0..<20 {
                    try await client.send(isChunked ? "186a0\r\n\(piece)\r\n" : piece)
                }
                if isChunked { try await client.send("0\r\n\r\n") }
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("larger than 10000 bytes"))
        }
    }

    @Test("that breaks off within a body never reaches the agent", arguments: [true, false])
    func brokenOff(isChunked: Bool) async throws {
        let ran = Signal()
        let agent = ClosureAgent { request, response in
            if request.lastUserText == "cut" { Issue.record("the agent ran") }
            ran.set()
            try await response.text("x")
        }
        try await withLiveServer(agent) { port in
            let whole = userMessage("cut").description
            try await RawClient.with(port: port) { client in
                let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(whole.utf8.count + 1)"
                let piece = isChunked ? "\(String(whole.utf8.count, radix: 16))\r\n\(whole)\r\n" : whole
                try await client.send("POST /invocations HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n\r\n\(piece)")
            }
            try await RawClient.with(port: port) { client in
                try await client.send(post(userMessage("next").description))
                #expect(try await client.read(until: "}]}").contains("200 OK"))
            }
            await ran.wait()
        }
    }

    @Test("carries a large answer to its end, to a client that wants the connection closed")
    func largeAnswer() async throws {
        let size = 4 << 20
        let agent = ClosureAgent { _, response in
            try await response.text(String(repeating: "x", count: size))
        }
        try await withLiveServer(agent) { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send(post(userMessage("x").description, headers: "Connection: close\r\n"))
                return try await client.readToEnd()
            }
            #expect(answer.utf8.count > size)
            #expect(answer.hasSuffix("}]}"))
        }
    }

    @Test("ends when its client leaves an answer unread, and its agent with it")
    func stalled() async throws {
        var configuration = AgentServer.Configuration()
        configuration.limits.stallTime = .milliseconds(100)
        let cancelled = Signal()
        let agent = ClosureAgent { _, response in
            do {
                while true { try await response.text(String(repeating: "x", count: 1 << 16)) }
            } catch {
                cancelled.set()
                throw error
            }
        }
        try await withLiveServer(agent, configuration: configuration) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(post(#"{"input": [], "stream": true}"#))
                // Nothing is read: the client's buffers and the server's fill up.
                await cancelled.wait()
            }
        }
    }

    @Test(
        "closes after the answer where the client says so, in whatever form",
        arguments: ["Connection: Close", "Connection: TE, close", "Connection: keep-alive\r\nConnection: close"]
    )
    func clientCloses(header: String) async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(answer.lowercased().contains("connection: close"))
            #expect(answer.hasSuffix(#"{"status":"healthy"}"#))
        }
    }

    @Test("says that it closes in its last answer only")
    func lastAnswer() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answers = try await RawClient.with(port: port) { client in
                let get = "GET /health HTTP/1.1\r\nHost: localhost\r\n"
                try await client.send(post(userMessage("a").description) + get + "Connection: close\r\n\r\n")
                return try await client.readToEnd().lowercased()
            }
            let first = try #require(answers.firstRange(of: "}]}"))
            #expect(!answers[..<first.lowerBound].contains("connection: close"))
            #expect(answers[first.upperBound...].contains("connection: close"))
            #expect(answers.hasSuffix(#"{"status":"healthy"}"#))
        }
    }

    @Test(
        "answers a large request that leads nowhere, and closes where it should",
        arguments: [("1.1", "Connection: close\r\n"), ("1.0", ""), ("1.1", "")]
    )
    func earlyAnswer(version: String, header: String) async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answer = try await RawClient.with(port: port) { client in
                let size = 5_000_000
                try await client.send(
                    "POST /nope HTTP/\(version)\r\nHost: localhost\r\n\(header)Content-Length: \(size)\r\n\r\n"
                )
                let piece = String(repeating: "x", count: 100_000)
                for _ in 0..<50 { try await client.send(piece) }
                return header.isEmpty && version == "1.1"
                    ? try await client.read(until: "Not Found\"}") : try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/\(version) 404"))
            #expect(answer.hasSuffix(#"{"detail":"Not Found"}"#))
        }
    }

    @Test("closes after a request to change the protocol, which is answered as any other")
    func upgrade() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answer = try await RawClient.with(port: port) { client in
                let headers = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
                try await client.send(post(userMessage("x").description, headers: headers))
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.contains("Hello, x"))
        }
    }

    @Test("refuses a body whose chunks are none")
    func badChunks() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answer = try await RawClient.with(port: port) { client in
                let head = "POST /invocations HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                try await client.send(head + "2\r\n{}\r\nzz\r\n")
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test("gives its place back before the client has the answer")
    func sequential() async throws {
        var configuration = AgentServer.Configuration()
        configuration.limits.concurrentRequests = 1
        try await withLiveServer(ClosureAgent(), configuration: configuration) { port in
            try await RawClient.with(port: port) { client in
                for number in 0..<200 {
                    try await client.send(post(userMessage("\(number)").description))
                    #expect(try await client.read(until: "}]}]}").contains("200 OK"))
                }
            }
        }
    }

    @Test("answers HEAD without a body")
    func head() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.lowercased().contains("content-length: 20"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("runs an agent that asked for it on its own event loop")
    func onTheLoop() async throws {
        let agent = ClosureAgent(execution: .connection) { _, response in
            let before = isOnEventLoop()
            await Task.yield()
            try await response.text(before && isOnEventLoop() ? "from the loop" : "from elsewhere")
        }
        try await withLiveServer(agent) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(post(userMessage("x").description))
                #expect(try await client.read(until: "}]}").contains("from the loop"))
            }
        }
    }
}

private func isOnEventLoop() -> Bool { MultiThreadedEventLoopGroup.currentEventLoop != nil }
