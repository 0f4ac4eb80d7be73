import AgentJSON
import AgentRuns
import OpenResponses

/// What a response is stored with, beside what comes of it.
struct RunRecord: Sendable {
    /// The API that these runs belong to.
    static let surface = "responses"

    private let id: String
    private let principal: String
    private let previousID: String?
    private let conversationID: String?
    private let createdAt: RunTime
    private let request: JSONObject
    private let input: [Item]

    /// - Parameters:
    ///   - request: The request as it came.
    ///   - input: Its items, references resolved.
    init(_ request: CreateRequest, input: [Item], id: String, head: CallHead) {
        self.id = id
        principal = head.principal
        previousID = request.previousResponseID
        conversationID = request.conversationID
        createdAt = head.time
        self.request = request.json
        self.input = input
    }

    /// The run when it is over.
    ///
    /// - Parameters:
    ///   - response: The response object.
    ///   - result: The same as it is sent.
    ///   - events: The events that the client saw; none where it saw none.
    func run(
        _ response: JSONObject, result: [UInt8], events: [EventSegment], traceID: String?, at time: RunTime
    ) -> FinishedRun {
        let status = response["status"]?.stringValue.flatMap(RunStatus.init) ?? .failed
        let items = input.map { $0.normalised { Identifiers.make($0) } }
        var request = request
        request["input"] = .array(items.map { .object($0.json) })
        let output = response["output"]?.arrayValue ?? []
        let belongs = conversationID != nil && (status == .completed || status == .incomplete)
        let kept = belongs ? items.map(\.json) + output.compactMap(\.objectValue) : []
        return FinishedRun(
            id: id, surface: Self.surface, principal: principal, previousID: previousID,
            conversationID: conversationID, status: status, request: request.encoded(), result: result,
            error: response["error"].flatMap { $0.isNull ? nil : $0.encoded() }, traceID: traceID, events: events,
            itemIDs: output.compactMap { $0["id"]?.stringValue },
            conversationItems: kept.map { ConversationItem(id: $0["id"]?.stringValue ?? "", data: $0.encoded()) },
            createdAt: createdAt, finishedAt: time
        )
    }
}

extension StoredRun {
    /// The items that were new in the request.
    func inputItems() throws(DialectError) -> [Item] {
        try storedItems(in: request, "input")
    }

    /// The items of the response.
    func outputItems() throws(DialectError) -> [Item] {
        try storedItems(in: result ?? [], "output")
    }

}

extension StoredResult {
    /// The items of the response.
    func items() throws(DialectError) -> [Item] {
        try storedItems(in: data, "output")
    }
}

private func storedItems(in bytes: [UInt8], _ key: String) throws(DialectError) -> [Item] {
    // What was written is read with the deepest nesting that any configuration allows.
    guard let object = (try? JSON(parsing: bytes, maximumDepth: 200_000))?.objectValue else {
        throw DialectError(status: 500, message: "A stored response cannot be read", code: "server_error")
    }
    return (object[key]?.arrayValue ?? []).compactMap { $0.objectValue.map(Item.init) }
}
