import AgentRuns
import GRDB
import Synchronization

/// Something that waits to be written, as the writer sees it.
protocol QueuedWrite: AnyObject, Sendable {
    /// Whether its caller still waits. An operation without caller is dropped.
    var isAwaited: Bool { get }
    /// Does it, within the writer's transaction. What it returns is kept until ``finish(_:)``.
    func run(in database: Database) throws
    /// Resumes the caller: with what the operation has returned, or with an error.
    func finish(_ error: StoreError?)
}

/// One operation of one caller.
final class WriteOperation<Value: Sendable>: QueuedWrite {
    private enum State {
        /// Nobody waits yet.
        case new
        case waiting(CheckedContinuation<Result<Value, StoreError>, Never>)
        /// The caller has its answer, or never waited.
        case over
    }

    private let body: @Sendable (Database) throws -> Value
    private let state = Mutex(State.new)
    private let value = Mutex<Value?>(nil)

    init(_ body: @escaping @Sendable (Database) throws -> Value) {
        self.body = body
    }

    /// Has the caller wait. Whether it does: one that was cancelled before has its answer at once.
    func begin(_ continuation: CheckedContinuation<Result<Value, StoreError>, Never>) -> Bool {
        let waits = state.withLock { state in
            guard case .new = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !waits { continuation.resume(returning: .failure(.cancelled)) }
        return waits
    }

    /// Resumes the caller without the operation. What the writer has taken up is written all the same.
    func cancel() {
        resume(with: .failure(.cancelled))
    }

    var isAwaited: Bool {
        state.withLock { if case .waiting = $0 { true } else { false } }
    }

    func run(in database: Database) throws {
        let result = try body(database)
        value.withLock { $0 = result }
    }

    func finish(_ error: StoreError?) {
        if let error { return resume(with: .failure(error)) }
        guard let value = value.withLock({ $0.take() }) else {
            return resume(with: .failure(StoreError(.unavailable, "the operation was not done")))
        }
        resume(with: .success(value))
    }

    private func resume(with result: Result<Value, StoreError>) {
        let continuation = state.withLock { state -> CheckedContinuation<Result<Value, StoreError>, Never>? in
            defer { state = .over }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        continuation?.resume(returning: result)
    }
}
