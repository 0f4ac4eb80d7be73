public import AgentRuns
import GRDB

extension SQLiteStore {
    /// Removes what has expired, then what is too much.
    ///
    /// Runs, conversations and traces go in batches of at most about 500 rows and 10 ms, each in a transaction that others share. A run stays
    /// while another one continues it: a chain goes as a whole, from its end, once all of it has expired. The same holds
    /// where the database is too large: then the chain or conversation goes that has rested longest.
    ///
    /// Several processes may sweep the same file.
    public func sweep() async throws(StoreError) {
        try await remove(.expired(expiry))
        try await remove(.pastTraces(traceExpiry, maximumCount: configuration.maximumTraces))
        try await remove(.surplus(maximumBytes: Int64(configuration.maximumBytes)))
    }

    /// Sweeps at once and then after each interval, until the task is cancelled.
    ///
    /// - Parameter report: Called with what a sweep has failed with; the next one comes all the same.
    public func runSweeps(
        every interval: Duration = .seconds(60), report: @Sendable (StoreError) -> Void = { _ in }
    ) async {
        while !Task.isCancelled {
            do {
                try await sweep()
            } catch  where error.code == .cancelled {
                return
            } catch {
                report(error)
            }
            try? await Task.sleep(for: interval)
        }
    }

    private func remove(_ rule: Retention.Rule) async throws(StoreError) {
        let limit = Self.rowsOfBatch
        while true {
            var batch = try await read { try Retention(database: $0).candidates(of: rule, limit: limit) }
            if batch.isEmpty { return }
            while !batch.isEmpty {
                let candidates = batch
                batch = try await write(bytes: candidates.count * MemoryLayout<Retention.Candidate>.stride) {
                    database in
                    try Retention(database: database).remove(
                        candidates, rule: rule, maximumRows: limit, maximumTime: Self.timeOfBatch)
                }
            }
        }
    }

    /// With more of either, everybody else's commit would wait for one batch: 500 rows take 60 ms on a busy machine.
    private static let rowsOfBatch = 500
    private static let timeOfBatch: Duration = .milliseconds(10)
}
