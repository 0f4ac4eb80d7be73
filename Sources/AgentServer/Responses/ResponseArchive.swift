import AgentJSON
import AgentRuns
import OpenResponses

/// Stored responses and conversations as requests refer to them.
struct ResponseArchive: Sendable {
    let store: (any RunStore)?
    /// How many bytes of earlier items a request may bring with it.
    let contextLimit: Int

    /// Whether responses are kept at all.
    var keeps: Bool { store != nil }

    // MARK: Context

    /// All items that come before those of a request: the chain of its previous response, or its conversation.
    ///
    /// - Parameter memory: What the connection remembers, which goes before what is stored.
    func context(
        of request: CreateRequest, for principal: String, memory: TurnMemory?
    ) async throws(DialectError) -> ItemList {
        if let id = request.previousResponseID {
            guard let remembered = memory?.items(of: id) else { return try await chain(to: id, for: principal) }
            guard remembered.bytes <= contextLimit else { throw .contextTooLong("previous_response_id") }
            return remembered
        }
        if let id = request.conversationID { return try await conversation(id, for: principal) }
        return ItemList()
    }

    /// The items of a response and of all that it continues.
    func chain(to id: String, for principal: String) async throws(DialectError) -> ItemList {
        guard let store else { throw .previousResponseNotFound(id) }
        let runs: [StoredRun]?
        do throws(StoreError) {
            runs = try await store.chain(to: id, of: principal, maximumBytes: contextLimit)
        } catch  where error.code == .chainBroken {
            throw DialectError(
                status: 400, message: "A response that '\(id)' continues no longer exists.",
                code: "previous_response_not_found", param: "previous_response_id"
            )
        } catch {
            throw DialectError(error, param: "previous_response_id")
        }
        guard let runs, runs.last?.status == .completed || runs.last?.status == .incomplete else {
            throw .previousResponseNotFound(id)
        }
        var list = ItemList()
        for run in runs {
            list.items += try run.inputItems() + run.outputItems()
            list.bytes += run.request.count + (run.result?.count ?? 0)
        }
        return list
    }

    private func conversation(_ id: String, for principal: String) async throws(DialectError) -> ItemList {
        let items: [ConversationItem]?
        do throws(StoreError) {
            items = try await store?.allItems(of: id, of: principal, maximumBytes: contextLimit)
        } catch {
            throw DialectError(error, param: "conversation")
        }
        guard let items else { throw .conversationNotFound(id, param: "conversation") }
        var list = ItemList()
        for item in items {
            guard let kept = item.item else { continue }
            list.items.append(kept)
            list.bytes += item.data.count
        }
        return list
    }

    // MARK: Single responses

    /// A stored response.
    func run(_ id: String, for principal: String) async throws(DialectError) -> StoredRun {
        let run: StoredRun?
        do throws(StoreError) {
            run = try await store?.run(id, of: principal)
        } catch {
            throw DialectError(error)
        }
        guard let run, run.surface == RunRecord.surface else { throw .responseNotFound(id) }
        return run
    }

    /// Forgets a response.
    func delete(_ id: String, for principal: String) async throws(DialectError) {
        let wasThere: Bool?
        do throws(StoreError) {
            wasThere = try await store?.deleteRun(id, of: principal)
        } catch {
            throw DialectError(error)
        }
        guard wasThere == true else { throw .responseNotFound(id) }
    }
}

extension DialectError {
    /// What a store's trouble means for a client.
    init(_ error: StoreError, param: String? = nil) {
        switch error.code {
        case .tooLarge: self = .contextTooLong(param)
        case .duplicate:
            self.init(
                status: 400, message: "There is an item with this id already.", code: "invalid_value", param: param)
        case .itemNotFound:
            self.init(status: 400, message: "There is no such item.", code: "item_not_found", param: param ?? "after")
        case .conversationNotFound:
            self.init(status: 404, message: "The conversation was not found.", code: "conversation_not_found")
        default:
            self.init(
                status: 503, message: "Stored responses are not available now.", code: "store_unavailable",
                retryAfter: 1
            )
        }
    }

    static func contextTooLong(_ param: String?) -> DialectError {
        DialectError(
            status: 400, message: "The conversation is too long.", code: "context_length_exceeded", param: param
        )
    }

    static func previousResponseNotFound(_ id: String) -> DialectError {
        DialectError(
            status: 400, message: "Previous response with id '\(id)' not found.", code: "previous_response_not_found",
            param: "previous_response_id"
        )
    }

    static func responseNotFound(_ id: String) -> DialectError {
        DialectError(status: 404, message: "Response with id '\(id)' not found.", code: "response_not_found")
    }

    static func conversationNotFound(_ id: String, param: String? = nil) -> DialectError {
        DialectError(
            status: 404, message: "Conversation with id '\(id)' not found.", code: "conversation_not_found",
            param: param
        )
    }
}
