import NIOCore
import NIOHTTP1
import NIOPosix
import Testing
import WebClient

@Suite("An answer that is read while it comes", .timeLimit(.minutes(5)))
struct StreamTests {
    /// Time that must not pass, on the slowest machine neither.
    private static let ample = Duration.seconds(240)
    private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// Asks a server that does as a test says.
    private static func with(
        timeout: Duration = Self.ample, pause: Duration = Self.ample,
        serve: @escaping @Sendable (ByteServer.Peer) async throws -> Void,
        _ body: @escaping @Sendable (WebClient, WebRequest) async throws -> Void
    ) async throws {
        let server = try await ByteServer()
        let client = try WebClient(on: MultiThreadedEventLoopGroup.singleton.next())
        let address = try #require(WebAddress("http://127.0.0.1:\(server.port)/"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await peer in server.peers {
                    try await serve(peer)
                    return
                }
            }
            try await body(client, WebRequest(.POST, address, isRepeatable: false))
            // Whoever asks may have given up before there was a connection.
            group.cancelAll()
            try await group.waitForAll()
        }
        client.close()
        try await server.stop()
    }

    /// Sends one piece, and then nothing until the client has gone.
    private static let oneAndNoMore: @Sendable (ByteServer.Peer) async throws -> Void = { peer in
        try await peer.send(head + "3\r\none\r\n")
        try await peer.closed.get()
    }

    private static func text(_ piece: ByteBuffer?) -> String? { piece.map { String(buffer: $0) } }

    @Test("comes piece by piece, to its end")
    func pieces() async throws {
        try await Self.with { peer in
            try await peer.send(Self.head + "3\r\none\r\n")
            try await peer.send("3\r\ntwo\r\n0\r\n\r\n")
        } _: { client, request in
            let stream = try await client.stream(request, timeout: Self.ample, pause: Self.ample)
            #expect(stream.status == 200)
            var all = ""
            while let piece = try await stream.next() { all += String(buffer: piece) }
            #expect(all == "onetwo")
            #expect(try await stream.next() == nil)
        }
    }

    @Test("that breaks off has what came, and then says so")
    func broken() async throws {
        try await Self.with { peer in
            try await peer.send(Self.head + "3\r\none\r\n5\r\ntw")
            try await peer.close()
        } _: { client, request in
            let stream = try await client.stream(request, timeout: Self.ample, pause: Self.ample)
            let failure = try await #require(throws: WebFailure.self) {
                while try await stream.next() != nil {}
            }
            #expect(failure.kind == .closed)
        }
    }

    @Test("that does not begin is given up in time")
    func silent() async throws {
        try await Self.with { peer in
            try await peer.closed.get()
        } _: { client, request in
            let failure = try await #require(throws: WebFailure.self) {
                _ = try await client.stream(request, timeout: .milliseconds(50), pause: Self.ample)
            }
            #expect(failure.kind == .timeout)
        }
    }

    @Test("that stops is given up in time")
    func stalled() async throws {
        try await Self.with(serve: Self.oneAndNoMore) { client, request in
            let stream = try await client.stream(request, timeout: Self.ample, pause: .milliseconds(50))
            #expect(Self.text(try await stream.next()) == "one")
            let failure = try await #require(throws: WebFailure.self) { _ = try await stream.next() }
            #expect(failure.kind == .timeout)
        }
    }

    @Test("that goes on and on has an end in time")
    func endless() async throws {
        try await Self.with { peer in
            // The end may come before the beginning.
            try? await peer.send(Self.head)
            while (try? await peer.send("3\r\none\r\n")) != nil { await Task.yield() }
        } _: { client, request in
            let failure = try await #require(throws: WebFailure.self) {
                let stream = try await client.stream(
                    request, timeout: Self.ample, pause: Self.ample, until: .now() + .milliseconds(100)
                )
                while try await stream.next() != nil {}
            }
            #expect(failure.kind == .timeout)
        }
    }

    @Test("that nobody wants any more has its connection closed", arguments: [true, false])
    func cancelled(byTask: Bool) async throws {
        try await Self.with(serve: Self.oneAndNoMore) { client, request in
            let stream = try await client.stream(request, timeout: Self.ample, pause: Self.ample)
            #expect(Self.text(try await stream.next()) == "one")
            if byTask {
                let reader = Task { try await stream.next() }
                reader.cancel()
                let failure = try await #require(throws: WebFailure.self) { _ = try await reader.value }
                #expect(failure.kind == .cancelled)
            } else {
                stream.cancel()
            }
        }
    }

    @Test("that is let go while nobody reads has its connection closed")
    func letGo() async throws {
        let chunk = String(repeating: "x", count: 64 * 1024)
        let closed = AsyncStream.makeStream(of: Void.self)
        try await Self.with { peer in
            try await peer.send(Self.head)
            // More than is read ahead; what is not taken any more fails at the end.
            for _ in 0..<64 { try? await peer.send("10000\r\n\(chunk)\r\n") }
            try await peer.closed.get()
            closed.continuation.finish()
        } _: { client, request in
            do {
                let stream = try await client.stream(request, timeout: Self.ample, pause: Self.ample)
                _ = try await stream.next()
            }
            for await _ in closed.stream {}
        }
    }

    @Test("has the pause that it is given later")
    func laterPause() async throws {
        try await Self.with(serve: Self.oneAndNoMore) { client, request in
            let stream = try await client.stream(request, timeout: Self.ample, pause: Self.ample)
            #expect(Self.text(try await stream.next()) == "one")
            stream.setPause(.milliseconds(50))
            let failure = try await #require(throws: WebFailure.self) { _ = try await stream.next() }
            #expect(failure.kind == .timeout)
        }
    }

    @Test("that nobody reads is not read from the connection without bound, and comes whole later")
    func bounded() async throws {
        let size = 8 << 20
        let chunk = String(repeating: "x", count: 64 * 1024)
        try await Self.with { peer in
            try await peer.send(Self.head)
            for _ in 0..<(size / chunk.utf8.count) { try await peer.send("10000\r\n\(chunk)\r\n") }
            try await peer.send("0\r\n\r\n")
        } _: { client, request in
            let stream = try await client.stream(request, timeout: Self.ample, pause: Self.ample)
            var count = 0
            while let piece = try await stream.next() {
                count += piece.readableBytes
                // Slower than what is sent.
                await Task.yield()
            }
            #expect(count == size)
        }
    }
}
