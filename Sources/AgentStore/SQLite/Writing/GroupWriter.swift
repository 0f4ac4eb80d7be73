import AgentRuns
import Dispatch
import GRDB
import Synchronization
import SystemThreads

/// The one thread that writes to a store.
///
/// It takes up everything that has gathered while its previous commit was in flight and commits it in one transaction:
/// an idle store commits at once, a busy one shares each sync of the disk among all who wait. A caller is resumed
/// when what it wrote is durable.
final class GroupWriter: Sendable {
    private let database: any DatabaseWriter
    private let location: SQLiteStore.Location
    private let queue: Mutex<WriteQueue>
    private let wake = DispatchSemaphore(value: 0)
    private let end = Mutex(End())
    private let commits = Atomic<Int>(0)

    private struct End {
        var isReached = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// Starts the thread. It lives until ``close()``.
    init(
        _ database: any DatabaseWriter, of location: SQLiteStore.Location, queue: WriteQueue
    ) throws(StoreError) {
        self.database = database
        self.location = location
        self.queue = Mutex(queue)
        guard DetachedThread.start({ [self] in run() }) else {
            throw StoreError(.unavailable, "there is no thread for the store's writer")
        }
    }

    /// How many transactions have been committed.
    var commitCount: Int { commits.load(ordering: .relaxed) }

    /// How many operations wait.
    var waitingCount: Int { queue.withLock { $0.count } }

    /// Does something in a transaction and returns when that is durable.
    ///
    /// An operation that is cancelled while it waits is dropped. Once the writer has taken it up, its caller is resumed
    /// at once as well, and it is written all the same. Where the body throws, nothing of it is kept.
    func write<Value: Sendable>(
        bytes: Int, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let operation = WriteOperation(body)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if operation.begin(continuation) { add(operation, bytes: bytes) }
            }
        } onCancel: {
            operation.cancel()
        }
        return try result.get()
    }

    private func add(_ operation: any QueuedWrite, bytes: Int) {
        switch queue.withLock({ $0.add(operation, bytes: bytes) }) {
        case .queued: break
        case .wakeWriter: wake.signal()
        case .refused(let error): operation.finish(error)
        }
    }

    /// Takes nothing more in; what waits is still written, then the database is closed.
    func close() {
        if queue.withLock({ $0.close() }) { wake.signal() }
    }

    /// Returns when the database is closed.
    func waitUntilClosed() async {
        await withCheckedContinuation { continuation in
            let isReached = end.withLock { end in
                if !end.isReached { end.waiting.append(continuation) }
                return end.isReached
            }
            if isReached { continuation.resume() }
        }
    }

    private func run() {
        while true {
            switch queue.withLock({ $0.next() }) {
            case .write(let batch):
                commit(batch)
            case .sleep:
                wake.wait()
            case .end:
                // What cannot be closed is closed with its last reference.
                try? database.close()
                let waiting = end.withLock { end in
                    end.isReached = true
                    return end.waiting
                }
                for continuation in waiting { continuation.resume() }
                return
            }
        }
    }

    private func commit(_ batch: [any QueuedWrite]) {
        let results: [StoreError?]
        do {
            results = try database.writeWithoutTransaction { database in
                try Transaction(database: database, location: location).run(batch)
            }
            commits.add(1, ordering: .relaxed)
        } catch {
            let failure = StoreError(error, of: location)
            results = batch.map { _ in failure }
        }
        for (operation, error) in zip(batch, results) { operation.finish(error) }
    }
}
