import AgentRuns
import GRDB

/// Brings a database to the schema that this program knows.
struct Migrator {
    let migrations: [Migration]
    let now: RunTime

    /// The mark of a store in a file's header, `agst` in ASCII: who opens another program's database finds out.
    static let applicationID: Int64 = 0x6167_7374

    /// Throws where the database is another program's.
    static func checkOwner(of database: Database) throws {
        guard try database.integer("PRAGMA application_id") != applicationID else { return }
        guard try database.integer("SELECT count(*) FROM sqlite_schema") == 0 else {
            throw StoreError(.unavailable, "the file is a database of another program")
        }
    }

    /// Applies what is missing, in one transaction.
    ///
    /// Processes that open one file at the same time wait for each other here, and the later ones find nothing to do.
    /// A database that is up to date is only read.
    func run(on database: Database) throws {
        if try applied(to: database) == migrations.count { return }
        try database.run("BEGIN IMMEDIATE")
        do {
            try Self.checkOwner(of: database)
            let count = try applied(to: database)
            for migration in migrations.dropFirst(count) { try apply(migration, to: database) }
            try database.run("COMMIT")
        } catch {
            if database.isInsideTransaction { _ = try? database.run("ROLLBACK") }
            throw error
        }
    }

    /// How many of the migrations the database has. Throws where it has others.
    private func applied(to database: Database) throws -> Int {
        let table = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'"
        guard try database.integer(table) == 1 else { return 0 }
        let query = try Query(database, "SELECT version, checksum FROM schema_version ORDER BY version")
        var count = 0
        while try query.step() {
            let version = query.integer(0)
            guard count < migrations.count else {
                throw StoreError(
                    .unavailable, "its schema has the version \(version), this program knows \(migrations.count)")
            }
            guard version == migrations[count].version, query.text(1) == migrations[count].checksum else {
                throw StoreError(
                    .unavailable, "version \(version) of its schema is not the one that this program knows")
            }
            count += 1
        }
        return count
    }

    private func apply(_ migration: Migration, to database: Database) throws {
        if migration.version == 1 {
            // Also the mark; a pragma takes no question marks.
            try database.execute(
                sql: """
                    PRAGMA application_id = \(Self.applicationID);
                    CREATE TABLE schema_version (
                        version INTEGER PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
                    ) STRICT;
                    """)
        }
        try database.execute(sql: migration.sql)
        try database.run(
            "INSERT INTO schema_version (version, checksum, applied_at) VALUES (?, ?, ?)",
            migration.version, migration.checksum, now)
    }
}
