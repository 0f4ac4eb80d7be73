public import AgentRuns
import GRDB

extension SQLiteStore: RunStore {
    public func insert(_ run: FinishedRun) async throws(StoreError) {
        let (now, expiry) = (now(), expiry)
        try await write(bytes: run.byteCount) { database in
            if let conversation = run.conversationID {
                let conversations = ConversationTable(database: database, expiry: expiry)
                guard
                    try conversations.append(
                        run.conversationItems, to: conversation, of: run.principal, at: now, renaming: run.renaming
                    )
                else {
                    throw StoreError(.conversationNotFound, "\(conversation), to which \(run.id) belongs, is gone")
                }
            }
            try RunTable(database: database, expiry: expiry).insert(run)
        }
    }

    public func run(_ id: String, of principal: String) async throws(StoreError) -> StoredRun? {
        let expiry = expiry
        return try await read { try RunTable(database: $0, expiry: expiry).run(id, of: principal) }
    }

    /// A run with all that it continues: at most 1,000 runs.
    ///
    /// A run that continues more fails with the code `tooLarge`, as one whose requests and results have too many bytes.
    public func chain(
        to id: String, of principal: String, maximumBytes: Int
    ) async throws(StoreError) -> [StoredRun]? {
        let expiry = expiry
        return try await readSnapshot { database in
            try RunTable(database: database, expiry: expiry).chain(to: id, of: principal, maximumBytes: maximumBytes)
        }
    }

    public func results(
        holdingItems itemIDs: Set<String>, of principal: String, maximumBytes: Int
    ) async throws(StoreError) -> [StoredResult] {
        let expiry = expiry
        return try await readSnapshot { database in
            try RunTable(database: database, expiry: expiry)
                .results(holdingItems: itemIDs, of: principal, maximumBytes: maximumBytes)
        }
    }

    public func events(
        of id: String, after: Int, maximumBytes: Int
    ) async throws(StoreError) -> [EventSegment] {
        let expiry = expiry
        return try await readSnapshot { database in
            try RunTable(database: database, expiry: expiry).events(of: id, after: after, maximumBytes: maximumBytes)
        }
    }

    public func deleteRun(_ id: String, of principal: String) async throws(StoreError) -> Bool {
        let expiry = expiry
        return try await write(bytes: id.utf8.count) { database in
            try RunTable(database: database, expiry: expiry).delete(id, of: principal)
        }
    }
}

extension FinishedRun {
    /// About how much it holds in memory.
    fileprivate var byteCount: Int {
        var count = request.count + result.count + (error?.count ?? 0)
        for segment in events { count += segment.data.count }
        for item in conversationItems { count += item.byteCount }
        return count
    }
}
