import AgentJSON
import AgentRuns
import NIOCore
import OpenResponses
import Synchronization

/// The events of a stored response once more, with the numbers they had.
///
/// Read in pages as the client takes them, so that one that reads slowly costs no memory.
final class ReplayStream: FrameSource {
    private struct State {
        /// The number of the last event that was sent.
        var sent: Int
        var isOver = false
    }

    private static let pageBytes = 256 * 1024

    private let store: any RunStore
    private let run: StoredRun
    private let pool: AgentPool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - after: The number of the last event that the client knows; -1 for none.
    ///   - pool: Where long events are read.
    init(of run: StoredRun, in store: any RunStore, after: Int, pool: AgentPool) {
        self.store = store
        self.run = run
        self.pool = pool
        state = Mutex(State(sent: after))
    }

    func next() async -> ByteBuffer? {
        let (sent, isOver) = state.withLock { ($0.sent, $0.isOver) }
        guard !isOver else { return nil }
        let segments: [EventSegment]
        do throws(StoreError) {
            segments = try await page(after: sent)
        } catch {
            // Cut off: without its sentinel, the client takes the stream for broken, and asks again.
            abandon()
            return nil
        }
        let last = max(sent, segments.last?.lastSequence ?? sent)
        let isLast = last >= run.lastSequence ?? last
        guard isLast || last > sent else {
            // The rest is not there any more: the response was deleted. Cut off as well.
            abandon()
            return nil
        }
        state.withLock { state in
            state.sent = last
            if isLast { state.isOver = true }
        }
        return await pool.run(bytes: segments.reduce(0) { $0 + $1.data.count }) {
            frames(of: segments, after: sent, isLast: isLast)
        }
    }

    var supply: FrameSupply { state.withLock { $0.isOver } ? .ended : .awaited }

    func abandon() {
        state.withLock { $0.isOver = true }
    }

    private func page(after sent: Int) async throws(StoreError) -> [EventSegment] {
        guard let last = run.lastSequence else {
            let all = await pool.run(bytes: run.result?.count ?? 0) { made }
            return all.lastSequence > sent ? [all] : []
        }
        guard sent < last else { return [] }
        return try await store.events(of: run.id, after: sent, maximumBytes: Self.pageBytes)
    }

    private func frames(of segments: [EventSegment], after sent: Int, isLast: Bool) -> ByteBuffer {
        var bytes: [UInt8] = []
        for segment in segments {
            var number = segment.firstSequence
            for line in segment.data.split(separator: UInt8(ascii: "\n")) {
                defer { number += 1 }
                guard number > sent else { continue }
                let type = (try? JSON(parsing: Array(line), maximumDepth: 200_000))?["type"]?.stringValue ?? ""
                EventFraming.writeFrame(type, line, to: &bytes)
            }
        }
        if isLast { bytes += EventFraming.done }
        return ByteBuffer(bytes: bytes)
    }

    /// The events of a response that nobody saw come: those that its items make.
    private var made: EventSegment {
        let response = (try? JSON(parsing: run.result ?? [], maximumDepth: 200_000))?.objectValue ?? [:]
        let events = StreamCompleter.events(ofFinished: response)
        var data: [UInt8] = []
        for event in events {
            event.json.write(to: &data)
            data.append(UInt8(ascii: "\n"))
        }
        return EventSegment(firstSequence: 0, lastSequence: events.count - 1, data: data)
    }
}
