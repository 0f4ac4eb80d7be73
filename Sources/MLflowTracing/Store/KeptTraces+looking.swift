extension KeptTraces {
    /// A page of traces, the newest first: those that go on, those that are about to be written, and those of the store.
    ///
    /// - Throws: What the store has failed with.
    package func page(_ query: TraceQuery) async throws -> TracePage {
        var wider = query
        wider.limit = query.limit + 1
        // Memory first: what moves to the store meanwhile is found twice, and not never.
        var rows = memoryRows(wider)
        if query.state != .running {
            let known = Set(rows.map(\.id))
            // One that goes on is in no store, unless another process has ended it.
            rows += try await store.traces(wider).filter { !known.contains($0.id) }
        }
        rows.sort { $0.position > $1.position }
        return TracePage(rows: Array(rows.prefix(query.limit)), hasMore: rows.count > query.limit)
    }

    /// One trace, wherever it is.
    ///
    /// - Parameter principal: Whom it must belong to; `nil` for anybody.
    package func trace(_ id: TraceID, of principal: String?) async throws -> KeptTrace? {
        let found = inMemory(id)
        if let running = found.running, principal == nil || running.principal == principal,
            let snapshot = running.snapshot()
        {
            return KeptTrace(snapshot, isRunning: true)
        }
        if let trace = found.unwritten ?? inMemory(id).unwritten {
            return principal == nil || trace.principal == principal ? KeptTrace(trace) : nil
        }
        return try await store.trace(id, of: principal)
    }

    /// Where a trace stands in lists; `nil` where there is none.
    package func position(of id: TraceID, principal: String?) async throws -> TracePosition? {
        let found = inMemory(id)
        if let running = found.running, principal == nil || running.principal == principal, let start = running.start {
            return TracePosition(time: start / 1_000_000, id: id)
        }
        if let trace = found.unwritten, principal == nil || trace.principal == principal, let root = trace.root {
            return TracePosition(time: root.start / 1_000_000, id: id)
        }
        return try await store.position(of: id, principal: principal)
    }

    /// Something in memory that a query may want.
    private enum Candidate {
        case running(Trace)
        case unwritten(FinishedTrace)

        /// Its row, which costs as much as the trace is large.
        var row: TraceRow? {
            switch self {
            case .running(let trace): trace.snapshot().flatMap { KeptTraces.row($0, isRunning: true) }
            case .unwritten(let trace): KeptTraces.row(trace)
            }
        }
    }

    /// Those in memory that a query asks for. Rows are made only of as many as it wants.
    private func memoryRows(_ query: TraceQuery) -> [TraceRow] {
        let (running, unwritten) = inMemory
        var found: [(position: TracePosition, candidate: Candidate)] = []
        func consider(_ start: UInt64, _ id: TraceID, _ candidate: Candidate) {
            let position = TracePosition(time: start / 1_000_000, id: id)
            guard query.times.contains(position.time) else { return }
            if let after = query.after, position >= after { return }
            found.append((position, candidate))
        }
        if query.state == nil || query.state == .running {
            for trace in running where query.principal == nil || trace.principal == query.principal {
                guard let start = trace.start else {
                    forget(trace.id)
                    continue
                }
                if let session = query.session,
                    trace.annotations.session?.prefix(scalars: TraceRow.sessionLimit) != session
                {
                    continue
                }
                consider(start, trace.id, .running(trace))
            }
        }
        for trace in unwritten where query.principal == nil || trace.principal == query.principal {
            guard let root = trace.root else { continue }
            let state: TraceSummary.State = root.failure == nil ? .ok : .failed
            if let wanted = query.state, wanted != state { continue }
            if let session = query.session, trace.annotations.session?.prefix(scalars: TraceRow.sessionLimit) != session
            {
                continue
            }
            consider(root.start, trace.id, .unwritten(trace))
        }
        found.sort { $0.position > $1.position }
        return found.prefix(query.limit).compactMap { $0.candidate.row }
    }

    private static func row(_ trace: FinishedTrace, isRunning: Bool = false) -> TraceRow? {
        var trace = trace
        trace.prepare()
        return trace.root.map { TraceRow(trace, root: $0, isRunning: isRunning) }
    }
}
