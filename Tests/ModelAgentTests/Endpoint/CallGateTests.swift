import Synchronization
import TestSupport
import Testing

@testable import ModelAgent

@Suite("The gate of a model's calls", .timeLimit(.minutes(5)))
struct CallGateTests {
    /// Something that has to happen before work ends.
    private final class Signal: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

        func give() { continuation.yield() }

        func wait() async { for await _ in stream { return } }
    }

    private final class Order: Sendable {
        private let numbers = Mutex<[Int]>([])

        func note(_ number: Int) { numbers.withLock { $0.append(number) } }

        var all: [Int] { numbers.withLock { $0 } }
    }

    @Test("lets so many in, has others wait in order, and refuses the rest")
    func bounds() async throws {
        let gate = CallGate(simultaneous: 1, waiting: 2)
        let (entered, end) = (Signal(), Signal())
        let order = Order()
        let first = Task {
            try await gate.enter(until: .now + .seconds(3_600))
            entered.give()
            await end.wait()
            order.note(0)
            gate.leave()
        }
        await entered.wait()
        var waiting: [Task<Void, any Error>] = []
        for number in 1...2 {
            waiting.append(
                Task {
                    try await gate.enter(until: .now + .seconds(3_600))
                    order.note(number)
                    gate.leave()
                })
            try await waitWhile { gate.waitingCount < number }
        }
        let failure = try await #require(throws: ModelFailure.self) {
            try await gate.enter(until: .now + .seconds(3_600))
        }
        #expect(failure.kind == .overloaded)
        end.give()
        try await first.value
        for task in waiting { try await task.value }
        #expect(order.all == [0, 1, 2])
        try await gate.enter(until: .now + .seconds(3_600))
    }

    @Test("has nobody wait beyond a deadline")
    func late() async throws {
        let gate = CallGate(simultaneous: 1, waiting: 1)
        try await gate.enter(until: .now)
        await #expect(throws: OutOfTime.self) { try await gate.enter(until: .now) }
        await #expect(throws: OutOfTime.self) { try await gate.enter(until: .now + .milliseconds(20)) }
        #expect(gate.waitingCount == 0)
        gate.leave()
        try await gate.enter(until: .now + .seconds(3_600))
    }

    @Test("forgets who is cancelled while waiting")
    func cancelled() async throws {
        let gate = CallGate(simultaneous: 1, waiting: 1)
        let (entered, end) = (Signal(), Signal())
        let first = Task {
            try await gate.enter(until: .now + .seconds(3_600))
            entered.give()
            await end.wait()
            gate.leave()
        }
        await entered.wait()
        let second = Task { try await gate.enter(until: .now + .seconds(3_600)) }
        try await waitWhile { gate.waitingCount < 1 }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(gate.waitingCount == 0)
        end.give()
        try await first.value
        try await gate.enter(until: .now + .seconds(3_600))
    }
}

@Suite("Attempts at a call")
struct CallAttemptsTests {
    private static func limits() -> Model.Limits {
        var limits = Model.Limits()
        limits.attempts = 3
        return limits
    }

    @Test(
        "are repeated for what passes",
        arguments: [.unreachable, .broken, .status(429), .status(500), .status(503)] as [ModelFailure.Kind])
    func passing(kind: ModelFailure.Kind) {
        var attempts = CallAttempts(Self.limits(), until: .now + .seconds(3_600))
        #expect(attempts.pause(after: ModelFailure(kind, "x")) != nil)
        #expect(attempts.pause(after: ModelFailure(kind, "x")) != nil)
        #expect(attempts.pause(after: ModelFailure(kind, "x")) == nil)
    }

    @Test(
        "end with what is final",
        arguments: [.status(401), .status(400), .status(404), .reported, .unsupported, .malformed, .overloaded]
            as [ModelFailure.Kind])
    func final(kind: ModelFailure.Kind) {
        var attempts = CallAttempts(Self.limits(), until: .now + .seconds(3_600))
        #expect(attempts.pause(after: ModelFailure(kind, "x")) == nil)
    }

    @Test("end where the account is empty")
    func quota() {
        var attempts = CallAttempts(Self.limits(), until: .now + .seconds(3_600))
        #expect(attempts.pause(after: ModelFailure(.status(429), "x", code: "insufficient_quota")) == nil)
    }

    @Test("end where something was shown")
    func shown() {
        var attempts = CallAttempts(Self.limits(), until: .now + .seconds(3_600))
        attempts.hasShown = true
        #expect(attempts.pause(after: ModelFailure(.broken, "x")) == nil)
    }

    @Test("wait as long as they are asked to, or give up where that is long")
    func retryAfter() throws {
        var attempts = CallAttempts(Self.limits(), until: .now + .seconds(3_600))
        let short = ModelFailure(.status(429), "x", retryAfter: .seconds(7))
        let pause = attempts.pause(after: short)
        #expect(try #require(pause) >= .seconds(7))
        #expect(attempts.pause(after: ModelFailure(.status(429), "x", retryAfter: .seconds(60))) == nil)
    }
}
