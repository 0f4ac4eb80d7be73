import GRDB
import GRDBSQLite

/// One use of a prepared statement: its values are bound, its rows are stepped through, and then it is reset.
///
/// GRDB's own values end a text at its first NUL and copy bytes through Foundation; here a text is bound with its
/// length, so that no two principals or ids look the same to the database.
///
/// Statements are prepared once for each connection: two uses of the same SQL must not overlap.
struct Query: ~Copyable {
    private let statement: Statement
    private let database: Database

    /// Binds values to the question marks of a statement.
    init<each Value: SQLiteBindable>(_ database: Database, _ sql: String, _ value: repeat each Value) throws {
        let statement = try database.cachedStatement(sql: sql)
        var index: CInt = 0
        for value in repeat each value {
            index += 1
            let code = value.bind(to: statement.sqliteStatement, at: index)
            guard code == SQLITE_OK else {
                let failure = SQLiteFailure(database)
                sqlite3_clear_bindings(statement.sqliteStatement)
                throw failure
            }
        }
        self.database = database
        self.statement = statement
    }

    deinit {
        // What a step has failed with comes again from the reset: it has been thrown.
        sqlite3_reset(statement.sqliteStatement)
        sqlite3_clear_bindings(statement.sqliteStatement)
    }

    /// Goes to the next row. Whether there is one.
    func step() throws -> Bool {
        switch sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLiteFailure(database)
        }
    }

    func isNull(_ column: CInt) -> Bool {
        sqlite3_column_type(statement.sqliteStatement, column) == SQLITE_NULL
    }

    func integer(_ column: CInt) -> Int64 {
        sqlite3_column_int64(statement.sqliteStatement, column)
    }

    func bytes(_ column: CInt) -> [UInt8] {
        let start = sqlite3_column_blob(statement.sqliteStatement, column)
        let count = Int(sqlite3_column_bytes(statement.sqliteStatement, column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    func text(_ column: CInt) -> String {
        let start = sqlite3_column_text(statement.sqliteStatement, column)
        let count = Int(sqlite3_column_bytes(statement.sqliteStatement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
    }

    func optionalInteger(_ column: CInt) -> Int64? { isNull(column) ? nil : integer(column) }
    func optionalBytes(_ column: CInt) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
    func optionalText(_ column: CInt) -> String? { isNull(column) ? nil : text(column) }
}

extension Database {
    /// Runs a statement that has no rows.
    ///
    /// - Returns: How many rows an insert, update or delete has changed.
    @discardableResult
    func run<each Value: SQLiteBindable>(_ sql: String, _ value: repeat each Value) throws -> Int {
        let query = try Query(self, sql, repeat each value)
        while try query.step() {}
        return Int(sqlite3_changes(sqliteConnection))
    }

    /// The first column of a statement's first row.
    func integer<each Value: SQLiteBindable>(_ sql: String, _ value: repeat each Value) throws -> Int64? {
        let query = try Query(self, sql, repeat each value)
        return try query.step() ? query.optionalInteger(0) : nil
    }
}
