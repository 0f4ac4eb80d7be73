package import AgentRuns
package import MLflowTracing

extension SQLiteStore: TraceStore {
    /// Keeps traces: one operation of the writer, whatever their number.
    package func insert(_ traces: [KeptTrace]) async throws(StoreError) {
        let (expiry, maximumCount) = (traceExpiry, configuration.maximumTraces)
        let bytes = traces.reduce(0) { $0 + $1.body.count + 512 }
        try await write(bytes: bytes) { database in
            let table = TraceTable(database: database, expiry: expiry)
            for trace in traces { try table.insert(trace) }
            try table.trim(maximumCount: maximumCount, inserted: traces.count)
        }
    }

    package func traces(_ query: TraceQuery) async throws(StoreError) -> [TraceRow] {
        let expiry = traceExpiry
        return try await read { try TraceTable(database: $0, expiry: expiry).rows(query) }
    }

    package func trace(_ reference: TraceReference, of principal: String?) async throws(StoreError) -> KeptTrace? {
        let expiry = traceExpiry
        return try await read { try TraceTable(database: $0, expiry: expiry).trace(reference, of: principal) }
    }

    package func row(_ reference: TraceReference, of principal: String?) async throws(StoreError) -> TraceRow? {
        let expiry = traceExpiry
        return try await read { try TraceTable(database: $0, expiry: expiry).row(reference, of: principal) }
    }
}
