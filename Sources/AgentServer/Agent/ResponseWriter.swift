public import AgentJSON
public import OpenResponses
import Synchronization

/// Where an agent writes its response, piece by piece.
///
/// What is written is shown to the client of a stream at once, and gathered for a synchronous one. Events are
/// well-formed whatever the order of the calls: ``text(_:)`` opens a message when none is open, and everything that
/// is not part of that message closes it, as does the end of the agent.
///
/// Every method returns when there is room for more, and so feels the client's back pressure. When the client has
/// gone or the call is over it throws `CancellationError`. Child tasks may write too; each call is one step.
public struct ResponseWriter: Sendable {
    private let sink: any OutputSink
    private let message: OpenMessage

    package init(sink: any OutputSink) {
        self.sink = sink
        self.message = OpenMessage()
    }

    /// Writes a piece of the current message's text; opens a message if none is open.
    public func text(_ piece: String) async throws {
        try message.state.withLock { state in
            let id = state.open()
            state.text += piece
            try sink.enqueue(.textDelta(piece, itemID: id))
        }
        try await sink.waitForRoom()
    }

    /// Adds a citation or the like to the current message; opens a message if none is open.
    ///
    /// - Parameter annotation: The annotation's object with its `type`, as the standard writes it.
    public func annotation(_ annotation: JSONObject) async throws {
        try message.state.withLock { state in
            let id = state.open()
            let index = state.annotations.count
            let event = StreamEvent.outputTextAnnotationAdded(annotation, index: index, itemID: id)
            try sink.enqueue(.event(.object(event.json)))
            state.annotations.append(.object(annotation))
        }
        try await sink.waitForRoom()
    }

    /// Writes a message that says why the agent does not answer.
    public func refusal(_ text: String) async throws {
        let part: JSON = ["type": "refusal", "refusal": .string(text)]
        try await item(.message(parts: [part], id: Identifiers.make("msg_")))
    }

    /// Writes a summary of how the agent came to its answer.
    public func reasoning(_ summary: String) async throws {
        try await item(.reasoning(summary: summary, id: Identifiers.make("rs_")))
    }

    /// Asks the client to call one of the functions it offered.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - arguments: A JSON document as text.
    ///   - callID: What the client's output will refer to; a new id if `nil`.
    /// - Returns: The call's id.
    @discardableResult
    public func functionCall(name: String, arguments: String, callID: String? = nil) async throws -> String {
        let callID = callID ?? Identifiers.make("call_")
        try await item(
            .functionCall(name: name, arguments: arguments, callID: callID, id: Identifiers.make("fc_"))
        )
        return callID
    }

    /// Writes the output of a function that the agent called itself.
    public func functionCallOutput(callID: String, output: String) async throws {
        try await item(.functionCallOutput(callID: callID, output: output))
    }

    /// Writes a finished item of any type.
    public func item(_ item: Item) async throws {
        try enqueueAfterMessage(.event(.object(StreamEvent.outputItemDone(item).json)))
        try await sink.waitForRoom()
    }

    /// Writes any event as it is; the server checks it as MLflow does.
    ///
    /// Events of the current message (the same item id) leave it open.
    public func event(_ event: StreamEvent) async throws {
        try await self.event(event, until: nil)
    }

    /// Writes an event, and waits for room no longer than to a deadline.
    ///
    /// - Throws: `CancellationError` then, too; the event has been written.
    package func event(_ event: StreamEvent, until deadline: ContinuousClock.Instant?) async throws {
        try message.state.withLock { state in
            if state.id == nil || event.json["item_id"]?.stringValue != state.id {
                try close(&state)
            }
            try sink.enqueue(.event(.object(event.json)))
        }
        try await sink.waitForRoom(until: deadline)
    }

    /// Says how many tokens the response took.
    public func usage(_ usage: Usage) async throws {
        try sink.enqueue(.field("usage", .object(usage.json)))
        try await sink.waitForRoom()
    }

    /// Adds custom outputs to the response; of equal keys the later one stays.
    public func customOutputs(_ outputs: JSONObject) async throws {
        try sink.enqueue(.customOutputs(outputs))
        try await sink.waitForRoom()
    }

    /// Sets the response's metadata: texts by name.
    public func metadata(_ metadata: JSONObject) async throws {
        try sink.enqueue(.field("metadata", .object(metadata)))
        try await sink.waitForRoom()
    }

    /// Says that the response is not whole; the message that is written last counts as incomplete, too.
    ///
    /// - Parameter reason: Why, `max_output_tokens` for example.
    public func incomplete(reason: String) async throws {
        try message.state.withLock { state in
            state.isIncomplete = true
            try sink.enqueue(.field("incomplete_details", ["reason": .string(reason)]))
        }
        try await sink.waitForRoom()
    }

    /// Closes what is still open.
    package func finish() throws {
        try message.state.withLock { state in try close(&state) }
    }

    private func enqueueAfterMessage(_ output: AgentOutput) throws {
        try message.state.withLock { state in
            try close(&state)
            // Under the lock, so that no other task's text comes between the two.
            try sink.enqueue(output)
        }
    }

    private func close(_ state: inout OpenMessage.State) throws {
        guard let id = state.id else { return }
        var item = Item.message(state.text, id: id, annotations: state.annotations)
        if state.isIncomplete { item.json["status"] = "incomplete" }
        state = OpenMessage.State(isIncomplete: state.isIncomplete)
        try sink.enqueue(.item(item))
    }
}

/// The message that is being written.
private final class OpenMessage: Sendable {
    struct State {
        var id: String?
        var text = ""
        var annotations: [JSON] = []
        /// Whether the agent has said that its response is not whole.
        var isIncomplete = false

        mutating func open() -> String {
            if let id { return id }
            let new = Identifiers.make("msg_")
            id = new
            return new
        }
    }

    let state = Mutex(State())
}
