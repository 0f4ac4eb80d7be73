import AgentRuns
import GRDB

/// What goes from a database, a batch at a time.
///
/// Only a run that no other one continues can go. When it does, the one before it may be the next: so a chain goes as a
/// whole, from its end, and a living run keeps all that it continues.
struct Retention {
    let database: Database

    /// Something that may go.
    enum Candidate: Sendable, Hashable {
        case run(Int64)
        case conversation(Int64)
        case trace(Int64)
    }

    /// What a batch may remove.
    enum Rule: Sendable {
        /// What was finished or changed last then or earlier.
        case expired(RunTime)
        /// Whatever has come to its end, until the database has no more than so many bytes.
        case surplus(maximumBytes: Int64)
        /// Traces of requests of then or earlier, and those behind so many newer ones.
        case pastTraces(RunTime, maximumCount: Int)

        /// Nothing later than this goes.
        var latest: RunTime {
            switch self {
            case .expired(let expiry): expiry
            case .pastTraces(let expiry, _): expiry
            case .surplus: RunTime(milliseconds: .max)
            }
        }
    }

    /// The next that may go, the oldest first; none once the rule is met.
    func candidates(of rule: Rule, limit: Int) throws -> [Candidate] {
        switch rule {
        case .pastTraces(let expiry, let maximumCount):
            return try TraceTable(database: database, expiry: expiry)
                .past(maximumCount: maximumCount, limit: limit).map(Candidate.trace)
        case .surplus(let maximumBytes):
            if try usedBytes() <= maximumBytes { return [] }
        case .expired: break
        }
        var isSurplus = false
        if case .surplus = rule { isSurplus = true }
        // The size is that of everything. Traces have an age of their own.
        let query = try Query(
            database,
            """
            SELECT * FROM (
                SELECT finished_at AS time, 0 AS kind, number FROM runs
                WHERE finished_at <= ?1 AND NOT EXISTS (SELECT 1 FROM runs AS next WHERE next.previous_id = runs.run_id)
                ORDER BY finished_at LIMIT ?2)
            UNION ALL
            SELECT * FROM (
                SELECT changed_at AS time, 1 AS kind, number FROM conversations
                WHERE changed_at <= ?1 ORDER BY changed_at LIMIT ?2)
            UNION ALL
            SELECT * FROM (
                SELECT request_time AS time, 2 AS kind, number FROM traces
                WHERE request_time <= ?1 ORDER BY request_time LIMIT ?3)
            ORDER BY time LIMIT ?2
            """,
            rule.latest, limit, isSurplus ? limit : 0)
        var candidates: [Candidate] = []
        while try query.step() {
            let number = query.integer(2)
            switch query.integer(1) {
            case 0: candidates.append(.run(number))
            case 1: candidates.append(.conversation(number))
            default: candidates.append(.trace(number))
            }
        }
        return candidates
    }

    /// Removes candidates until about so many rows are gone, so much time has passed or the rule is met.
    ///
    /// At least one is dealt with.
    ///
    /// - Returns: What is still to be done of the batch.
    func remove(
        _ candidates: [Candidate], rule: Rule, maximumRows: Int, maximumTime: Duration
    ) throws -> [Candidate] {
        let start = ContinuousClock.now
        var left = candidates[...]
        var next: Candidate?
        var rows = 0
        while let candidate = next ?? left.popFirst() {
            if case .surplus(let maximumBytes) = rule, try usedBytes() <= maximumBytes { return [] }
            if rows >= maximumRows || rows > 0 && ContinuousClock.now - start >= maximumTime {
                return [candidate] + left
            }
            next = nil
            switch candidate {
            case .run(let number):
                let removed = try removeRun(number, latest: rule.latest)
                rows += removed.rows
                next = removed.previous.map(Candidate.run)
            case .conversation(let number):
                rows += try removeConversation(number, latest: rule.latest)
            case .trace(let number):
                rows += try database.run("DELETE FROM traces WHERE number = ?", number)
            }
        }
        return []
    }

    /// How many bytes the database holds, without the pages that are free to be used again.
    func usedBytes() throws -> Int64 {
        let pages = try database.integer("PRAGMA page_count") ?? 0
        let free = try database.integer("PRAGMA freelist_count") ?? 0
        return try (pages - free) * (database.integer("PRAGMA page_size") ?? 0)
    }

    /// Removes a run that nothing continues. How many rows that were, and the run that it continued.
    ///
    /// Looked at again, because the batch was made outside of this transaction.
    private func removeRun(_ number: Int64, latest: RunTime) throws -> (rows: Int, previous: Int64?) {
        let query = try Query(
            database,
            """
            SELECT previous_id, principal FROM runs WHERE number = ? AND finished_at <= ?
                AND NOT EXISTS (SELECT 1 FROM runs AS next WHERE next.previous_id = runs.run_id)
            """,
            number, latest)
        guard try query.step() else { return (0, nil) }
        let previousID = query.optionalText(0)
        let previous = try previousID.flatMap {
            try database.integer(
                "SELECT number FROM runs WHERE run_id = ? AND principal = ?", $0, query.text(1))
        }
        return (try RunTable(database: database, expiry: latest).delete(number: number), previous)
    }

    private func removeConversation(_ number: Int64, latest: RunTime) throws -> Int {
        let isIdle = try database.integer(
            "SELECT 1 FROM conversations WHERE number = ? AND changed_at <= ?", number, latest)
        return isIdle == nil ? 0 : try ConversationTable(database: database, expiry: latest).delete(number: number)
    }
}
