/// Items that clients keep under one id, beside the runs.
public struct Conversation: Sendable {
    /// The conversation's id, `conv_…`.
    public var id: String
    /// Whom it belongs to; nobody else may see it.
    public var principal: String
    /// The client's labels, as a JSON object.
    public var metadata: [UInt8]
    /// When it was created.
    public var createdAt: RunTime

    public init(id: String, principal: String, metadata: [UInt8], createdAt: RunTime) {
        self.id = id
        self.principal = principal
        self.metadata = metadata
        self.createdAt = createdAt
    }
}

/// One item of a conversation.
public struct ConversationItem: Sendable, Hashable {
    /// The item's id, unique within its conversation.
    public var id: String
    /// The item as JSON.
    public var data: [UInt8]

    public init(id: String, data: [UInt8]) {
        self.id = id
        self.data = data
    }
}

/// Which items of a conversation are wanted.
public struct ItemPageRequest: Sendable {
    /// Whether the oldest come first.
    public var isAscending: Bool
    /// How many at most.
    public var limit: Int
    /// The id of the item after which the page begins, in the page's order.
    public var after: String?

    public init(isAscending: Bool, limit: Int, after: String? = nil) {
        self.isAscending = isAscending
        self.limit = limit
        self.after = after
    }
}

/// Some items of a conversation.
public struct ItemPage: Sendable {
    public var items: [ConversationItem]
    /// Whether there are more behind the last one.
    public var hasMore: Bool

    public init(items: [ConversationItem], hasMore: Bool) {
        self.items = items
        self.hasMore = hasMore
    }
}
