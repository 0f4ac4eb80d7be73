import AgentRuns
import GRDB
import GRDBSQLite

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Opens the database of a store.
struct DatabaseOpening {
    let location: SQLiteStore.Location
    let configuration: SQLiteStore.Configuration
    let migrations: [Migration]

    /// A database with the schema that this program knows.
    func open(at now: RunTime) throws(StoreError) -> any DatabaseWriter {
        do {
            let database = try connect()
            try database.writeWithoutTransaction { database in
                // A commit is durable when it returns. GRDB has set NORMAL with the WAL mode.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try Migrator(migrations: migrations, now: now).run(on: database)
            }
            return database
        } catch {
            throw StoreError(.unavailable, "cannot open the store \(location): \(reason(for: error))")
        }
    }

    private func connect() throws -> any DatabaseWriter {
        switch location {
        case .memory:
            return try DatabaseQueue(configuration: connections)
        case .file(let path):
            Self.makePrivate(path)
            // Processes that open one file at the same time can meet in places where SQLite does not wait: the switch
            // to the WAL mode, and the end of the last connection.
            let deadline = ContinuousClock.now + configuration.busyTimeout
            while true {
                do {
                    return try DatabasePool(path: Self.plain(path), configuration: connections)
                } catch let error as DatabaseError where SQLiteFailure(error).isBusy {
                    guard ContinuousClock.now < deadline else { throw error }
                    usleep(2000)
                }
            }
        }
    }

    /// Makes the file where there is none, for its owner's eyes only: conversations are in it. SQLite gives the files
    /// beside it the same mode. What goes wrong here, SQLite will say.
    private static func makePrivate(_ path: String) {
        let file = newFile(plain(path), mode: 0o600)
        if file >= 0 { close(file) }
    }

    private var connections: GRDB.Configuration {
        var connections = GRDB.Configuration()
        connections.label = "AgentStore"
        connections.foreignKeysEnabled = false
        connections.maximumReaderCount = max(1, configuration.readers)
        connections.busyMode = .callback(Self.waiting(upTo: configuration.busyTimeout))
        // A rollback that fails with the disk must not stop the process; the next transaction begins with it.
        connections.allowsUnsafeTransactions = true
        connections.prepareDatabase { database in
            if sqlite3_db_readonly(database.sqliteConnection, "main") == 1, !database.configuration.readonly {
                throw StoreError(.unavailable, "the file cannot be written")
            }
            if !database.configuration.readonly { try Migrator.checkOwner(of: database) }
            try database.execute(sql: Self.settings)
        }
        return connections
    }

    /// What differs from SQLite's own settings.
    ///
    /// - `secure_delete`: some systems have SQLite overwrite what is deleted, page by page; FAST does so where it costs
    ///   no further writing.
    /// - `journal_size_limit`: a log that has grown beyond 64 MiB is cut again.
    ///
    /// Others were tried and left alone: a larger cache and mapped reads bring nothing, a write-back every 4,000 pages
    /// instead of 1,000 makes the slowest commits slower. There is no automatic vacuum: its pointers would be written
    /// with each insert, and free pages are used again.
    private static let settings = """
        PRAGMA secure_delete = FAST;
        PRAGMA temp_store = MEMORY;
        PRAGMA journal_size_limit = 67108864;
        """

    /// Waits for another process a little at a time: SQLite's own way sleeps for up to 100 ms after a lock is free.
    private static func waiting(upTo timeout: Duration) -> Database.BusyCallback {
        let pause: Duration = .milliseconds(1)
        let tries = Int(min(timeout / pause, 1e9))
        return { count in
            guard count < tries else { return false }
            usleep(1000)
            return true
        }
    }

    /// A path that is nothing but a path: SQLite takes the empty one and one with a colon for something else.
    private static func plain(_ path: String) -> String {
        path.hasPrefix("/") ? path : "./" + path
    }

    private func reason(for error: any Error) -> String {
        let failure: SQLiteFailure
        switch error {
        case let error as StoreError: return error.message
        case let error as SQLiteFailure: failure = error
        case let error as DatabaseError: failure = SQLiteFailure(error)
        default: return "\(error)"
        }
        switch failure.primaryCode {
        case SQLITE_NOTADB: return "the file is not a database"
        case SQLITE_CORRUPT: return "the file is damaged"
        case SQLITE_READONLY: return "the file cannot be written"
        case SQLITE_CANTOPEN: return "the file cannot be opened or created"
        default: return "\(failure.message) (SQLite \(failure.code))"
        }
    }
}

/// The descriptor of a new file; less than 0 where it cannot be made, or is there. Out here, for `open` means something
/// else within.
private func newFile(_ path: String, mode: mode_t) -> CInt {
    open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
}
