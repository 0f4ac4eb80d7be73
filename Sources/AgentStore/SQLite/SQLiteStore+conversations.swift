public import AgentRuns
import GRDB

extension SQLiteStore {
    public func insert(_ conversation: Conversation, items: [ConversationItem]) async throws(StoreError) {
        let (now, expiry) = (now(), expiry)
        try await write(bytes: conversation.metadata.count + items.byteCount) { database in
            try ConversationTable(database: database, expiry: expiry).insert(conversation, items: items, at: now)
        }
    }

    public func conversation(_ id: String, of principal: String) async throws(StoreError) -> Conversation? {
        let expiry = expiry
        return try await read { try ConversationTable(database: $0, expiry: expiry).conversation(id, of: principal) }
    }

    public func update(
        _ id: String, of principal: String, metadata: [UInt8]
    ) async throws(StoreError) -> Conversation? {
        let (now, expiry) = (now(), expiry)
        return try await write(bytes: metadata.count) { database in
            try ConversationTable(database: database, expiry: expiry)
                .update(id, of: principal, metadata: metadata, at: now)
        }
    }

    public func deleteConversation(_ id: String, of principal: String) async throws(StoreError) -> Bool {
        let expiry = expiry
        return try await write(bytes: id.utf8.count) { database in
            try ConversationTable(database: database, expiry: expiry).delete(id, of: principal)
        }
    }

    public func append(
        _ items: [ConversationItem], to id: String, of principal: String
    ) async throws(StoreError) -> Bool {
        let (now, expiry) = (now(), expiry)
        return try await write(bytes: items.byteCount) { database in
            try ConversationTable(database: database, expiry: expiry).append(items, to: id, of: principal, at: now)
        }
    }

    public func items(
        of id: String, of principal: String, page: ItemPageRequest
    ) async throws(StoreError) -> ItemPage? {
        let expiry = expiry
        return try await readSnapshot { database in
            try ConversationTable(database: database, expiry: expiry).items(of: id, of: principal, page: page)
        }
    }

    public func allItems(
        of id: String, of principal: String, maximumBytes: Int
    ) async throws(StoreError) -> [ConversationItem]? {
        let expiry = expiry
        return try await readSnapshot { database in
            try ConversationTable(database: database, expiry: expiry)
                .allItems(of: id, of: principal, maximumBytes: maximumBytes)
        }
    }

    public func item(
        _ itemID: String, of id: String, of principal: String
    ) async throws(StoreError) -> ConversationItem? {
        let expiry = expiry
        return try await readSnapshot { database in
            try ConversationTable(database: database, expiry: expiry).item(itemID, of: id, of: principal)
        }
    }

    public func conversationItem(
        _ itemID: String, of principal: String
    ) async throws(StoreError) -> ConversationItem? {
        let expiry = expiry
        return try await read { try ConversationTable(database: $0, expiry: expiry).item(itemID, of: principal) }
    }

    public func deleteItem(
        _ itemID: String, of id: String, of principal: String
    ) async throws(StoreError) -> Bool {
        let (now, expiry) = (now(), expiry)
        return try await write(bytes: itemID.utf8.count) { database in
            try ConversationTable(database: database, expiry: expiry)
                .deleteItem(itemID, of: id, of: principal, at: now)
        }
    }
}

extension ConversationItem {
    /// About how much it holds in memory.
    var byteCount: Int { id.utf8.count + data.count }
}

extension [ConversationItem] {
    fileprivate var byteCount: Int { reduce(0) { $0 + $1.byteCount } }
}
