import AgentRuns

/// The events of a response as they were sent, for replays: segments of bounded size.
struct EventLog: Sendable {
    private static let eventsPerSegment = 64
    private static let bytesPerSegment = 32 * 1024

    private(set) var segments: [EventSegment] = []
    private var open: [UInt8] = []
    private var count = 0
    private var next = 0

    init() {}

    /// Adds the next event.
    mutating func append(_ json: some Collection<UInt8>) {
        open += json
        open.append(UInt8(ascii: "\n"))
        count += 1
        if count >= Self.eventsPerSegment || open.count >= Self.bytesPerSegment { close() }
    }

    /// All segments, the last one too.
    mutating func finish() -> [EventSegment] {
        if count > 0 { close() }
        return segments
    }

    private mutating func close() {
        segments.append(EventSegment(firstSequence: next, lastSequence: next + count - 1, data: open))
        next += count
        count = 0
        open = []
    }
}
