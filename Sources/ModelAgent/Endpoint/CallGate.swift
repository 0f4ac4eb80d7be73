import DequeModule
import NIOCore
import Synchronization
import WebClient

/// Lets so many calls go on at the same time, and so many more wait, in order.
final class CallGate: Sendable {
    private enum Entry {
        case inside, full, late, cancelled
    }

    private struct Waiting {
        var id: Int
        var continuation: CheckedContinuation<Entry, Never>
    }

    private struct State {
        var active = 0
        var nextID = 0
        var waiting: Deque<Waiting> = []

        /// Takes a place, if there is one.
        mutating func enter(_ simultaneous: Int) -> Bool {
            guard active < simultaneous else { return false }
            active += 1
            return true
        }
    }

    private let simultaneous: Int
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - simultaneous: Calls at the same time.
    ///   - waiting: Calls that may wait.
    init(simultaneous: Int, waiting: Int) {
        self.simultaneous = max(1, simultaneous)
        limit = max(0, waiting)
    }

    /// How many calls wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Waits for a place; ``leave()`` gives it back.
    ///
    /// - Parameter deadline: How long to wait for it.
    /// - Throws: ``ModelFailure`` of the kind `overloaded` where too many wait; ``OutOfTime``; `CancellationError`.
    nonisolated(nonsending) func enter(until deadline: ContinuousClock.Instant) async throws {
        // As a rule there is one.
        guard !state.withLock({ $0.enter(simultaneous) }) else { return }
        switch await waitForPlace(until: deadline) {
        case .inside: return
        case .full: throw ModelFailure(.overloaded, "Too many calls wait for the model", retryAfter: .seconds(1))
        case .late: throw OutOfTime()
        case .cancelled: throw CancellationError()
        }
    }

    private nonisolated(nonsending) func waitForPlace(until deadline: ContinuousClock.Instant) async -> Entry {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let alarm = deadline.schedule { self.end(id, .late) }
        defer { alarm.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let entry = state.withLock { state -> Entry? in
                    if state.enter(simultaneous) { return .inside }
                    if Task.isCancelled { return .cancelled }
                    if deadline <= .now { return .late }
                    guard state.waiting.count < limit else { return .full }
                    state.waiting.append(Waiting(id: id, continuation: continuation))
                    return nil
                }
                if let entry { continuation.resume(returning: entry) }
            }
        } onCancel: {
            end(id, .cancelled)
        }
    }

    /// Has somebody wait no longer, if they still do.
    private func end(_ id: Int, _ entry: Entry) {
        let waiting = state.withLock { state -> Waiting? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
        waiting?.continuation.resume(returning: entry)
    }

    /// Gives a place to who waits longest.
    func leave() {
        let next = state.withLock { state -> Waiting? in
            if let next = state.waiting.popFirst() { return next }
            state.active -= 1
            return nil
        }
        next?.continuation.resume(returning: .inside)
    }
}
