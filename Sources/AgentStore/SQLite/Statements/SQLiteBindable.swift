import AgentRuns
import GRDB
import GRDBSQLite

/// What can stand in the place of a statement's question mark.
protocol SQLiteBindable {
    /// Binds the value to a place, counted from 1. The result is SQLite's.
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt
}

/// Tells SQLite to copy what it is given before the call returns.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: SQLiteBindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int64(statement, index, self) }
}

extension Int: SQLiteBindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        sqlite3_bind_int64(statement, index, Int64(self))
    }
}

extension RunTime: SQLiteBindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { milliseconds.bind(to: statement, at: index) }
}

extension String: SQLiteBindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                // A pointer of nil would be NULL.
                guard let start = characters.baseAddress else {
                    return sqlite3_bind_text(statement, index, "", 0, copied)
                }
                return sqlite3_bind_text64(
                    statement, index, start, sqlite3_uint64(characters.count), copied, UInt8(SQLITE_UTF8))
            }
        }
    }
}

extension [UInt8]: SQLiteBindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob64(statement, index, start, sqlite3_uint64(bytes.count), copied)
        }
    }
}

extension Optional: SQLiteBindable where Wrapped: SQLiteBindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        switch self {
        case .some(let value): value.bind(to: statement, at: index)
        case .none: sqlite3_bind_null(statement, index)
        }
    }
}
