import AgentRuns

extension FinishedRun {
    /// A run that is over.
    static func sample(
        _ id: String, of principal: String = "alice", previous: String? = nil, conversation: String? = nil,
        status: RunStatus = .completed, request: String = #"{"input": "hi"}"#, result: String = #"{"output":[]}"#,
        events: [EventSegment] = [], items: [String] = [], conversationItems: [ConversationItem] = [],
        at time: RunTime = TestClock().now
    ) -> FinishedRun {
        FinishedRun(
            id: id, surface: "responses", principal: principal, previousID: previous, conversationID: conversation,
            status: status, request: Array(request.utf8), requestHash: [1, 2], result: Array(result.utf8),
            error: status == .failed ? Array(#"{"code": "x"}"#.utf8) : nil, traceID: "tr-1", events: events,
            itemIDs: items, conversationItems: conversationItems, createdAt: time, finishedAt: time)
    }
}

extension Conversation {
    static func sample(_ id: String, of principal: String = "alice") -> Conversation {
        Conversation(
            id: id, principal: principal, metadata: Array(#"{"topic":"a"}"#.utf8), createdAt: TestClock().now)
    }
}

extension ConversationItem {
    static func sample(_ id: String, _ data: String = "{}") -> ConversationItem {
        ConversationItem(id: id, data: Array(data.utf8))
    }
}

extension EventSegment {
    /// Events with the numbers of a range, one JSON document a line.
    static func sample(_ numbers: ClosedRange<Int>) -> EventSegment {
        let lines = numbers.map { "{\"sequence_number\":\($0)}\n" }.joined()
        return EventSegment(
            firstSequence: numbers.lowerBound, lastSequence: numbers.upperBound, data: Array(lines.utf8))
    }
}
