/// Where runs and conversations are kept.
///
/// Everything belongs to a principal, and nobody else finds it: what is another one's is as unknown as what was never
/// there. All methods may be called from any task; none blocks its thread.
public protocol RunStore: Sendable {
    // MARK: Runs

    /// Keeps a run that is over, and appends its items to its conversation, in one transaction.
    ///
    /// Items whose ids the conversation has already go by other ids there, which ``FinishedRun/renaming`` gives them.
    ///
    /// - Returns: When it is durable.
    /// - Throws: ``StoreError`` when it is not; then nothing of it is kept. ``StoreError/Code/conversationNotFound``
    ///   when the run's conversation is gone.
    func insert(_ run: FinishedRun) async throws(StoreError)

    /// A run, until it has expired.
    func run(_ id: String, of principal: String) async throws(StoreError) -> StoredRun?

    /// A run with all that it continues, the oldest first and itself last; `nil` where the run is unknown.
    ///
    /// Runs that have expired are in it as long as they are there.
    ///
    /// - Parameter maximumBytes: How many bytes requests and results may have together.
    /// - Throws: ``StoreError`` with the code `chainBroken` where a run in it is gone, and `tooLarge`.
    func chain(
        to id: String, of principal: String, maximumBytes: Int
    ) async throws(StoreError) -> [StoredRun]?

    /// The runs that hold items, in their requests or their results: of each item's runs, the latest. No run comes twice,
    /// and those of unknown items do not come.
    ///
    /// - Parameter maximumBytes: How many bytes the requests and results may have together.
    /// - Throws: ``StoreError`` with the code `tooLarge`.
    func results(
        holdingItems itemIDs: Set<String>, of principal: String, maximumBytes: Int
    ) async throws(StoreError) -> [StoredResult]

    /// Events of a run in their order: those segments that hold an event behind a number, up to about so many bytes,
    /// at least one segment where there is one.
    ///
    /// - Parameter after: The number of the last event that is known; -1 for none.
    func events(
        of id: String, after: Int, maximumBytes: Int
    ) async throws(StoreError) -> [EventSegment]

    /// Forgets a run with its events. Whether there was one.
    func deleteRun(_ id: String, of principal: String) async throws(StoreError) -> Bool

    // MARK: Conversations

    /// Begins a conversation with these items.
    func insert(_ conversation: Conversation, items: [ConversationItem]) async throws(StoreError)

    func conversation(_ id: String, of principal: String) async throws(StoreError) -> Conversation?

    /// Changes the labels; `nil` where there is no such conversation.
    func update(
        _ id: String, of principal: String, metadata: [UInt8]
    ) async throws(StoreError) -> Conversation?

    /// Forgets a conversation with its items. Whether there was one.
    func deleteConversation(_ id: String, of principal: String) async throws(StoreError) -> Bool

    /// Adds items at the end. Whether there is such a conversation.
    ///
    /// - Throws: ``StoreError`` with the code `duplicate` where the conversation has an item of the same id.
    func append(
        _ items: [ConversationItem], to id: String, of principal: String
    ) async throws(StoreError) -> Bool

    /// Items of a conversation; `nil` where there is no such conversation.
    ///
    /// - Throws: ``StoreError`` with the code `itemNotFound` where the item that the page begins after is unknown.
    func items(
        of id: String, of principal: String, page: ItemPageRequest
    ) async throws(StoreError) -> ItemPage?

    /// All items of a conversation, the oldest first; `nil` where there is no such conversation.
    ///
    /// - Throws: ``StoreError`` with the code `tooLarge`.
    func allItems(
        of id: String, of principal: String, maximumBytes: Int
    ) async throws(StoreError) -> [ConversationItem]?

    /// One item of a conversation.
    func item(
        _ itemID: String, of id: String, of principal: String
    ) async throws(StoreError) -> ConversationItem?

    /// The latest item of an id in any of the principal's conversations.
    func conversationItem(
        _ itemID: String, of principal: String
    ) async throws(StoreError) -> ConversationItem?

    /// Forgets an item of a conversation. Whether there was one.
    func deleteItem(
        _ itemID: String, of id: String, of principal: String
    ) async throws(StoreError) -> Bool
}

/// What went wrong in a store.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The store does not work now: the disk is full, the file is locked or cannot be written.
        public static let unavailable = Code(name: "unavailable")
        /// There is more waiting to be written than may wait.
        public static let overloaded = Code(name: "overloaded")
        /// The caller's task was cancelled; what it was about to write may be written all the same.
        public static let cancelled = Code(name: "cancelled")
        /// There is something of this id already.
        public static let duplicate = Code(name: "duplicate")
        /// More was asked for than may be read at once.
        public static let tooLarge = Code(name: "tooLarge")
        /// A run that another one continues is gone.
        public static let chainBroken = Code(name: "chainBroken")
        /// The conversation is gone.
        public static let conversationNotFound = Code(name: "conversationNotFound")
        /// The item is unknown.
        public static let itemNotFound = Code(name: "itemNotFound")
    }

    public var code: Code
    /// For the log, never for clients.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
