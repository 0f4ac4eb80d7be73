import Dispatch
import Synchronization
package import Testing

/// How long tests wait for what should come at once. Then they fail, and say where they waited.
package let longestWait: Duration = .seconds(240)

/// Something that happens once and can be awaited, so that a test need not sleep.
package final class Signal: Sendable {
    private struct State {
        var isSet = false
        /// The waits that go on, by their numbers.
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var isSet: Bool { state.withLock { $0.isSet } }

    package func set() {
        let waiting = state.withLock { state in
            state.isSet = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: true) }
    }

    /// Waits until it is set; not for ever, which is recorded as an issue.
    package func wait(sourceLocation: SourceLocation = #_sourceLocation) async {
        let isSet = await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int? in
                guard !state.isSet else { return nil }
                state.lastNumber += 1
                state.waiting[state.lastNumber] = continuation
                return state.lastNumber
            }
            guard let number else { return continuation.resume(returning: true) }
            later { [weak self] in
                self?.state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
            }
        }
        if !isSet { Issue.record("Nobody has set this signal", sourceLocation: sourceLocation) }
    }
}

/// Waits until the task is cancelled, and says so.
package func waitForCancellation(telling signal: Signal? = nil) async throws {
    let (never, continuation) = AsyncStream.makeStream(of: Void.self)
    // Ends with the task alone, for nobody finishes it.
    for await _ in never {}
    withExtendedLifetime(continuation) {}
    signal?.set()
    throw CancellationError()
}

/// A number that several tasks add to.
package final class Counter: Sendable {
    private let sum = Atomic(0)

    package init() {}

    package var value: Int { sum.load(ordering: .relaxed) }

    package func add(_ number: Int) {
        sum.add(number, ordering: .relaxed)
    }
}

/// A state that has not come.
package struct NotReached: Error {}

/// Waits as long as something is so; not for ever, which is recorded as an issue.
///
/// - Throws: What the condition throws, and ``NotReached``.
package func waitWhile(
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + longestWait
    while try await condition() {
        guard ContinuousClock.now < end else {
            Issue.record("This has stayed so", sourceLocation: sourceLocation)
            throw NotReached()
        }
        await Task.yield()
    }
}

/// Waits until something is so; not for ever, which is recorded as an issue. Not on the caller's executor: an event
/// loop has to go on.
package func becomesTrue(
    _ condition: @Sendable () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async {
    try? await withTaskExecutorPreference(globalConcurrentExecutor) {
        try await waitWhile({ !condition() }, sourceLocation: sourceLocation)
    }
}

/// Does something when nothing should be waited for any longer.
package func later(_ body: @escaping @Sendable () -> Void) {
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(longestWait.components.seconds)), execute: body)
}
