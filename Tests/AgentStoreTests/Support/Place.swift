import AgentRuns
import AgentStore
import Synchronization
import TestSupport
import Testing

/// Where a tested store is: what is promised holds for both.
enum Place: CaseIterable {
    case memory
    case file

    /// Opens a store that is gone afterwards.
    func withStore<Result>(
        configuration: SQLiteStore.Configuration = .init(), clock: TestClock = TestClock(),
        _ body: (SQLiteStore) async throws -> Result
    ) async throws -> Result {
        switch self {
        case .memory:
            return try await use(.memory, configuration: configuration, clock: clock, body)
        case .file:
            return try await TemporaryFolder.with { folder in
                try await use(.file(folder.path + "/runs.db"), configuration: configuration, clock: clock, body)
            }
        }
    }
}

/// Opens a store and closes it afterwards.
func use<Result>(
    _ location: SQLiteStore.Location, configuration: SQLiteStore.Configuration = .init(),
    clock: TestClock = TestClock(), _ body: (SQLiteStore) async throws -> Result
) async throws -> Result {
    let store = try SQLiteStore(location, configuration: configuration, now: { clock.now })
    do {
        let result = try await body(store)
        await store.close()
        return result
    } catch {
        await store.close()
        throw error
    }
}

/// A clock that goes when it is told to.
final class TestClock: Sendable {
    private let time = Mutex(RunTime(milliseconds: 1_800_000_000_000))

    var now: RunTime { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}

extension SQLiteStore {
    /// Runs something while the writer's thread is held up; what is written by then goes into one batch.
    func whileWriterWaits(_ body: () async throws -> Void) async throws {
        let door = Door()
        async let held: Void = occupyWriter { door.wait() }
        do {
            try await door.reached()
            try await body()
        } catch {
            door.open()
            throw error
        }
        door.open()
        try await held
    }

    /// The id of the run that an item is found in.
    func holder(ofItem id: String, of principal: String) async throws -> String? {
        try await results(holdingItems: [id], of: principal, maximumBytes: .max).first?.runID
    }

    /// Returns when so many operations wait to be written.
    func waits(for count: Int) async throws {
        try await waitWhile { waitingWrites != count }
    }
}

/// What a store must refuse: the code that it refuses with.
func code(of body: () async throws -> Void) async -> StoreError.Code? {
    do {
        try await body()
        return nil
    } catch let error as StoreError {
        return error.code
    } catch {
        return nil
    }
}
