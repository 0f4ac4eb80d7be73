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
    private let traceID: String?
    private let request: JSONObject
    private let input: [Item]

    /// - Parameters:
    ///   - request: The request as it came.
    ///   - input: Its items, references resolved.
    ///   - isWhole: Whether the input holds all that comes before as well, so that the run continues no other one.
    init(_ request: CreateRequest, input: [Item], isWhole: Bool = false, id: String, head: CallHead) {
        self.id = id
        principal = head.principal
        previousID = isWhole ? nil : request.previousResponseID
        conversationID = request.conversationID
        createdAt = head.time
        traceID = head.trace.isRecording ? head.trace.idText : nil
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
        _ response: JSONObject, result: [UInt8], events: [EventSegment], at time: RunTime
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
            itemIDs: items.compactMap(\.id) + output.compactMap { $0["id"]?.stringValue },
            conversationItems: kept.map { ConversationItem(id: $0["id"]?.stringValue ?? "", data: $0.encoded()) },
            renaming: kept.isEmpty ? nil : Self.renamed, createdAt: createdAt, finishedAt: time
        )
    }

    /// An item under a new id. A stream has shown the old one by then, as with the ids of other responses.
    private static func renamed(_ item: ConversationItem) -> ConversationItem {
        // What was written is read with the deepest nesting that any configuration allows.
        guard var object = (try? JSON(parsing: item.data, maximumDepth: 200_000))?.objectValue else { return item }
        let id = Identifiers.make(Item.idPrefix(ofType: object["type"]?.stringValue ?? ""))
        object["id"] = .string(id)
        return ConversationItem(id: id, data: object.encoded())
    }
}

extension ConversationItem {
    /// The item itself.
    var item: Item? { (try? JSON(parsing: data, maximumDepth: 200_000))?.objectValue.map(Item.init) }
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
    /// The items of the response, and those of its request.
    func items() throws(DialectError) -> [Item] {
        try storedItems(in: data, "output") + storedItems(in: request, "input")
    }
}

private func storedItems(in bytes: [UInt8], _ key: String) throws(DialectError) -> [Item] {
    // What was written is read with the deepest nesting that any configuration allows.
    guard let object = (try? JSON(parsing: bytes, maximumDepth: 200_000))?.objectValue else {
        throw DialectError(status: 500, message: "A stored response cannot be read", code: "server_error")
    }
    return (object[key]?.arrayValue ?? []).compactMap { $0.objectValue.map(Item.init) }
}
