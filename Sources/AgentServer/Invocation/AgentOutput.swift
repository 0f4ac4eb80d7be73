package import AgentJSON
package import OpenResponses

/// What an agent says while it answers: the events between the agent and the dialect.
package enum AgentOutput: Sendable {
    /// A further piece of a message's text. Apart from `event`, because it is by far the most frequent, and a
    /// synchronous call needs no event of it at all.
    case textDelta(String, itemID: String)
    /// A finished item that the response writer made, and that is well-formed for that reason.
    case item(Item)
    /// An event that the agent made itself: a stream event, or any value of a plain agent. The dialect checks it.
    case event(JSON)
    /// A field of the response as a whole, `usage` for example.
    case field(String, JSON)
    /// Custom outputs of the response as a whole.
    case customOutputs(JSONObject)
    /// The whole answer of a handler that returns one; the dialect checks it.
    case result(JSON)
}

extension AgentOutput {
    /// About how many bytes this adds to what is kept of an answer. Text counts when it is written, not again with
    /// its item.
    package var approximateSize: Int {
        switch self {
        case .textDelta(let piece, _): piece.utf8.count
        case .item: 64
        case .event(let value): value.encoded().count
        case .field(let key, let value): key.utf8.count + value.encoded().count
        case .customOutputs(let outputs): outputs.encoded().count
        // Already whole in memory, and returned rather than gathered.
        case .result: 0
        }
    }
}

/// Where an agent's output goes.
package protocol OutputSink: Sendable {
    /// Takes a value at once, in the order of the calls.
    ///
    /// - Throws: `CancellationError` when nobody is left to take it, ``AgentError`` when the value is not valid or
    ///   the response has grown too large.
    func enqueue(_ output: AgentOutput) throws

    /// Returns when there is room for more. Cancelling the task ends the wait with `CancellationError`.
    ///
    /// - Parameter deadline: When the wait ends with `CancellationError` in any case; `nil` where it has no end.
    func waitForRoom(until deadline: ContinuousClock.Instant?) async throws
}

extension OutputSink {
    /// Returns when there is room for more. Cancelling the task ends the wait with `CancellationError`.
    package func waitForRoom() async throws { try await waitForRoom(until: nil) }
}
