/// The traces that are in memory: those that go on, and those that wait to be written, within bounds. The state of
/// ``KeptTraces``.
struct TraceQueue {
    let limits: KeptTraces.Limits

    private(set) var running: [TraceID: Trace] = [:]
    /// What waits, behind the entries that have gone already.
    private var waiting: [Entry?] = []
    private var first = 0
    private var bytes = 0
    /// What is being written.
    private var writing: [FinishedTrace] = []
    private(set) var isFinishing = false
    private var isWriterAsleep = false
    /// How many were dropped, and how many of these the writer knows of.
    private(set) var dropped = 0
    private var told = 0

    private struct Entry {
        let trace: FinishedTrace
        let bytes: Int
    }

    init(limits: KeptTraces.Limits) {
        self.limits = limits
    }

    /// How many wait.
    var waitingCount: Int { waiting.count - first }

    /// Whether there is enough for a write, so that it is not worth to wait for more.
    var isBatchFull: Bool { waitingCount >= limits.batchCount || bytes >= limits.batchBytes }

    /// All traces that are over and not yet written.
    var unwritten: [FinishedTrace] { writing + waiting[first...].compactMap { $0?.trace } }

    mutating func begin(_ trace: Trace) {
        if running.count < limits.running { running[trace.id] = trace }
    }

    /// Forgets a trace that was thought to go on.
    mutating func forget(_ id: TraceID) {
        running[id] = nil
    }

    /// Takes a trace that is over, in the place of the oldest ones where there is no room. Whether the writer must be
    /// woken.
    mutating func add(_ trace: FinishedTrace, bytes cost: Int) -> Bool {
        running[trace.id] = nil
        guard !isFinishing, cost <= limits.waitingBytes else {
            dropped += 1
            return false
        }
        while waitingCount > 0, waitingCount >= limits.waitingCount || bytes + cost > limits.waitingBytes {
            dropFirst()
        }
        waiting.append(Entry(trace: trace, bytes: cost))
        bytes += cost
        defer { isWriterAsleep = false }
        return isWriterAsleep
    }

    private mutating func dropFirst() {
        bytes -= waiting[first]?.bytes ?? 0
        waiting[first] = nil
        first += 1
        dropped += 1
        // Now and then, so that it costs little for each.
        if first >= 1024, first * 2 >= waiting.count {
            waiting.removeFirst(first)
            first = 0
        }
    }

    /// What the writer does next.
    enum Work {
        /// All that has gathered, and how many were dropped since the last time.
        case write([FinishedTrace], dropped: Int)
        case sleep
        /// Nothing waits and nothing will.
        case end
    }

    /// The writer has written what it was given, if anything, and asks for more.
    mutating func next() -> Work {
        writing = waiting[first...].compactMap { $0?.trace }
        waiting = []
        first = 0
        bytes = 0
        if !writing.isEmpty {
            defer { told = dropped }
            return .write(writing, dropped: dropped - told)
        }
        if isFinishing { return .end }
        isWriterAsleep = true
        return .sleep
    }

    /// Some that were given to the writer could not be written.
    mutating func lose(_ count: Int) {
        dropped += count
        told += count
    }

    /// Takes nothing more in.
    mutating func finish() {
        isFinishing = true
        isWriterAsleep = false
    }
}
