import AgentRuns
import GRDB

/// The conversations of a database, with their items.
struct ConversationTable {
    let database: Database
    /// What was changed last then or earlier has expired.
    let expiry: RunTime

    func insert(_ conversation: Conversation, items: [ConversationItem], at now: RunTime) throws {
        try database.run(
            """
            INSERT INTO conversations (conversation_id, principal, created_at, changed_at, metadata)
            VALUES (?, ?, ?, ?, ?)
            """,
            conversation.id, conversation.principal, conversation.createdAt, now, conversation.metadata)
        try insert(items, into: database.lastInsertedRowID)
    }

    func conversation(_ id: String, of principal: String) throws -> Conversation? {
        let query = try Query(
            database,
            """
            SELECT metadata, created_at FROM conversations
            WHERE conversation_id = ? AND principal = ? AND changed_at > ?
            """,
            id, principal, expiry)
        guard try query.step() else { return nil }
        return Conversation(
            id: id, principal: principal, metadata: query.bytes(0),
            createdAt: RunTime(milliseconds: query.integer(1)))
    }

    func update(_ id: String, of principal: String, metadata: [UInt8], at now: RunTime) throws -> Conversation? {
        guard let number = try number(of: id, principal: principal) else { return nil }
        try database.run(
            "UPDATE conversations SET metadata = ?, changed_at = ? WHERE number = ?", metadata, now, number)
        return try conversation(id, of: principal)
    }

    func delete(_ id: String, of principal: String) throws -> Bool {
        guard let number = try number(of: id, principal: principal) else { return false }
        try delete(number: number)
        return true
    }

    /// Removes a conversation with its items. How many rows.
    @discardableResult
    func delete(number: Int64) throws -> Int {
        let items = try database.run("DELETE FROM conversation_items WHERE conversation = ?", number)
        return try items + database.run("DELETE FROM conversations WHERE number = ?", number)
    }

    /// Adds items at the end. Whether there is such a conversation.
    ///
    /// - Parameter renaming: Makes the same item under another id, for those whose ids are taken.
    func append(
        _ items: [ConversationItem], to id: String, of principal: String, at now: RunTime,
        renaming: ((ConversationItem) -> ConversationItem)? = nil
    ) throws -> Bool {
        guard let number = try number(of: id, principal: principal) else { return false }
        try insert(items, into: number, renaming: renaming)
        try touch(number, at: now)
        return true
    }

    func items(of id: String, of principal: String, page: ItemPageRequest) throws -> ItemPage? {
        guard let number = try number(of: id, principal: principal) else { return nil }
        var start: Int64 = page.isAscending ? .min : .max
        if let after = page.after {
            guard let position = try position(of: after, in: number) else {
                throw StoreError(.itemNotFound, "\(id) has no item \(after)")
            }
            start = position
        }
        let limit = min(max(page.limit, 0), Self.maximumPage)
        let query = try Query(
            database,
            page.isAscending
                ? """
                SELECT item_id, data FROM conversation_items
                WHERE conversation = ? AND position > ? ORDER BY position LIMIT ?
                """
                : """
                SELECT item_id, data FROM conversation_items
                WHERE conversation = ? AND position < ? ORDER BY position DESC LIMIT ?
                """,
            number, start, limit + 1)
        var items: [ConversationItem] = []
        while try query.step() {
            if items.count == limit { return ItemPage(items: items, hasMore: true) }
            items.append(ConversationItem(id: query.text(0), data: query.bytes(1)))
        }
        return ItemPage(items: items, hasMore: false)
    }

    func allItems(of id: String, of principal: String, maximumBytes: Int) throws -> [ConversationItem]? {
        guard let number = try number(of: id, principal: principal) else { return nil }
        let query = try Query(
            database,
            "SELECT item_id, length(data), data FROM conversation_items WHERE conversation = ? ORDER BY position",
            number)
        var items: [ConversationItem] = []
        var bytes = 0
        while try query.step() {
            let (sum, overflow) = bytes.addingReportingOverflow(Int(query.integer(1)))
            guard !overflow, sum <= maximumBytes else {
                throw StoreError(.tooLarge, "the items of \(id) have more than \(maximumBytes) bytes")
            }
            bytes = sum
            items.append(ConversationItem(id: query.text(0), data: query.bytes(2)))
        }
        return items
    }

    func item(_ itemID: String, of id: String, of principal: String) throws -> ConversationItem? {
        guard let number = try number(of: id, principal: principal) else { return nil }
        let query = try Query(
            database, "SELECT data FROM conversation_items WHERE conversation = ? AND item_id = ?", number, itemID)
        return try query.step() ? ConversationItem(id: itemID, data: query.bytes(0)) : nil
    }

    /// The latest item of an id in any conversation.
    func item(_ itemID: String, of principal: String) throws -> ConversationItem? {
        let query = try Query(
            database,
            """
            SELECT data FROM conversation_items JOIN conversations ON conversations.number = conversation
            WHERE item_id = ? AND principal = ? AND changed_at > ?
            ORDER BY position DESC LIMIT 1
            """,
            itemID, principal, expiry)
        return try query.step() ? ConversationItem(id: itemID, data: query.bytes(0)) : nil
    }

    func deleteItem(_ itemID: String, of id: String, of principal: String, at now: RunTime) throws -> Bool {
        guard let number = try number(of: id, principal: principal) else { return false }
        let deleted = try database.run(
            "DELETE FROM conversation_items WHERE conversation = ? AND item_id = ?", number, itemID)
        guard deleted > 0 else { return false }
        try touch(number, at: now)
        return true
    }

    /// How many items a page may have.
    private static let maximumPage = 1_000_000

    private func number(of id: String, principal: String) throws -> Int64? {
        try database.integer(
            "SELECT number FROM conversations WHERE conversation_id = ? AND principal = ? AND changed_at > ?",
            id, principal, expiry)
    }

    private func position(of itemID: String, in number: Int64) throws -> Int64? {
        try database.integer(
            "SELECT position FROM conversation_items WHERE conversation = ? AND item_id = ?", number, itemID)
    }

    private func insert(
        _ items: [ConversationItem], into number: Int64, renaming: ((ConversationItem) -> ConversationItem)? = nil
    ) throws {
        for item in items {
            var item = item
            // Once: an id that was made to be unique and is taken is a fault, which the table finds.
            if let renaming, try position(of: item.id, in: number) != nil { item = renaming(item) }
            try database.run(
                "INSERT INTO conversation_items (conversation, item_id, data) VALUES (?, ?, ?)",
                number, item.id, item.data)
        }
    }

    private func touch(_ number: Int64, at now: RunTime) throws {
        try database.run("UPDATE conversations SET changed_at = ? WHERE number = ?", now, number)
    }
}
