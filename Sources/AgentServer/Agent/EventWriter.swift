import AgentJSON

/// Where a handler registered with ``AgentServer/stream(_:execution:_:)`` sends its events.
public struct EventWriter: Sendable {
    private let sink: any OutputSink

    package init(sink: any OutputSink) {
        self.sink = sink
    }

    /// Sends one event and returns when there is room for more.
    ///
    /// - Parameter event: A `JSON` value, a `StreamEvent`, or any other type that encodes to a JSON object.
    /// - Throws: ``AgentError`` when the event is not valid, `CancellationError` when the client has gone or the
    ///   call is over.
    public func send(_ event: some Encodable & Sendable) async throws {
        try sink.enqueue(.event(try JSON(encoding: event)))
        try await sink.waitForRoom()
    }
}
