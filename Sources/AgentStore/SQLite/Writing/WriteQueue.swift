import AgentRuns

/// What waits to be written, within bounds: the state of a ``GroupWriter``.
struct WriteQueue {
    /// How many operations may wait.
    let maximumCount: Int
    /// How many bytes the waiting operations may have together. One that is larger may wait alone.
    let maximumBytes: Int

    private var entries: [Entry] = []
    private var bytes = 0
    private var isClosed = false
    private var isWriterAsleep = false

    private struct Entry {
        let operation: any QueuedWrite
        let bytes: Int
    }

    /// How much one transaction takes at most: with more, everybody's commit would wait for the last one's rows.
    private static let batchCount = 512
    private static let batchBytes = 4 << 20

    /// What the adding caller must do.
    enum Admission {
        case queued
        /// Queued, and the writer sleeps.
        case wakeWriter
        case refused(StoreError)
    }

    /// What the writer must do.
    enum Work {
        case write([any QueuedWrite])
        case sleep
        /// Nothing waits and nothing will.
        case end
    }

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    /// How many operations wait.
    var count: Int { entries.count }

    mutating func add(_ operation: any QueuedWrite, bytes cost: Int) -> Admission {
        guard !isClosed else { return .refused(StoreError(.unavailable, "the store is closed")) }
        guard entries.count < maximumCount, entries.isEmpty || cost <= maximumBytes - bytes else {
            return .refused(
                StoreError(.overloaded, "\(entries.count) operations of \(bytes) bytes wait to be written already"))
        }
        entries.append(Entry(operation: operation, bytes: cost))
        bytes += cost
        return wakeWriter() ? .wakeWriter : .queued
    }

    /// The writer asks for what has gathered.
    mutating func next() -> Work {
        var batch: [any QueuedWrite] = []
        var taken = 0
        var batchBytes = 0
        for entry in entries {
            guard batch.isEmpty || batch.count < Self.batchCount && batchBytes + entry.bytes <= Self.batchBytes else {
                break
            }
            taken += 1
            bytes -= entry.bytes
            guard entry.operation.isAwaited else { continue }
            batch.append(entry.operation)
            batchBytes += entry.bytes
        }
        entries.removeFirst(taken)
        if !batch.isEmpty { return .write(batch) }
        if isClosed { return .end }
        isWriterAsleep = true
        return .sleep
    }

    /// Takes nothing more in. Whether the writer must be woken to learn of it.
    mutating func close() -> Bool {
        isClosed = true
        return wakeWriter()
    }

    private mutating func wakeWriter() -> Bool {
        defer { isWriterAsleep = false }
        return isWriterAsleep
    }
}
