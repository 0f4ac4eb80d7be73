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
            let known = Set(rows.map(\.reference))
            // One that goes on is in no store, unless another process has ended it.
            rows += try await store.traces(wider).filter { !known.contains($0.reference) }
        }
        rows.sort { $0.position > $1.position }
        return TracePage(rows: Array(rows.prefix(query.limit)), hasMore: rows.count > query.limit)
    }

    /// One trace, wherever it is.
    ///
    /// - Parameters:
    ///   - reference: What it is called. Of several that it may mean, the one with the highest rank.
    ///   - principal: Whom it must belong to; `nil` for anybody.
    package func trace(_ reference: TraceReference, of principal: String?) async throws -> KeptTrace? {
        // One that ends meanwhile is found the second time, where it waits.
        let held = held(reference, of: principal)?.trace ?? held(reference, of: principal)?.trace
        if let held, held.row.reference == reference { return held }
        guard let stored = try await store.trace(reference, of: principal) else { return held }
        return held.flatMap { $0.row.rank > stored.row.rank ? $0 : nil } ?? stored
    }

    /// Where a trace stands in lists; `nil` where there is none.
    package func position(of reference: TraceReference, principal: String?) async throws -> TracePosition? {
        let held = held(reference, of: principal)?.rank
        if let held, !held.isRemote || reference.root != nil { return held.position }
        let stored = try await store.row(reference, of: principal)?.rank
        return [held, stored].compactMap { $0 }.max()?.position
    }

    /// A trace in memory.
    private enum Held {
        case running(Trace, start: UInt64)
        case unwritten(FinishedTrace, root: FinishedSpan)

        var rank: TraceRank {
            switch self {
            case .running(let trace, let start): TraceRank(trace.id, trace.rootID, start, isRemote: trace.isRemote)
            case .unwritten(let trace, let root): TraceRank(trace.id, root.id, root.start, isRemote: trace.isRemote)
            }
        }

        var session: String? {
            switch self {
            case .running(let trace, _): trace.annotations.session
            case .unwritten(let trace, _): trace.annotations.session
            }
        }

        /// Its row, which costs as much as the trace is large; `nil` where it has ended meanwhile.
        var row: TraceRow? {
            switch self {
            case .running(let trace, _): trace.snapshot().flatMap { KeptTraces.row($0, isRunning: true) }
            case .unwritten(let trace, _): KeptTraces.row(trace)
            }
        }

        /// All of it; `nil` where it has ended meanwhile.
        var trace: KeptTrace? {
            switch self {
            case .running(let trace, _): trace.snapshot().flatMap { KeptTrace($0, isRunning: true) }
            case .unwritten(let trace, _): KeptTrace(trace)
            }
        }
    }

    /// What a reference means of what is in memory and belongs to a principal.
    private func held(_ reference: TraceReference, of principal: String?) -> Held? {
        let (running, unwritten) = inMemory(reference)
        let all =
            running.filter { principal == nil || $0.principal == principal }.compactMap(Self.held)
            + unwritten.filter { principal == nil || $0.principal == principal }.compactMap(Self.held)
        return all.max { $0.rank < $1.rank }
    }

    private static func held(_ trace: Trace) -> Held? { trace.start.map { .running(trace, start: $0) } }

    private static func held(_ trace: FinishedTrace) -> Held? { trace.root.map { .unwritten(trace, root: $0) } }

    /// Those in memory that a query asks for. Rows are made only of as many as it wants.
    private func memoryRows(_ query: TraceQuery) -> [TraceRow] {
        let (running, unwritten) = inMemory
        var found: [(position: TracePosition, held: Held)] = []
        func consider(_ held: Held) {
            let position = held.rank.position
            guard query.times.contains(position.time) else { return }
            if let after = query.after, position >= after { return }
            if let session = query.session, held.session?.prefix(scalars: TraceRow.sessionLimit) != session { return }
            found.append((position, held))
        }
        if query.state == nil || query.state == .running {
            for trace in running where query.principal == nil || trace.principal == query.principal {
                if let held = Self.held(trace) { consider(held) } else { forget(trace.reference) }
            }
        }
        for trace in unwritten where query.principal == nil || trace.principal == query.principal {
            guard let root = trace.root else { continue }
            let state: TraceSummary.State = root.failure == nil ? .ok : .failed
            if query.state == nil || query.state == state { consider(.unwritten(trace, root: root)) }
        }
        found.sort { $0.position > $1.position }
        return found.prefix(query.limit).compactMap { $0.held.row }
    }

    private static func row(_ trace: FinishedTrace, isRunning: Bool = false) -> TraceRow? {
        var trace = trace
        trace.prepare()
        return trace.root.map { TraceRow(trace, root: $0, isRunning: isRunning) }
    }
}

extension TraceRank {
    /// - Parameter start: When it began, in nanoseconds since 1970.
    fileprivate init(_ trace: TraceID, _ root: SpanID, _ start: UInt64, isRemote: Bool) {
        self.init(isRemote: isRemote, position: TracePosition(time: start / 1_000_000, id: trace, root: root))
    }
}
