import Synchronization

/// Gathers the output of a synchronous call.
package final class Gatherer: OutputSink {
    private struct State {
        var call: any DialectCall
        var size = 0
        var failure: AgentError?
        var isClosed = false
    }

    private let limit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - call: What the output is for.
    ///   - limit: How many bytes of output it may be at most.
    package init(call: any DialectCall, limit: Int) {
        self.limit = limit
        self.state = Mutex(State(call: call))
    }

    package func enqueue(_ output: AgentOutput) throws {
        try state.withLock { state in
            if state.isClosed { throw CancellationError() }
            if let failure = state.failure { throw failure }
            do {
                state.size += output.approximateSize
                guard state.size <= limit else {
                    throw AgentError("The agent's output is larger than \(limit) bytes")
                }
                try state.call.add(output)
            } catch let error as AgentError {
                state.failure = error
                throw error
            }
        }
    }

    package func waitForRoom() async throws {
        try Task.checkCancellation()
    }

    /// The body of the answer. Nothing is taken any more afterwards.
    package func body() throws -> [UInt8] {
        try state.withLock { state in
            state.isClosed = true
            if let failure = state.failure { throw failure }
            return try state.call.body()
        }
    }

    /// Takes nothing any more.
    package func close() {
        state.withLock { $0.isClosed = true }
    }
}
