import DequeModule
import Synchronization

/// Lets so many calls go on at the same time, and so many more wait, in order.
final class CallGate: Sendable {
    private struct Waiting {
        var id: Int
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var active = 0
        var nextID = 0
        var waiting: Deque<Waiting> = []
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
    /// - Throws: ``ModelFailure`` of the kind `overloaded` where too many wait; `CancellationError`.
    func enter() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        enum Entry { case inside, full, waits }
        let isInside = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let entry = state.withLock { state -> Entry in
                    if state.active < simultaneous {
                        state.active += 1
                        return .inside
                    }
                    guard state.waiting.count < limit, !Task.isCancelled else { return .full }
                    state.waiting.append(Waiting(id: id, continuation: continuation))
                    return .waits
                }
                switch entry {
                case .inside: continuation.resume(returning: true)
                case .full: continuation.resume(returning: false)
                case .waits: break
                }
            }
        } onCancel: {
            let waiting = state.withLock { state -> Waiting? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiting.remove(at: index)
            }
            waiting?.continuation.resume(returning: false)
        }
        guard !isInside else { return }
        try Task.checkCancellation()
        throw ModelFailure(.overloaded, "Too many calls wait for the model", retryAfter: .seconds(1))
    }

    /// Gives a place to who waits longest.
    func leave() {
        let next = state.withLock { state -> Waiting? in
            if let next = state.waiting.popFirst() { return next }
            state.active -= 1
            return nil
        }
        next?.continuation.resume(returning: true)
    }
}
