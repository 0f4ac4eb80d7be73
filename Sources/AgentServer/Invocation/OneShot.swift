import Synchronization

/// A value that is set once and awaited by one task.
package final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case set(Value)
        case done
    }

    private let state = Mutex(State.empty)

    package init() {}

    /// Sets the value. Only the first call counts.
    package func set(_ value: Value) {
        let waiting: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .empty:
                state = .set(value)
                return nil
            case .waiting(let continuation):
                state = .done
                return continuation
            case .set, .done:
                return nil
            }
        }
        waiting?.resume(returning: value)
    }

    /// The value, as soon as it is set. To be awaited once.
    package var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let ready: Value? = state.withLock { state in
                    switch state {
                    case .set(let value):
                        state = .done
                        return value
                    case .empty:
                        state = .waiting(continuation)
                        return nil
                    case .waiting, .done:
                        preconditionFailure("A OneShot is awaited once")
                    }
                }
                if let ready { continuation.resume(returning: ready) }
            }
        }
    }
}
