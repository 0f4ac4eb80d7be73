public import AgentRuns
import GRDB

/// Runs, conversations and traces in one SQLite file, or in memory.
///
/// One thread writes. It commits what has gathered while its previous commit was in flight in one transaction, so that
/// many callers share one sync of the disk; each of them continues when its own operation is durable. Reads go beside
/// it and see what is committed. Several processes of one host may have the same file open: writers wait for each
/// other for up to ``Configuration/busyTimeout``.
///
/// Operations that wait to be written are bounded (``Configuration/maximumWaitingWrites``); beyond, they fail with the
/// code `overloaded` at once. An operation whose task is cancelled fails with the code `cancelled` at once: what only
/// waited is not written, what the writer has taken up is.
///
/// ``close()`` at the end, so that what waits is written. A store that is let go without it writes that too, but nobody
/// knows when.
public final class SQLiteStore: Sendable {
    /// Where the store is.
    public let location: Location

    let configuration: Configuration
    let now: @Sendable () -> RunTime
    private let database: any DatabaseWriter
    private let writer: GroupWriter
    private let reads = ReadGate()

    /// Opens a store and makes it first where there is none.
    ///
    /// This blocks for some milliseconds; longer where other processes open the same file for the first time.
    ///
    /// - Parameter now: The wall clock, by which runs, conversations and traces expire.
    /// - Throws: ``StoreError`` with a message of one line that names the file: it cannot be created or written, is not
    ///   a database or another program's, or was made by a newer version of this program.
    public convenience init(
        _ location: Location, configuration: Configuration = Configuration(), now: @escaping @Sendable () -> RunTime
    ) throws(StoreError) {
        try self.init(location, configuration: configuration, migrations: Migration.all, now: now)
    }

    init(
        _ location: Location, configuration: Configuration = Configuration(), migrations: [Migration],
        now: @escaping @Sendable () -> RunTime
    ) throws(StoreError) {
        self.location = location
        self.configuration = configuration
        self.now = now
        database = try DatabaseOpening(location: location, configuration: configuration, migrations: migrations)
            .open(at: now())
        writer = try GroupWriter(
            database, of: location,
            queue: WriteQueue(
                maximumCount: configuration.maximumWaitingWrites, maximumBytes: configuration.maximumWaitingBytes))
    }

    deinit {
        writer.close()
    }

    /// Takes nothing more in, lets waiting writes and running reads finish, and closes the file.
    ///
    /// A store that is closed answers with the code `unavailable`.
    public func close() async {
        writer.close()
        await reads.close()
        await writer.waitUntilClosed()
    }

    /// Reads, beside the writer. The body may see several states of the database, one in each of its statements.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try reads.enter()
        defer { reads.leave() }
        do {
            return try await database.unsafeRead(body)
        } catch {
            throw StoreError(error, of: location)
        }
    }

    /// Reads, beside the writer, one state of the database.
    func readSnapshot<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try reads.enter()
        defer { reads.leave() }
        do {
            return try await database.read(body)
        } catch {
            throw StoreError(error, of: location)
        }
    }

    /// Writes and returns when that is durable.
    ///
    /// - Parameter bytes: About how much the operation holds in memory while it waits.
    func write<Value: Sendable>(
        bytes: Int, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        guard bytes <= Self.maximumOperation else {
            throw StoreError(.tooLarge, "\(bytes) bytes are more than can be written at once")
        }
        return try await writer.write(bytes: bytes + Self.operationOverhead, body)
    }

    /// How many operations wait to be written.
    package var waitingWrites: Int { writer.waitingCount }

    /// What was finished or changed last then or earlier has expired.
    var expiry: RunTime { time(before: configuration.maximumAge) }

    /// Traces of requests of then or earlier have expired.
    var traceExpiry: RunTime { time(before: configuration.maximumTraceAge) }

    private func time(before age: Duration) -> RunTime {
        let (seconds, attoseconds) = age.components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (age, carry) = milliseconds.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        let (expiry, underflow) = now().milliseconds.subtractingReportingOverflow(age)
        return RunTime(milliseconds: overflow || carry || underflow ? .min : expiry)
    }

    /// What one operation may hold; SQLite's own limit for one value is 1 GB.
    private static let maximumOperation = 512 << 20

    /// What an operation costs beside its bytes.
    private static let operationOverhead = 512
}

// MARK: - For tests

extension SQLiteStore {
    /// How many transactions were committed.
    package var commitCount: Int { writer.commitCount }

    /// Runs SQL on the writer's connection, in a transaction of its batch.
    package func execute(_ sql: String) async throws(StoreError) {
        try await write(bytes: sql.utf8.count) { database in try database.execute(sql: sql) }
    }

    /// The number that SQL gives.
    package func integer(_ sql: String) async throws(StoreError) -> Int64? {
        try await read { database in try database.integer(sql) }
    }

    /// Does something on the writer's thread, where nothing else is written meanwhile.
    package func occupyWriter(_ body: @escaping @Sendable () -> Void) async throws(StoreError) {
        try await write(bytes: 0) { _ in body() }
    }
}
