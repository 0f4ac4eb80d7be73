import TestSupport
import Testing

@testable import AgentServer

@Suite("A WebSocket of a server that ends", .serialized)
struct WebSocketDrainTests {
    @Test("closes when the server drains, at once where no turn is under way", arguments: [true, false])
    func drainIdle(retires: Bool) async throws {
        try await WebSocketServer.with { server in
            try await server.open { client in
                try await client.send(RawFrame.text("x"))
                #expect(try await client.nextFrame() == .text("x"))
                await server.drain(retires ? .retiring : .stopping)
                #expect(try await client.nextFrame()?.closeCode == 1001)
                try await client.send(RawFrame.close(1001))
                #expect(try await client.nextFrame() == nil)
            }
            await server.end(atOnce: false)
        }
    }

    @Test("lets a turn come to its end when the server drains")
    func drainBusy() async throws {
        let started = Signal()
        try await WebSocketServer.with { _, socket in
            _ = await socket.receive()
            started.set()
            await becomesTrue { socket.isDraining }
            try? await socket.send(text: Array("done".utf8))
            #expect(await socket.receive() == nil)
        } _: { server in
            try await server.open { client in
                try await client.send(.text("one"), .text("two"))
                await started.wait()
                await server.drain(.stopping)
                #expect(try await client.nextFrame() == .text("done"))
                #expect(try await client.nextFrame()?.closeCode == 1001)
            }
        }
    }

    @Test("ends with the server, whatever its handler is at")
    func stop() async throws {
        let started = Signal()
        let cancelled = Signal()
        try await WebSocketServer.with { _, _ in
            started.set()
            try? await waitForCancellation(telling: cancelled)
        } _: { server in
            try await server.open { client in
                await started.wait()
                await server.drain(.stopping)
                await server.end(atOnce: true)
                let frame = try await client.nextFrame()
                #expect(frame == nil)
            }
            await cancelled.wait()
        }
    }

    @Test("closes many when the server drains")
    func drainMany() async throws {
        try await WebSocketServer.with { server in
            let count = 200
            let opened = Signal()
            let sum = Counter()
            try await withThrowingTaskGroup(of: UInt16?.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        try await server.open { client in
                            sum.add(1)
                            if sum.value == count { opened.set() }
                            return try await client.nextFrame()?.closeCode
                        }
                    }
                }
                await opened.wait()
                await server.drain(.stopping)
                for try await code in group { #expect(code == 1001) }
            }
        }
    }
}
