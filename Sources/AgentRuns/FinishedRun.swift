/// A run that is over, whole: what a foreground invocation leaves, written once and in one transaction.
public struct FinishedRun: Sendable {
    /// The run's id, `resp_…` for example.
    public var id: String
    /// Which API the run belongs to, `responses` for example.
    public var surface: String
    /// Whom it belongs to; nobody else may see it.
    public var principal: String
    /// The run that this one continues.
    public var previousID: String?
    /// The conversation that this run belongs to.
    public var conversationID: String?
    /// A terminal state.
    public var status: RunStatus
    /// What was asked, as JSON: bytes that only the surface understands.
    public var request: [UInt8]
    /// A digest of the request as it came, by which a repetition can be told.
    public var requestHash: [UInt8]
    /// What came of it, as JSON, exactly as it was sent.
    public var result: [UInt8]
    /// Why the run failed, as JSON.
    public var error: [UInt8]?
    /// The id of the run's trace.
    public var traceID: String?
    /// The run's events in order, where somebody has seen them; none where a replay can be made of the result.
    public var events: [EventSegment]
    /// The ids of the items in the request and the result, by which later requests may refer to them.
    public var itemIDs: [String]
    /// Items that are appended to the conversation together with the run; none where the run did not succeed.
    public var conversationItems: [ConversationItem]
    /// Makes the same item under another id, for a conversation that has one of its id already: of two runs at the same
    /// time, neither knows what the other one adds. Where it is `nil`, such a run is a duplicate.
    public var renaming: (@Sendable (ConversationItem) -> ConversationItem)?
    /// When it was asked for.
    public var createdAt: RunTime
    /// When it was over.
    public var finishedAt: RunTime

    /// A run that is over.
    public init(
        id: String, surface: String, principal: String, previousID: String? = nil, conversationID: String? = nil,
        status: RunStatus, request: [UInt8], requestHash: [UInt8] = [], result: [UInt8], error: [UInt8]? = nil,
        traceID: String? = nil, events: [EventSegment] = [], itemIDs: [String] = [],
        conversationItems: [ConversationItem] = [],
        renaming: (@Sendable (ConversationItem) -> ConversationItem)? = nil, createdAt: RunTime, finishedAt: RunTime
    ) {
        self.id = id
        self.surface = surface
        self.principal = principal
        self.previousID = previousID
        self.conversationID = conversationID
        self.status = status
        self.request = request
        self.requestHash = requestHash
        self.result = result
        self.error = error
        self.traceID = traceID
        self.events = events
        self.itemIDs = itemIDs
        self.conversationItems = conversationItems
        self.renaming = renaming
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}

/// Consecutive events of a run: one JSON document a line, each line ended by a line feed.
public struct EventSegment: Sendable, Hashable {
    /// The number of the first event; events are numbered from 0, without holes.
    public var firstSequence: Int
    /// The number of the last one.
    public var lastSequence: Int
    /// The events, as NDJSON.
    public var data: [UInt8]

    /// Consecutive events.
    public init(firstSequence: Int, lastSequence: Int, data: [UInt8]) {
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.data = data
    }
}

/// A run as a store gives it back.
public struct StoredRun: Sendable {
    public var id: String
    public var surface: String
    public var principal: String
    public var previousID: String?
    public var conversationID: String?
    public var status: RunStatus
    public var request: [UInt8]
    public var result: [UInt8]?
    public var error: [UInt8]?
    public var traceID: String?
    /// The number of the last event in the log; `nil` where the run has no log.
    public var lastSequence: Int?
    public var createdAt: RunTime
    public var finishedAt: RunTime?

    public init(
        id: String, surface: String, principal: String, previousID: String?, conversationID: String?,
        status: RunStatus, request: [UInt8], result: [UInt8]?, error: [UInt8]?, traceID: String?,
        lastSequence: Int?, createdAt: RunTime, finishedAt: RunTime?
    ) {
        self.id = id
        self.surface = surface
        self.principal = principal
        self.previousID = previousID
        self.conversationID = conversationID
        self.status = status
        self.request = request
        self.result = result
        self.error = error
        self.traceID = traceID
        self.lastSequence = lastSequence
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}

/// What a run holds, as a store gives it back to one who looks for items.
public struct StoredResult: Sendable {
    /// The run's id.
    public var runID: String
    /// Those of the items looked for that it holds.
    public var itemIDs: [String]
    /// The result as JSON.
    public var data: [UInt8]
    /// The request as JSON.
    public var request: [UInt8]

    public init(runID: String, itemIDs: [String], data: [UInt8], request: [UInt8]) {
        self.runID = runID
        self.itemIDs = itemIDs
        self.data = data
        self.request = request
    }
}
