public import AgentJSON

/// A request for a new conversation.
public struct ConversationCreate: Sendable {
    /// The first items, each with its type.
    public let items: [Item]
    /// The client's labels: texts by name.
    public let metadata: JSONObject

    /// Reads a request's body.
    ///
    /// - Throws: The first fault.
    public init(_ body: JSONObject) throws(RequestFault) {
        items = try body.field("items", .items(upTo: ItemsCreate.limit)) ?? []
        metadata = try body.field("metadata", .metadata) ?? [:]
    }
}

/// A change of a conversation's labels.
public struct ConversationUpdate: Sendable {
    /// All the labels from now on: texts by name. Null means none.
    public let metadata: JSONObject

    /// Reads a request's body.
    ///
    /// - Throws: The first fault.
    public init(_ body: JSONObject) throws(RequestFault) {
        guard body.contains("metadata") else { throw .missing("metadata") }
        metadata = try body.field("metadata", .metadata) ?? [:]
    }
}

/// Items to add to a conversation.
public struct ItemsCreate: Sendable {
    /// How many items may be added at once.
    public static let limit = 1000

    /// The items, each with its type.
    public let items: [Item]

    /// Reads a request's body.
    ///
    /// - Throws: The first fault.
    public init(_ body: JSONObject) throws(RequestFault) {
        items = try body.required("items", .items(upTo: Self.limit))
    }
}
