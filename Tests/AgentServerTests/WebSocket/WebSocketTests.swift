import Synchronization
import TestSupport
import Testing

@testable import AgentServer

@Suite("A WebSocket", .serialized)
struct WebSocketTests {
    @Test("carries texts of all sizes both ways")
    func echo() async throws {
        try await WebSocketServer.with { server in
            try await server.open { client in
                for size in [0, 1, 125, 126, 65535, 65536, 1 << 20] {
                    let text = RawFrame.text(String(repeating: "é", count: size / 2) + (size % 2 == 0 ? "" : "x"))
                    try await client.send(text)
                    #expect(try await client.nextFrame() == text)
                }
                try await client.send(RawFrame(2, [1, 2, 3]))
                #expect(try await client.nextFrame() == .text("3 bytes"))
            }
        }
    }

    @Test("puts fragments together, with a ping among them, byte by byte")
    func fragments() async throws {
        try await WebSocketServer.with { server in
            try await server.open { client in
                let frames: [RawFrame] = [
                    .text("a", isLast: false), .ping("!"), .more("b", isLast: false), .more("c"),
                ]
                for byte in frames.flatMap({ $0.masked() }) { try await client.send([byte]) }
                #expect(try await client.nextFrame() == .pong("!"))
                #expect(try await client.nextFrame() == .text("abc"))
            }
        }
    }

    @Test("keeps the order of what is sent in one go and from several tasks")
    func order() async throws {
        try await WebSocketServer.with { _, socket in
            await withTaskGroup { group in
                for name in ["a", "b"] {
                    group.addTask {
                        for number in 0..<5000 { try? await socket.send(text: Array("\(name)\(number)".utf8)) }
                    }
                }
            }
        } _: { server in
            try await server.open { client in
                var counts = ["a": 0, "b": 0]
                for _ in 0..<10_000 {
                    let text = try await client.nextFrame().map { String(decoding: $0.payload, as: UTF8.self) } ?? ""
                    let name = String(text.prefix(1))
                    #expect(text == "\(name)\(counts[name] ?? -1)")
                    counts[name, default: 0] += 1
                }
                #expect(try await client.nextFrame() == .close(1000))
            }
        }
    }

    @Test(
        "is checked by its limits, and closes with a reason",
        arguments: [
            (RawFrame(1, Array(repeating: 0x61, count: 2001)).masked(), 1009),
            (RawFrame(1, [0xFF]).masked(), 1007),
            (RawFrame.text("x").unmasked, 1002),
            (Array("garbage\r\n\r\n".utf8), 1002),
            (RawFrame.close(1005).masked(), 1002),
        ] as [([UInt8], UInt16)])
    func violations(bytes: [UInt8], code: UInt16) async throws {
        let ended = Signal()
        try await WebSocketServer.with { _, socket in
            #expect(await socket.receive() == .text(Array("before".utf8)))
            #expect(await socket.receive() == nil)
            #expect(Task.isCancelled)
            await #expect(throws: WebSocket.Closed.self) { try await socket.send(text: Array("x".utf8)) }
            ended.set()
        } change: {
            $0.limits.bodyBytes = 2000
        } _: { server in
            try await server.open(closesHalf: true) { client in
                // What follows is read and dropped, so that the goodbye arrives.
                try await client.send(RawFrame.text("before").masked() + bytes + Array(repeating: 0, count: 1 << 20))
                let last = try await client.nextFrame()
                #expect(last?.closeCode == code)
                #expect(last.map { $0.payload.count > 2 } == true)
                #expect(try await client.nextFrame() == nil)
            }
            await ended.wait()
        }
    }

    @Test("answers pings, and of a flood of them as many as the client reads")
    func pings() async throws {
        try await WebSocketServer.with { server in
            try await server.open { client in
                let block = (0..<1000).flatMap { _ in RawFrame.ping(String(repeating: "-", count: 125)).masked() }
                // Many times what the buffers between the two hold.
                for _ in 0..<300 { try await client.send(block) }
                try await client.send(RawFrame.ping("last"))
                var answers = 1
                while let frame = try await client.nextFrame(), frame != .pong("last") { answers += 1 }
                #expect(answers < 300_000)
                try await client.send(RawFrame.text("x"))
                #expect(try await client.nextFrame() == .text("x"))
            }
        }
    }

    // MARK: The end

    @Test("answers a goodbye with its own code, and closes", arguments: [1000, 1001, 3000, 4999, nil] as [UInt16?])
    func goodbye(code: UInt16?) async throws {
        let ended = Signal()
        try await WebSocketServer.with { exchange, socket in
            exchange.client.whenGone { ended.set() }
            #expect(await socket.receive() == nil)
        } _: { server in
            try await server.open { client in
                let goodbye = code.map { RawFrame.close($0) } ?? RawFrame(8)
                try await client.send(code.map { RawFrame.close($0, "bye") } ?? goodbye)
                #expect(try await client.nextFrame() == goodbye)
                #expect(try await client.nextFrame() == nil)
            }
            await ended.wait()
        }
    }

    @Test("says goodbye for its handler, behind what was sent, and waits for the client's")
    func closed() async throws {
        let ended = Signal()
        try await WebSocketServer.with { _, socket in
            try? await socket.send(text: Array("last".utf8))
            await socket.close(code: .policyViolation, reason: "because")
            #expect(await socket.receive() == nil)
            ended.set()
        } _: { server in
            try await server.open { client in
                try await client.send(RawFrame.text("nobody receives this"))
                #expect(try await client.nextFrame() == .text("last"))
                #expect(try await client.nextFrame() == .close(1008, "because"))
                try await client.send(.text("nor this"), .close(1008))
                #expect(try await client.nextFrame() == nil)
            }
            await ended.wait()
        }
    }

    @Test("says goodbye when its handler returns, and waits for no answer for long")
    func returned() async throws {
        try await WebSocketServer.with { _, _ in
        } change: {
            $0.limits.webSocket.closeTime = .milliseconds(50)
        } _: { server in
            try await server.open { client in
                let goodbye = try await client.nextFrame()
                #expect(goodbye == .close(1000))
                #expect(try await client.nextFrame() == nil)
            }
        }
    }

    @Test("ends when the client closes without a goodbye, wholly or half", arguments: [true, false])
    func leaving(half: Bool) async throws {
        let ended = Signal()
        let gone = Signal()
        try await WebSocketServer.with { exchange, socket in
            exchange.client.whenGone { gone.set() }
            _ = await socket.receive()
            try? await waitForCancellation(telling: ended)
        } _: { server in
            try await server.open(closesHalf: half) { client in
                try await client.send(RawFrame.text("x"))
                // Within a message.
                try await client.send(Array(RawFrame.text("xyz").masked().prefix(7)))
                if half {
                    client.finish()
                    #expect(try await client.nextFrame() == nil)
                }
            }
            await ended.wait()
            await gone.wait()
        }
    }

    @Test("ends while the pipeline changes, and does no harm", .timeLimit(.minutes(5)))
    func leavingEarly() async throws {
        try await WebSocketServer.with { server in
            for number in 0..<200 {
                try? await RawClient.with(port: server.port, closesHalf: true) { client in
                    try await client.send(WebSocketServer.handshake())
                    if number % 2 == 0 { try await client.send(RawFrame.close(1000)) }
                    if number % 3 == 0 { client.finish() }
                    if number % 5 == 0 { _ = try await client.readHead() }
                }
            }
            let health = try await RawAnswer.get("/health", port: server.port)
            #expect(health.status == 200)
        }
    }

    // MARK: Back pressure

    @Test("reads no more than its handler receives, and then goes on")
    func inbound() async throws {
        let count = 60
        try await WebSocketServer.with { _, socket in
            await becomesTrue { socket.state.withLock { $0.isReadHeld } }
            #expect(socket.state.withLock { $0.inbox.count } <= WebSocketLimits().waitingMessages)
            for number in 0..<count {
                guard case .text(let bytes) = await socket.receive() else { break }
                #expect(bytes.starts(with: "\(number) ".utf8))
            }
            try? await socket.send(text: Array("all".utf8))
        } _: { server in
            try await server.open { client in
                let padding = String(repeating: "x", count: 64 * 1024)
                for number in 0..<count { try await client.send(RawFrame.text("\(number) \(padding)")) }
                #expect(try await client.nextFrame() == .text("all"))
            }
        }
    }

    @Test("keeps no more small messages than it should, from one read")
    func inboundSmall() async throws {
        let count = 20_000
        try await WebSocketServer.with { _, socket in
            await becomesTrue { socket.state.withLock { $0.isReadHeld } }
            var sum = 0
            while sum < count, await socket.receive() != nil {
                #expect(socket.state.withLock { $0.inbox.count } <= WebSocketLimits().waitingMessages)
                sum += 1
            }
            try? await socket.send(text: Array("\(sum)".utf8))
        } _: { server in
            try await server.open { client in
                try await client.send((0..<count).flatMap { _ in RawFrame.text("x").masked() })
                #expect(try await client.nextFrame() == .text("\(count)"))
            }
        }
    }

    @Test("closes on a client that does not read, and sends no more than that has read")
    func stalled() async throws {
        let ended = Signal()
        let sent = Counter()
        try await WebSocketServer.with { _, socket in
            let piece = Array(repeating: UInt8(ascii: "x"), count: 64 * 1024)
            while (try? await socket.send(text: piece)) != nil { sent.add(piece.count) }
            ended.set()
        } change: {
            $0.limits.stallTime = .milliseconds(100)
        } _: { server in
            try await server.open { _ in await ended.wait() }
        }
        #expect(sent.value < 48 << 20)
    }

    // MARK: Silence

    @Test("asks a silent client for a sign of life, again and again")
    func pinged() async throws {
        try await WebSocketServer.with(WebSocketServer.echo) {
            $0.limits.webSocket.pingInterval = .milliseconds(20)
        } _: { server in
            try await server.open { client in
                for _ in 0..<3 {
                    #expect(try await client.nextFrame() == .ping(""))
                    try await client.send(RawFrame.pong(""))
                }
            }
        }
    }

    @Test("closes on a client that gives none")
    func silent() async throws {
        let ended = Signal()
        try await WebSocketServer.with { _, socket in
            #expect(await socket.receive() == nil)
            ended.set()
        } change: {
            $0.limits.webSocket.pingInterval = .milliseconds(20)
            $0.limits.webSocket.silenceTime = .milliseconds(100)
        } _: { server in
            try await server.open { client in
                let ping = try await client.nextFrame()
                #expect(ping == .ping(""))
                #expect(try await client.nextFrame() == nil)
            }
            await ended.wait()
        }
    }

    @Test("leaves nothing behind", .timeLimit(.minutes(5)))
    func released() async throws {
        let left = Weak()
        try await WebSocketServer.with { _, socket in
            left.socket.withLock { $0 = { [weak socket] in socket != nil } }
            _ = await socket.receive()
        } _: { server in
            try await server.open { client in
                try await client.send(.ping("x"), .text("y"))
                _ = try await client.nextFrame()
            }
            await becomesTrue { left.socket.withLock { $0.map { !$0() } ?? false } }
        }
    }

    @Test("is served over HTTPS")
    func secure() async throws {
        try await TLS.with { tls in
            try await WebSocketServer.with(WebSocketServer.echo) {
                $0.tls.certificateFile = tls.certificateFile
                $0.tls.keyFile = tls.keyFile
            } _: { server in
                let client = try tls.python(
                    server.port, protocols: ["http/1.1"], argument: WebSocketServer.handshake(),
                    """
                    connection.sendall(argument.encode())
                    received = b""
                    def read(count):
                        global received
                        while len(received) < count:
                            piece = connection.recv(65536)
                            if not piece: break
                            received += piece
                        taken, received = received[:count], received[count:]
                        return taken
                    head = b""
                    while not head.endswith(b"\\r\\n\\r\\n"): head += read(1)
                    print(head.split(b" ")[1].decode())
                    connection.sendall(bytes([0x81, 0x82, 0, 0, 0, 0]) + b"hi")
                    print(read(4)[2:].decode())
                    connection.sendall(bytes([0x83, 0x80, 0, 0, 0, 0]))
                    head = read(2)
                    print(int.from_bytes(read(head[1])[:2], "big"))
                    print(len(read(1)))
                    """
                )
                let outcome = await client.outcome()
                #expect(outcome.standardOutput == "101\nhi\n1002\n0\n")
            }
        }
    }
}

/// Tells whether a socket is still there.
private final class Weak: Sendable {
    let socket = Mutex<(@Sendable () -> Bool)?>(nil)
}
