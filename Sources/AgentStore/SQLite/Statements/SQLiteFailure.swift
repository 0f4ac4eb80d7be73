import AgentRuns
import GRDB
import GRDBSQLite

/// A call of SQLite that did not do what it was asked.
struct SQLiteFailure: Error {
    /// SQLite's extended result code.
    let code: CInt
    /// What SQLite says about it.
    let message: String

    /// The connection's last failure.
    init(_ database: Database) {
        code = sqlite3_extended_errcode(database.sqliteConnection)
        message = String(cString: sqlite3_errmsg(database.sqliteConnection))
    }

    init(_ error: DatabaseError) {
        code = error.extendedResultCode.rawValue
        message = error.message ?? "unknown trouble"
    }

    var primaryCode: CInt { code & 0xFF }

    /// Whether it is about the values of one operation, not about the database.
    var concernsValues: Bool {
        [SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH].contains(primaryCode)
    }

    /// Whether another connection holds a lock.
    var isBusy: Bool { primaryCode == SQLITE_BUSY }

    var isDuplicate: Bool {
        [ResultCode.SQLITE_CONSTRAINT_UNIQUE.rawValue, ResultCode.SQLITE_CONSTRAINT_PRIMARYKEY.rawValue].contains(code)
    }
}

extension StoreError {
    /// What a store's callers are told of an error.
    init(_ error: any Error, of location: SQLiteStore.Location) {
        switch error {
        case let error as StoreError:
            self = error
        case let failure as SQLiteFailure where failure.isDuplicate:
            self.init(.duplicate, failure.message)
        case let failure as SQLiteFailure where failure.primaryCode == SQLITE_TOOBIG:
            self.init(.tooLarge, failure.message)
        case let failure as SQLiteFailure:
            self.init(.unavailable, "\(location): \(failure.message) (SQLite \(failure.code))")
        case let error as DatabaseError:
            self.init(SQLiteFailure(error), of: location)
        case is CancellationError:
            self = .cancelled
        default:
            self.init(.unavailable, "\(location): \(error)")
        }
    }

    static var cancelled: StoreError { StoreError(.cancelled, "the caller's task was cancelled") }
}
