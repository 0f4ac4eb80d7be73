/// Where traces are kept to be looked at.
///
/// A store forgets by itself what is too old or too much.
package protocol TraceStore: Sendable {
    /// Keeps traces, all or none. One that is there already, with the same id and root, is replaced.
    func insert(_ traces: [KeptTrace]) async throws

    /// The newest traces that a query asks for, the newest first: at most ``TraceQuery/limit``.
    func traces(_ query: TraceQuery) async throws -> [TraceRow]

    /// One trace: of those that are meant, the one with the highest rank.
    ///
    /// - Parameter principal: Whom it must belong to; `nil` for anybody.
    func trace(_ reference: TraceReference, of principal: String?) async throws -> KeptTrace?

    /// What lists show of the same trace.
    func row(_ reference: TraceReference, of principal: String?) async throws -> TraceRow?
}

/// Which traces a list shall have.
package struct TraceQuery: Sendable {
    /// Whose traces; `nil` for everybody's.
    package var principal: String?
    package var session: String?
    package var state: TraceSummary.State?
    /// The earliest and the latest time of a request, in milliseconds since 1970.
    package var times: ClosedRange<UInt64> = 0...UInt64(Int64.max)
    /// Only what stands behind this: older traces.
    package var after: TracePosition?
    package var limit = 20

    /// Everybody's traces.
    package init() {}
}

/// A page of a list of traces.
package struct TracePage: Sendable {
    package var rows: [TraceRow]
    /// Whether further ones follow.
    package var hasMore: Bool
}
