import AgentRuns
import GRDB

/// The transaction in which a batch of operations is written.
struct Transaction {
    let database: Database
    let location: SQLiteStore.Location

    /// Commits a batch. What each operation has failed with, `nil` where it is durable.
    ///
    /// First without savepoints, which would cost two statements for each operation. When an operation fails, which is
    /// rare, the batch is done again with them, so that the failing ones are left out and the others are not disturbed.
    ///
    /// - Throws: What concerns all of them: the disk is full, the file is locked.
    func run(_ batch: [any QueuedWrite]) throws -> [StoreError?] {
        do {
            try within { for operation in batch { try operation.run(in: database) } }
            return batch.map { _ in nil }
        } catch  where Self.concernsOneOperation(error) {
            if batch.count == 1 { return [StoreError(error, of: location)] }
        }
        var results: [StoreError?] = []
        try within { results = try batch.map(runInSavepoint) }
        return results
    }

    private func within(_ body: () throws -> Void) throws {
        // One that could not be rolled back after a failure of the disk.
        if database.isInsideTransaction { try database.run("ROLLBACK") }
        try database.run("BEGIN IMMEDIATE")
        do {
            try body()
            try database.run("COMMIT")
        } catch {
            // Some failures have rolled it back already.
            if database.isInsideTransaction { _ = try? database.run("ROLLBACK") }
            throw error
        }
    }

    private func runInSavepoint(_ operation: any QueuedWrite) throws -> StoreError? {
        try database.run("SAVEPOINT operation")
        do {
            try operation.run(in: database)
            try database.run("RELEASE operation")
            return nil
        } catch  where Self.concernsOneOperation(error) {
            try database.run("ROLLBACK TO operation")
            try database.run("RELEASE operation")
            return StoreError(error, of: location)
        }
    }

    private static func concernsOneOperation(_ error: any Error) -> Bool {
        switch error {
        case is StoreError: true
        case let failure as SQLiteFailure: failure.concernsValues
        default: false
        }
    }
}
