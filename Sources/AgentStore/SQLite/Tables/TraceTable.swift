import AgentRuns
import GRDB
import MLflowTracing

/// The traces of a database.
struct TraceTable {
    let database: Database
    /// Traces of requests of then or earlier have expired.
    let expiry: RunTime

    func insert(_ trace: KeptTrace) throws {
        let row = trace.row
        try database.run(
            """
            INSERT OR REPLACE INTO traces (trace_id, root_id, is_remote, principal, session, user, name, state, request_time, duration,
                input_tokens, output_tokens, total_tokens, request_preview, response_preview, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            row.id.bytes, row.root.hex, row.isRemote ? 1 : 0, row.principal, row.session, row.user, row.name,
            row.state.rawValue,
            Int64(clamping: row.requestTime), Int64(clamping: row.duration), row.usage?.input, row.usage?.output,
            row.usage?.total, row.requestPreview, row.responsePreview, trace.body)
    }

    func rows(_ wanted: TraceQuery) throws -> [TraceRow] {
        guard wanted.state != .running else { return [] }
        var conditions = [
            "request_time > ?1", "request_time BETWEEN ?2 AND ?3", "(request_time, trace_id, root_id) < (?4, ?5, ?6)",
        ]
        if wanted.principal != nil { conditions.append("principal = ?7") }
        if wanted.session != nil { conditions.append("session = ?8") }
        // Not bound: only by the text itself is the index of failures found.
        if let state = wanted.state { conditions.append("state = '\(state.rawValue)'") }
        let query = try Query(
            database,
            """
            SELECT \(Self.columns) FROM traces WHERE \(conditions.joined(separator: " AND "))
            ORDER BY request_time DESC, trace_id DESC, root_id DESC LIMIT ?9
            """,
            expiry, Int64(clamping: wanted.times.lowerBound), Int64(clamping: wanted.times.upperBound),
            wanted.after.map { Int64(clamping: $0.time) } ?? .max, wanted.after?.id.bytes ?? [],
            wanted.after?.root.hex ?? "", wanted.principal, wanted.session, wanted.limit)
        var rows: [TraceRow] = []
        while try query.step() { rows.append(try Self.read(query)) }
        return rows
    }

    func trace(_ reference: TraceReference, of principal: String?) throws -> KeptTrace? {
        let query = try query(reference, of: principal, columns: "\(Self.columns), body")
        return try query.step() ? KeptTrace(row: try Self.read(query), body: query.bytes(15)) : nil
    }

    func row(_ reference: TraceReference, of principal: String?) throws -> TraceRow? {
        let query = try query(reference, of: principal, columns: Self.columns)
        return try query.step() ? try Self.read(query) : nil
    }

    /// Looks for the trace that a reference means: by its rank, as `TraceRank` has it.
    private func query(_ reference: TraceReference, of principal: String?, columns: String) throws -> Query {
        try Query(
            database,
            """
            SELECT \(columns) FROM traces
            WHERE trace_id = ?1 AND (?2 IS NULL OR root_id = ?2) AND (?3 IS NULL OR principal = ?3) AND request_time > ?4
            ORDER BY is_remote, request_time DESC, root_id DESC LIMIT 1
            """,
            reference.trace.bytes, reference.root?.hex, principal, expiry)
    }

    /// The numbers of traces that have expired, or stand behind so many newer ones: not all at once.
    func past(maximumCount: Int, limit: Int) throws -> [Int64] {
        let query = try Query(
            database,
            """
            SELECT * FROM (SELECT number FROM traces WHERE request_time <= ?1 ORDER BY request_time LIMIT ?2)
            UNION
            SELECT * FROM (
                SELECT number FROM traces ORDER BY request_time DESC, trace_id DESC, root_id DESC
                LIMIT ?2 OFFSET ?3)
            LIMIT ?2
            """,
            expiry, limit, maximumCount)
        var numbers: [Int64] = []
        while try query.step() { numbers.append(query.integer(0)) }
        return numbers
    }

    /// Makes room after so many were inserted, where there are clearly too many: a sweep comes only now and then.
    func trim(maximumCount: Int, inserted: Int) throws {
        // Numbers grow and old ones go first: this counts too many rather than too few, and needs no look at each.
        let span =
            try database.integer(
                "SELECT (SELECT max(number) FROM traces) - (SELECT min(number) FROM traces)") ?? 0
        guard span >= maximumCount + maximumCount / 8 + 64 else { return }
        for number in try past(maximumCount: maximumCount, limit: 2 * inserted) {
            try database.run("DELETE FROM traces WHERE number = ?", number)
        }
    }

    private static let columns = """
        trace_id, root_id, is_remote, principal, session, user, name, state, request_time, duration, input_tokens, \
        output_tokens, total_tokens, request_preview, response_preview
        """

    private static func read(_ query: borrowing Query) throws -> TraceRow {
        guard let id = TraceID(bytes: query.bytes(0)), let root = SpanID(query.text(1)),
            let state = TraceSummary.State(rawValue: query.text(7))
        else {
            throw StoreError(.unavailable, "a trace has an id or the state \(query.text(7)), which is unknown")
        }
        var usage: TokenUsage?
        if let input = query.optionalInteger(10), let output = query.optionalInteger(11) {
            usage = TokenUsage(input: Int(input), output: Int(output), total: query.optionalInteger(12).map(Int.init))
        }
        return TraceRow(
            id: id, root: root, isRemote: query.integer(2) != 0, principal: query.text(3),
            session: query.optionalText(4), user: query.optionalText(5), name: query.text(6), state: state,
            requestTime: UInt64(clamping: query.integer(8)), duration: UInt64(clamping: query.integer(9)), usage: usage,
            requestPreview: query.optionalText(13), responsePreview: query.optionalText(14))
    }
}

extension TraceID {
    /// The 16 bytes: they compare as the halves do.
    fileprivate var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    fileprivate init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func half(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: half(bytes[..<8]), low: half(bytes[8...]))
    }
}
