import AgentRuns
import GRDB

/// The runs of a database, with their events and items.
struct RunTable {
    let database: Database
    /// What was finished then or earlier has expired.
    let expiry: RunTime

    /// How many runs a chain may have. More are not read: a request that continues so many is refused.
    static let maximumChainLength = 1000

    func insert(_ run: FinishedRun) throws {
        try database.run(
            """
            INSERT INTO runs (run_id, surface, principal, previous_id, conversation_id, status, last_seq, created_at,
                finished_at, trace_id, request_hash, error, result, request)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            run.id, run.surface, run.principal, run.previousID, run.conversationID, run.status.rawValue,
            run.events.last?.lastSequence, run.createdAt, run.finishedAt, run.traceID, run.requestHash, run.error,
            run.result, run.request)
        let number = database.lastInsertedRowID
        for item in run.itemIDs {
            // The result of a run may hold an item twice.
            try database.run(
                "INSERT OR IGNORE INTO run_items (principal, item_id, run) VALUES (?, ?, ?)",
                run.principal, item, number)
        }
        for segment in run.events {
            try database.run(
                "INSERT INTO run_events (run, first_seq, last_seq, data) VALUES (?, ?, ?, ?)",
                number, segment.firstSequence, segment.lastSequence, segment.data)
        }
    }

    func run(_ id: String, of principal: String) throws -> StoredRun? {
        let query = try Query(database, Self.selectByID, id, principal, expiry)
        return try query.step() ? try Self.read(query) : nil
    }

    func results(holdingItems itemIDs: Set<String>, of principal: String, maximumBytes: Int) throws -> [StoredResult] {
        var found: [Int64: [String]] = [:]
        for item in itemIDs {
            if let run = try database.integer(Self.selectByItem, principal, item, expiry) {
                found[run, default: []].append(item)
            }
        }
        var results: [StoredResult] = []
        var bytes = 0
        for (run, items) in found {
            // Its size comes first: what does not fit is not read.
            let query = try Query(database, Self.selectContent, run)
            guard try query.step() else { continue }
            let (sum, overflow) = bytes.addingReportingOverflow(Int(query.integer(1)))
            guard !overflow, sum <= maximumBytes else {
                throw StoreError(.tooLarge, "the runs that hold the items have more than \(maximumBytes) bytes")
            }
            bytes = sum
            results.append(
                StoredResult(runID: query.text(0), itemIDs: items, data: query.bytes(2), request: query.bytes(3)))
        }
        return results
    }

    /// The runs up to one, the oldest first.
    func chain(to id: String, of principal: String, maximumBytes: Int) throws -> [StoredRun]? {
        var chain: [StoredRun] = []
        var bytes = 0
        var next: String? = id
        while let wanted = next {
            guard chain.count < Self.maximumChainLength else {
                throw StoreError(.tooLarge, "\(id) continues more than \(Self.maximumChainLength) runs")
            }
            // Its size comes first: a blob that does not fit is not read.
            let query = try Query(database, Self.selectForChain, expiry, wanted, principal)
            // The run itself must be alive; those before it may have expired.
            guard try query.step(), !chain.isEmpty || query.integer(14) == 1 else {
                if chain.isEmpty { return nil }
                throw StoreError(.chainBroken, "\(wanted), which \(id) continues, is gone")
            }
            let (sum, overflow) = bytes.addingReportingOverflow(Int(query.integer(13)))
            guard !overflow, sum <= maximumBytes else {
                throw StoreError(.tooLarge, "\(id) and what it continues have more than \(maximumBytes) bytes")
            }
            bytes = sum
            let run = try Self.read(query)
            chain.append(run)
            next = run.previousID
        }
        return chain.reversed()
    }

    func events(of id: String, after: Int, maximumBytes: Int) throws -> [EventSegment] {
        guard let number = try database.integer("SELECT number FROM runs WHERE run_id = ?", id) else { return [] }
        // From the segment that holds the next event, which may begin before it.
        let query = try Query(
            database,
            """
            SELECT first_seq, last_seq, data FROM run_events
            WHERE run = ?1 AND last_seq > ?2 AND first_seq >= coalesce(
                (SELECT max(first_seq) FROM run_events WHERE run = ?1 AND first_seq <= ?2 + 1), 0)
            ORDER BY first_seq
            """,
            number, after)
        var segments: [EventSegment] = []
        var bytes = 0
        while bytes < maximumBytes || segments.isEmpty, try query.step() {
            let segment = EventSegment(
                firstSequence: Int(query.integer(0)), lastSequence: Int(query.integer(1)), data: query.bytes(2))
            bytes += segment.data.count
            segments.append(segment)
        }
        return segments
    }

    func delete(_ id: String, of principal: String) throws -> Bool {
        let number = try database.integer(
            "SELECT number FROM runs WHERE run_id = ? AND principal = ? AND (finished_at IS NULL OR finished_at > ?)",
            id, principal, expiry)
        guard let number else { return false }
        try delete(number: number)
        return true
    }

    /// Removes a run with all that belongs to it. How many rows, apart from those of its items.
    @discardableResult
    func delete(number: Int64) throws -> Int {
        try database.run("DELETE FROM run_items WHERE run = ?", number)
        let segments = try database.run("DELETE FROM run_events WHERE run = ?", number)
        return try segments + database.run("DELETE FROM runs WHERE number = ?", number)
    }

    private static let columns = """
        run_id, surface, runs.principal, previous_id, conversation_id, status, last_seq, created_at, finished_at, \
        trace_id, error, result, request
        """

    private static let selectByID = """
        SELECT \(columns) FROM runs
        WHERE run_id = ? AND principal = ? AND (finished_at IS NULL OR finished_at > ?)
        """

    private static let selectByItem = """
        SELECT runs.number FROM run_items JOIN runs ON runs.number = run_items.run
        WHERE run_items.principal = ? AND run_items.item_id = ? AND (finished_at IS NULL OR finished_at > ?)
        ORDER BY run_items.run DESC LIMIT 1
        """

    private static let selectContent = """
        SELECT run_id, length(request) + coalesce(length(result), 0), coalesce(result, x''), request
        FROM runs WHERE number = ?
        """

    /// Behind the columns of a run, its size and whether it is alive.
    private static let selectForChain = """
        SELECT \(columns), length(request) + coalesce(length(result), 0), finished_at IS NULL OR finished_at > ?
        FROM runs WHERE run_id = ? AND principal = ?
        """

    private static func read(_ query: borrowing Query) throws -> StoredRun {
        guard let status = RunStatus(rawValue: query.text(5)) else {
            throw StoreError(.unavailable, "the status \(query.text(5)) of a run is unknown")
        }
        return StoredRun(
            id: query.text(0), surface: query.text(1), principal: query.text(2), previousID: query.optionalText(3),
            conversationID: query.optionalText(4), status: status, request: query.bytes(12),
            result: query.optionalBytes(11), error: query.optionalBytes(10), traceID: query.optionalText(9),
            lastSequence: query.optionalInteger(6).map(Int.init), createdAt: RunTime(milliseconds: query.integer(7)),
            finishedAt: query.optionalInteger(8).map(RunTime.init(milliseconds:)))
    }
}
