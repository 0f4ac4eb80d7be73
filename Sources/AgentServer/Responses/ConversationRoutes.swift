import AgentJSON
import AgentRuns
import HTTPTypes
import OpenResponses

/// Conversations: items that clients keep under one id.
struct ConversationRoutes: Sendable {
    let archive: ResponseArchive
    let pool: AgentPool
    let maximumDepth: Int

    /// The routes under one prefix, `""` or `/v1`.
    func routes(_ prefix: String) -> [Router.Route] {
        [
            route(.post, prefix + "/conversations", in: pool, create),
            route(.get, prefix + "/conversations/{}", in: pool, retrieve),
            route(.post, prefix + "/conversations/{}", in: pool, update),
            route(.delete, prefix + "/conversations/{}", in: pool, delete),
            route(.get, prefix + "/conversations/{}/items", in: pool, items),
            route(.post, prefix + "/conversations/{}/items", in: pool, addItems),
            route(.get, prefix + "/conversations/{}/items/{}", in: pool, item),
            route(.delete, prefix + "/conversations/{}/items/{}", in: pool, deleteItem),
        ]
    }

    // MARK: Conversations

    private func create(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let request = try exchange.read(maximumDepth) { body throws(RequestFault) in try ConversationCreate(body) }
        let conversation = Conversation(
            id: Identifiers.make("conv_"), principal: exchange.principal.id, metadata: request.metadata.encoded(),
            createdAt: .now
        )
        let items = try await kept(request.items, for: exchange.principal.id)
        try await ask { store throws(StoreError) in try await store.insert(conversation, items: items) }
        return reply(conversation)
    }

    private func retrieve(_ exchange: Exchange) async throws(DialectError) -> Reply {
        reply(try await conversation(exchange))
    }

    private func update(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let request = try exchange.read(maximumDepth) { body throws(RequestFault) in try ConversationUpdate(body) }
        let id = exchange.parameter
        let updated = try await ask { store throws(StoreError) in
            try await store.update(id, of: exchange.principal.id, metadata: request.metadata.encoded())
        }
        guard let updated else { throw .conversationNotFound(id) }
        return reply(updated)
    }

    private func delete(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let id = exchange.parameter
        let wasThere = try await ask { store throws(StoreError) in
            try await store.deleteConversation(id, of: exchange.principal.id)
        }
        guard wasThere else { throw .conversationNotFound(id) }
        return .json(["id": .string(id), "object": "conversation.deleted", "deleted": true])
    }

    // MARK: Items

    private func items(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let query = try ListQuery.read(exchange.query)
        let id = exchange.parameter
        let request = ItemPageRequest(isAscending: query.order == .ascending, limit: query.limit, after: query.after)
        let page = try await ask { store throws(StoreError) in
            try await store.items(of: id, of: exchange.principal.id, page: request)
        }
        guard let page else { throw .conversationNotFound(id) }
        return await pool.run(bytes: page.items.reduce(0) { $0 + $1.data.count }) {
            .list(page.items.compactMap { $0.item?.json }, hasMore: page.hasMore)
        }
    }

    private func addItems(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let request = try exchange.read(maximumDepth) { body throws(RequestFault) in try ItemsCreate(body) }
        let id = exchange.parameter
        _ = try await conversation(exchange)
        let items = try await kept(request.items, for: exchange.principal.id)
        let isThere = try await ask { store throws(StoreError) in
            try await store.append(items, to: id, of: exchange.principal.id)
        }
        guard isThere else { throw .conversationNotFound(id) }
        return .list(items.compactMap { $0.item?.json }, hasMore: false)
    }

    private func item(_ exchange: Exchange) async throws(DialectError) -> Reply {
        _ = try await conversation(exchange)
        let itemID = exchange.parameters.last ?? ""
        let item = try await ask { store throws(StoreError) in
            try await store.item(itemID, of: exchange.parameter, of: exchange.principal.id)
        }
        guard let item else { throw .itemNotFound(itemID) }
        return .json(item.data)
    }

    private func deleteItem(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let conversation = try await conversation(exchange)
        let itemID = exchange.parameters.last ?? ""
        let wasThere = try await ask { store throws(StoreError) in
            try await store.deleteItem(itemID, of: conversation.id, of: exchange.principal.id)
        }
        guard wasThere else { throw .itemNotFound(itemID) }
        return reply(conversation)
    }

    // MARK: Pieces

    private func conversation(_ exchange: Exchange) async throws(DialectError) -> Conversation {
        let id = exchange.parameter
        let found = try await ask { store throws(StoreError) in
            try await store.conversation(id, of: exchange.principal.id)
        }
        guard let found else { throw .conversationNotFound(id) }
        return found
    }

    private func ask<Answer>(
        _ question: (any RunStore) async throws(StoreError) -> Answer
    ) async throws(DialectError) -> Answer {
        guard let store = archive.store else {
            throw DialectError(
                status: 400, message: "This server keeps no conversations.", code: "store_disabled"
            )
        }
        do throws(StoreError) {
            return try await question(store)
        } catch {
            throw DialectError(error, param: error.code == .duplicate ? "items" : nil)
        }
    }

    /// The items as they are kept: references replaced by what they refer to, which may go before the conversation does.
    private func kept(_ items: [Item], for principal: String) async throws(DialectError) -> [ConversationItem] {
        let resolved = try await archive.resolveReferences(
            in: items, of: "items", context: ItemList(), for: principal
        )
        return resolved.items.map { item in
            let item = item.normalised { Identifiers.make($0) }
            return ConversationItem(id: item.id ?? "", data: item.json.encoded())
        }
    }

    private func reply(_ conversation: Conversation) -> Reply {
        let metadata = (try? JSON(parsing: conversation.metadata)) ?? [:]
        return .json([
            "id": .string(conversation.id),
            "object": "conversation",
            "created_at": .number(JSONNumber(Int(conversation.createdAt.seconds))),
            "metadata": metadata,
        ])
    }
}

extension DialectError {
    static func itemNotFound(_ id: String) -> DialectError {
        DialectError(status: 404, message: "Item with id '\(id)' not found.", code: "item_not_found")
    }
}
