import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebClient

@testable import AgentServer

@Suite("The frames of a stream")
struct FrameStreamTests {
    private func stream(mark: Int = 1 << 20) -> FrameStream {
        FrameStream(call: MLflowCall(isPlain: true, traceID: nil), mark: mark)
    }

    private func event(_ number: Int) -> AgentOutput {
        .event(["n": .number(JSONNumber(number))])
    }

    @Test("that are queued go out as one buffer")
    func coalesced() async throws {
        let frames = stream()
        for number in 1...3 { try frames.enqueue(event(number)) }
        let first = await frames.next().map { String(buffer: $0) }
        #expect(first == "data: {\"n\": 1}\n\ndata: {\"n\": 2}\n\ndata: {\"n\": 3}\n\n")
        try frames.enqueue(event(4))
        frames.finish()
        let last = await frames.next().map { String(buffer: $0) }
        #expect(last == "data: {\"n\": 4}\n\ndata: [DONE]\n\n")
        #expect(await frames.next() == nil)
    }

    @Test("that are written before a reader gets to run that waits go out as one buffer, too")
    func coalescedForReader() async throws {
        let frames = stream()
        // One thread for both.
        try await withTaskExecutorPreference(LoopExecutor(MultiThreadedEventLoopGroup.singleton.next())) {
            async let next = frames.next()
            try await waitWhile { !frames.waiting.reader }
            for number in 1...2 { try frames.enqueue(event(number)) }
            #expect(await next.map { String(buffer: $0) } == "data: {\"n\": 1}\n\ndata: {\"n\": 2}\n\n")
        }
    }

    @Test("are awaited, ready, or have ended")
    func supply() async throws {
        let frames = stream()
        #expect(frames.supply == .awaited)
        try frames.enqueue(event(1))
        #expect(frames.supply == .ready)
        _ = await frames.next()
        #expect(frames.supply == .awaited)
        frames.finish()
        #expect(frames.supply == .ready)
        _ = await frames.next()
        #expect(frames.supply == .ended)
    }

    @Test("reach a reader that waits, each at once")
    func immediate() async throws {
        let frames = stream()
        for number in 1...100 {
            async let next = frames.next()
            try await waitWhile { !frames.waiting.reader }
            try frames.enqueue(event(number))
            #expect(await next.map { String(buffer: $0) } == "data: {\"n\": \(number)}\n\n")
        }
    }

    @Test("make the agent wait when nobody takes them, and let it go on when somebody does")
    func backPressure() async throws {
        let frames = stream(mark: 100)
        try await confirmation { wrote in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 1...1000 {
                        try frames.enqueue(event(number))
                        try await frames.waitForRoom()
                    }
                    wrote()
                    frames.finish()
                }
                var largest = 0
                while let buffer = await frames.next() { largest = max(largest, buffer.readableBytes) }
                // The mark, one frame over it, and the end.
                #expect(largest < 100 + 40 + 20)
                try await group.waitForAll()
            }
        }
    }

    @Test("are bounded in all")
    func limit() throws {
        let frames = FrameStream(call: MLflowCall(isPlain: true, traceID: nil), limit: 100)
        #expect(throws: AgentError.self) {
            for number in 1...100 { try frames.enqueue(event(number)) }
        }
        #expect(throws: AgentError.self) { try frames.enqueue(event(1)) }
    }

    @Test("end for the agent when the client has gone")
    func abandoned() async throws {
        let frames = stream(mark: 10)
        try frames.enqueue(event(1))
        let waiting = Task { try await frames.waitForRoom() }
        try await waitWhile { frames.waiting.writers == 0 }
        frames.abandon()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(throws: CancellationError.self) { try frames.enqueue(event(2)) }
        #expect(await frames.next() == nil)
    }

    @Test("free an agent that waits when the stream is ended from outside")
    func failedWhileWaiting() async throws {
        let frames = stream(mark: 10)
        try frames.enqueue(event(1))
        let waiting = Task { try await frames.waitForRoom() }
        try await waitWhile { frames.waiting.writers == 0 }
        frames.finish(.failed(AgentError("too late")))
        await #expect(throws: CancellationError.self) { try await waiting.value }
        let text = await frames.next().map { String(buffer: $0) }
        #expect(text?.hasSuffix("data: {\"error\": \"too late\"}\n\ndata: [DONE]\n\n") == true)
        #expect(await frames.next() == nil)
    }

    @Test("are abandoned when the reader's task is cancelled")
    func cancelledReader() async throws {
        let frames = stream()
        let reader = Task { await frames.next() }
        try await waitWhile { !frames.waiting.reader }
        reader.cancel()
        #expect(await reader.value == nil)
        #expect(throws: CancellationError.self) { try frames.enqueue(event(1)) }
    }

    @Test("are not waited for beyond a deadline")
    func deadline() async throws {
        let frames = stream(mark: 1)
        try frames.enqueue(event(1))
        await #expect(throws: CancellationError.self) { try await frames.waitForRoom(until: .now) }
        await #expect(throws: CancellationError.self) { try await frames.waitForRoom(until: .now + .milliseconds(20)) }
        #expect(frames.waiting.writers == 0)
        let writer = Task { try await frames.waitForRoom(until: .now + .seconds(3_600)) }
        try await waitWhile { frames.waiting.writers == 0 }
        _ = await frames.next()
        try await writer.value
    }

    @Test("get a comment between them when it is quiet for long, and only then")
    func keepAlive() async throws {
        let start = ContinuousClock.now
        let frames = FrameStream(call: MLflowCall(isPlain: true, traceID: nil), now: start)
        let interval = Duration.seconds(15)
        frames.keepAlive(after: interval, now: start + .seconds(14))
        frames.keepAlive(after: interval, now: start + .seconds(15))
        #expect(await frames.next().map { String(buffer: $0) } == ": keep-alive\n\n")
        // What waits to be sent is not added to.
        frames.keepAlive(after: interval, now: start + .seconds(30))
        frames.keepAlive(after: interval, now: start + .seconds(60))
        #expect(await frames.next().map { String(buffer: $0) } == ": keep-alive\n\n")
        // An event in between starts the time anew.
        try frames.enqueue(event(1))
        frames.keepAlive(after: interval, now: start + .seconds(70))
        _ = await frames.next()
        frames.keepAlive(after: interval, now: start + .seconds(80))
        frames.finish()
        #expect(await frames.next().map { String(buffer: $0) } == "data: [DONE]\n\n")
        frames.keepAlive(after: interval, now: start + .seconds(100))
        #expect(await frames.next() == nil)
    }
}
