package import AgentRuns
import Synchronization

/// Gathers the output of a synchronous call.
package final class Gatherer: CallOutput {
    private struct State {
        var call: any DialectCall
        var size = 0
        var failure: AgentError?
        var end = CallEnd.finished
        var isClosed = false
    }

    private let limit: Int
    private let state: Mutex<State>
    private let outcome = OneShot<Result<[UInt8], AgentError>>()

    /// - Parameters:
    ///   - call: What the output is for.
    ///   - limit: How many bytes of output it may be at most.
    package init(call: any DialectCall, limit: Int) {
        self.limit = limit
        self.state = Mutex(State(call: call))
    }

    package var isOver: Bool { state.withLock { $0.isClosed } }

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

    package func waitForRoom(until deadline: ContinuousClock.Instant?) async throws {
        try Task.checkCancellation()
    }

    package func conclude(_ end: CallEnd, at time: RunTime) -> CallConclusion {
        state.withLock { state in
            guard !state.isClosed else { return .isOver }
            state.isClosed = true
            var end = end
            // An agent may catch the error of an output that was refused and go on; the call failed all the same.
            if case .finished = end, let failure = state.failure { end = .failed(failure) }
            state.end = end
            return state.call.conclude(end, at: time).map { .store($0) } ?? .ready
        }
    }

    package func complete(_ failure: AgentError?, report: (CallReport) -> Void) {
        let (result, outcomeReport) = state.withLock { state in
            if let failure { state.call.storingFailed(failure) }
            let result = Result { () throws(AgentError) in try state.call.body() }
            let report = CallReport(
                state.call, end: state.end, size: state.size, isOutputRefused: state.failure != nil)
            return (result, report)
        }
        report(outcomeReport)
        outcome.set(result)
    }

    /// The body of the answer, when it is complete. To be awaited once.
    package func body() async throws(AgentError) -> [UInt8] {
        try await outcome.value.get()
    }
}
