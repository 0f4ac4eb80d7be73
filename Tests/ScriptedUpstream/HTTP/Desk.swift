import AgentJSON
import NIOCore
import Synchronization

/// What the upstream has been asked, over all connections.
final class Desk: Sendable {
    /// A call of the model.
    struct Call: Sendable {
        let number: Int
        let connection: Int
        let path: String
        let headers: JSON
        /// `null` where it is too large to be kept.
        let body: JSON
        let text: String
        /// Whether its client went away before the answer was whole.
        var isGone = false

        var json: JSON {
            [
                "number": .integer(number), "connection": .integer(connection), "path": .string(path),
                "headers": headers, "body": body, "gone": .bool(isGone),
            ]
        }
    }

    /// What a test can wait for.
    enum Stage: String, Sendable {
        case begun, gone
    }

    private struct State {
        var calls: [Call] = []
        var callCount = 0
        var connectionCount = 0
        var texts: Set<String> = []
        var waiters: [(stage: Stage, token: String, promise: EventLoopPromise<Void>)] = []
    }

    /// How many calls, texts and waiters are kept.
    private static let limit = 1_000

    private let state = Mutex(State())

    /// A number for a new connection.
    func connect() -> Int {
        state.withLock { state in
            state.connectionCount += 1
            return state.connectionCount
        }
    }

    /// Keeps a call.
    ///
    /// - Returns: Its number, and whether its text is new.
    func receive(
        _ request: ModelRequest, connection: Int, path: String, headers: JSON, keepsBody: Bool
    ) -> (number: Int, isFirst: Bool) {
        let (result, ready) = state.withLock { state in
            state.callCount += 1
            if state.calls.count >= Self.limit { state.calls.removeFirst() }
            state.calls.append(
                Call(
                    number: state.callCount, connection: connection, path: path, headers: headers,
                    body: keepsBody ? request.body : .null, text: request.text))
            if state.texts.count >= Self.limit { state.texts.removeAll() }
            let isFirst = state.texts.insert(request.text).inserted
            return ((state.callCount, isFirst), Self.ready(&state))
        }
        for promise in ready { promise.succeed() }
        return result
    }

    /// Notes that a call's client has gone before the answer was whole.
    func lose(_ number: Int) {
        let ready = state.withLock { state in
            if let index = state.calls.lastIndex(where: { $0.number == number }) { state.calls[index].isGone = true }
            return Self.ready(&state)
        }
        for promise in ready { promise.succeed() }
    }

    /// Keeps a promise when a call whose text holds a token has come so far.
    func wait(for stage: Stage, token: String, _ promise: EventLoopPromise<Void>) {
        let ready = state.withLock { state in
            if state.waiters.count >= Self.limit { return [promise] }
            state.waiters.append((stage, token, promise))
            return Self.ready(&state)
        }
        for promise in ready { promise.succeed() }
    }

    /// Forgets everything.
    func reset() {
        state.withLock { state in
            state.calls = []
            state.texts = []
        }
    }

    var calls: JSON { .array(state.withLock { $0.calls }.map(\.json)) }

    private static func ready(_ state: inout State) -> [EventLoopPromise<Void>] {
        var ready: [EventLoopPromise<Void>] = []
        let calls = state.calls
        state.waiters.removeAll { waiter in
            guard calls.contains(where: { $0.text.contains(waiter.token) && (waiter.stage == .begun || $0.isGone) })
            else { return false }
            ready.append(waiter.promise)
            return true
        }
        return ready
    }
}
