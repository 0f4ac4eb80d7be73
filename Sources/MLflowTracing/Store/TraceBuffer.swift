import DequeModule

/// The traces that are in memory: those that go on, and those that wait to be written, within bounds. The state of
/// ``KeptTraces``.
struct TraceBuffer {
    let limits: KeptTraces.Limits

    private(set) var running: [TraceReference: Trace] = [:]
    private var waiting: Deque<FinishedTrace> = []
    private var bytes = 0
    /// What is being written.
    private var writing: [FinishedTrace] = []
    private(set) var isFinishing = false
    private var isWriterAsleep = false
    /// How many were dropped, and how many of these the writer knows of.
    private(set) var dropped = 0
    private var told = 0
    /// How many were written, and how many could not be.
    private(set) var written = 0
    private(set) var failed = 0

    init(limits: KeptTraces.Limits) {
        self.limits = limits
    }

    /// How many wait.
    var waitingCount: Int { waiting.count }

    /// Whether there is enough for a write, so that it is not worth to wait for more.
    var isBatchFull: Bool { waitingCount >= limits.batchCount || bytes >= limits.batchBytes }

    /// All traces that are over and not yet written.
    var unwritten: [FinishedTrace] { writing + waiting }

    mutating func begin(_ trace: Trace) {
        if running.count < limits.running { running[trace.reference] = trace }
    }

    /// Forgets a trace that was thought to go on.
    mutating func forget(_ trace: TraceReference) {
        running[trace] = nil
    }

    /// Takes a trace that is over, in the place of the oldest ones where there is no room. Whether the writer must be
    /// woken.
    mutating func add(_ trace: FinishedTrace) -> Bool {
        if let reference = trace.reference { running[reference] = nil }
        guard !isFinishing, trace.weight <= limits.waitingBytes else {
            dropped += 1
            return false
        }
        while waiting.count >= limits.waitingCount || bytes + trace.weight > limits.waitingBytes,
            let oldest = waiting.popFirst()
        {
            bytes -= oldest.weight
            dropped += 1
        }
        waiting.append(trace)
        bytes += trace.weight
        defer { isWriterAsleep = false }
        return isWriterAsleep
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
        writing = Array(waiting)
        waiting = []
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
        failed += count
    }

    /// So many that were given to the writer are written.
    mutating func keep(_ count: Int) {
        written += count
    }

    /// Takes nothing more in.
    mutating func finish() {
        isFinishing = true
        isWriterAsleep = false
    }
}
