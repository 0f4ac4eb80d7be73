import MLflowTracing
import Testing

@Suite("Traces that wait", .timeLimit(.minutes(5)))
struct TraceQueueTests {
    /// A trace that weighs so much.
    private static func sample(_ weight: Int = 1_024) -> FinishedTrace {
        var trace = FinishedTrace.sample()
        trace.weight = weight
        return trace
    }

    @Test("are bounded by their bytes")
    func bytes() {
        let queue = TraceQueue(TraceQueue.Limits(count: 1_000, bytes: 10_000))
        for _ in 0..<50 { queue.put(Self.sample()) }
        #expect(queue.counts.waiting == 9)
        #expect(queue.counts.dropped == 41)
    }

    @Test("go as soon as there are enough of them", arguments: [false, true])
    func enough(isBefore: Bool) async {
        let queue = TraceQueue()
        if isBefore { for _ in 0..<5 { queue.put(Self.sample()) } }
        async let batch = queue.next(5, gathering: .seconds(3600))
        if !isBefore { for _ in 0..<5 { queue.put(Self.sample()) } }
        #expect(await batch.count == 5)
    }

    @Test("go as soon as there is no room for many more", arguments: [(4, 1_000_000), (1_000, 4_096)])
    func full(count: Int, bytes: Int) async {
        let queue = TraceQueue(TraceQueue.Limits(count: count, bytes: bytes))
        async let batch = queue.next(200, gathering: .seconds(3600))
        for _ in 0..<2 { queue.put(Self.sample()) }
        #expect(await batch.count == 2)
    }

    @Test("go at once when nothing more comes")
    func finishing() async {
        let queue = TraceQueue()
        queue.put(Self.sample())
        async let batch = queue.next(200, gathering: .seconds(3600))
        queue.finish()
        #expect(await batch.count == 1)
        #expect(await queue.next(200, gathering: .seconds(3600)).isEmpty)
        await queue.waitForEnd()
    }

    @Test("are put back in front of the others, the newest of them where there is no room for all")
    func puttingBack() async {
        let queue = TraceQueue(TraceQueue.Limits(count: 4))
        let traces = (0..<6).map { _ in Self.sample() }
        for trace in traces[..<3] { queue.put(trace) }
        let batch = await queue.next(3, gathering: .zero)
        for trace in traces[3..<5] { queue.put(trace) }
        queue.finish()
        queue.putBack(batch)
        #expect(queue.counts.waiting == 4)
        #expect(queue.counts.dropped == 1)
        #expect(await queue.next(9, gathering: .zero).map(\.id) == traces[1..<5].map(\.id))
    }
}
