import AgentRuns
import TestSupport
import Testing

@testable import AgentStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Opening a store")
struct OpeningTests {
    /// Why a file is refused; the line must name it.
    private func refusal(of path: String) -> String? {
        do {
            _ = try SQLiteStore(.file(path), now: { TestClock().now })
            return nil
        } catch {
            let start = "cannot open the store \(path): "
            guard error.code == .unavailable, error.message.hasPrefix(start) else { return "?" + error.message }
            return String(error.message.dropFirst(start.count))
        }
    }

    @Test("understands what a user names")
    func locations() {
        #expect(SQLiteStore.Location("memory:") == .memory)
        #expect(SQLiteStore.Location("runs.db") == .file("runs.db"))
        #expect("\(SQLiteStore.Location.memory)" == "memory:")
        #expect("\(SQLiteStore.Location("/a/b.db"))" == "/a/b.db")
    }

    @Test("finds everything again")
    func restart() async throws {
        try await TemporaryFolder.with { folder in
            let location = SQLiteStore.Location.file(folder.path + "/runs.db")
            try await use(location) { store in
                try await store.insert(.sample("conv_1"), items: [.sample("msg_1")])
                try await store.insert(
                    .sample(
                        "resp_1", conversation: "conv_1", events: [.sample(0...1)], items: ["out_1"],
                        conversationItems: [.sample("msg_2")]))
            }
            try await use(location) { store in
                #expect(try await store.run("resp_1", of: "alice")?.lastSequence == 1)
                #expect(try await store.holder(ofItem: "out_1", of: "alice") == "resp_1")
                #expect(try await store.events(of: "resp_1", after: -1, maximumBytes: 1000) == [.sample(0...1)])
                let items = try await store.allItems(of: "conv_1", of: "alice", maximumBytes: 1000)
                #expect(items?.map(\.id) == ["msg_1", "msg_2"])
                try await store.insert(.sample("resp_2"))
            }
        }
    }

    @Test("finds what a process has written that did not close it")
    func killed() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/runs.db"
            try await use(.file(path)) { store in
                for number in 1...10 { try await store.insert(.sample("resp_\(number)")) }
                // As after a kill: the files of this moment, the log not yet in the database.
                for suffix in ["", "-wal"] { try copy(path + suffix, to: folder.path + "/copy.db" + suffix) }
            }
            try await use(.file(folder.path + "/copy.db")) { store async throws in
                for number in 1...10 { #expect(try await store.run("resp_\(number)", of: "alice") != nil) }
            }
        }
    }

    @Test("lets two stores write one file at once")
    func sharedFile() async throws {
        try await TemporaryFolder.with { folder in
            let location = SQLiteStore.Location.file(folder.path + "/runs.db")
            try await use(location) { first in
                try await use(location) { second in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for (name, store) in [("a", first), ("b", second)] {
                            for number in 1...50 {
                                group.addTask { try await store.insert(.sample("resp_\(name)\(number)")) }
                            }
                        }
                        try await group.waitForAll()
                    }
                    for store in [first, second] {
                        #expect(try await store.integer("SELECT count(*) FROM runs") == 100)
                    }
                    #expect(await code { try await first.insert(.sample("resp_b1")) } == .duplicate)
                }
            }
        }
    }

    @Test("by many at once makes one schema")
    func race() async throws {
        try await TemporaryFolder.with { folder in
            let location = SQLiteStore.Location.file(folder.path + "/runs.db")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    group.addTask {
                        try await use(location) { store in try await store.insert(.sample("resp_\(number)")) }
                    }
                }
                try await group.waitForAll()
            }
            try await use(location) { store async throws in
                #expect(try await store.integer("SELECT count(*) FROM runs") == 8)
                #expect(try await store.integer("SELECT count(*) FROM schema_version") == Int64(Migration.all.count))
            }
        }
    }

    @Test("tells in one line why it cannot")
    func refusals() throws {
        try TemporaryFolder.with { folder in
            try folder.write(String(repeating: "not a database\n", count: 100), to: "text.db")
            #expect(refusal(of: folder.path + "/text.db") == "the file is not a database")
            #expect(refusal(of: folder.path + "/none/runs.db") == "the file cannot be opened or created")
            #expect(refusal(of: folder.path) == "the file cannot be opened or created")
            #expect(refusal(of: "") == "the file cannot be opened or created")
        }
    }

    @Test("refuses a file that may not be written", .enabled(if: geteuid() != 0, "root may write everything"))
    func readOnly() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/runs.db"
            try await use(.file(path)) { store in try await store.insert(.sample("resp_1")) }
            chmod(path, 0o400)
            #expect(refusal(of: path) == "the file cannot be written")
        }
    }

    @Test("refuses a file that is damaged")
    func damaged() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/runs.db"
            try await use(.file(path)) { store in
                for number in 1...20 { try await store.insert(.sample("resp_\(number)")) }
            }
            // The schema's page, behind the header.
            let file = try #require(fopen(path, "r+"))
            fseek(file, 100, SEEK_SET)
            fputs(String(repeating: "x", count: 3000), file)
            fclose(file)
            #expect(refusal(of: path) == "the file is damaged")
        }
    }

    @Test("refuses another program's database, and leaves it as it was")
    func foreign() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/runs.db"
            try await use(.file(path)) { store in
                try await store.execute("PRAGMA application_id = 7")
            }
            let before = try bytes(of: path)
            #expect(refusal(of: path) == "the file is a database of another program")
            #expect(try bytes(of: path) == before)
        }
    }

    @Test("refuses a schema that is newer or another")
    func schema() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/runs.db"
            let known = Migration.all.count
            try await use(.file(path)) { store in
                try await store.execute("INSERT INTO schema_version VALUES (\(known + 1), 'x', 0)")
            }
            #expect(refusal(of: path) == "its schema has the version \(known + 1), this program knows \(known)")
            let other = folder.path + "/other.db"
            try await use(.file(other)) { store in
                try await store.execute("UPDATE schema_version SET checksum = 'x'")
            }
            #expect(refusal(of: other) == "version 1 of its schema is not the one that this program knows")
        }
    }

    @Test("adds what a newer version brings, once")
    func migration() async throws {
        try await TemporaryFolder.with { folder in
            let location = SQLiteStore.Location.file(folder.path + "/runs.db")
            try await use(location) { store in try await store.insert(.sample("resp_1")) }
            let next = Migration(
                version: Migration.all.count + 1,
                sql: "ALTER TABLE runs ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;")
            for _ in 1...2 {
                let clock = TestClock()
                let store = try SQLiteStore(location, migrations: Migration.all + [next], now: { clock.now })
                #expect(try await store.integer("SELECT epoch FROM runs") == 0)
                #expect(try await store.integer("SELECT max(version) FROM schema_version") == Int64(next.version))
                await store.close()
            }
        }
    }

    @Test("brings what an older version left up to date")
    func older() async throws {
        try await TemporaryFolder.with { folder in
            let location = SQLiteStore.Location.file(folder.path + "/runs.db")
            let old = try SQLiteStore(location, migrations: Array(Migration.all.prefix(1)), now: { TestClock().now })
            try await old.insert(.sample("conv_1"), items: [.sample("msg_1")])
            await old.close()
            try await use(location) { store async throws in
                #expect(try await store.conversationItem("msg_1", of: "alice") == .sample("msg_1"))
            }
        }
    }

    @Test("knows the schema that was released")
    func checksums() {
        // A change here is a change of what others have on their disks: it must be a new migration.
        let released = ["73fcb8c448f144ce", "505569fb198e4141", "9be5d3be120a6003", "fdffba5d4fe4de55"]
        #expect(Migration.all.map(\.checksum) == released)
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
    }

    @Test("makes a commit wait for the disk")
    func durability() async throws {
        try await TemporaryFolder.with { folder in
            try await use(.file(folder.path + "/runs.db")) { store in
                // Asked of the writer's connection: FULL is 2.
                let synchronous = try await store.write(bytes: 0) { try $0.integer("PRAGMA synchronous") }
                #expect(synchronous == 2)
                let mode = try await store.write(bytes: 0) { database in
                    let query = try Query(database, "PRAGMA journal_mode")
                    return try query.step() ? query.text(0) : ""
                }
                #expect(mode == "wal")
            }
        }
    }

    private struct NotRead: Error {}

    private func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw NotRead() }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: ftell(file))
        rewind(file)
        guard fread(&bytes, 1, bytes.count, file) == bytes.count else { throw NotRead() }
        return bytes
    }

    private func copy(_ path: String, to other: String) throws {
        let bytes = try bytes(of: path)
        guard let file = fopen(other, "w") else { throw NotRead() }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw NotRead() }
    }
}
