import Logging

/// Brings traces from a queue to a server: what it cannot take now waits, and what it cannot take at all costs nothing else.
final class Courier: Sendable {
    /// What is left of traces that were to be sent.
    struct Rest: Sendable {
        /// Those that the server failed at, while it took others.
        var suspects: [FinishedTrace] = []
        /// Those that can be sent later.
        var unsent: [FinishedTrace] = []
        /// Why there are some of those.
        var trouble: Trouble?
        /// Whether the server took any.
        var isProgress = false
    }

    /// Sends traces, each request so many times at most.
    typealias Sending = @Sendable (_ traces: [FinishedTrace], _ tries: Int) async -> Rest

    let counts = TraceCounts()
    let queue: TraceQueue
    private let batchCount: Int
    private let gathering: Duration
    private let delivery: Delivery
    private let logger: Logger
    private let log = QuietLog()
    /// What the server is called in the log.
    private let server: String

    /// Traces that a server fails at again and again. They are tried beside the others, and hold nobody up.
    private let suspects: TraceQueue
    /// Suspects that are sent at the same time.
    private static let suspectCount = 10

    init(
        to server: String, _ delivery: Delivery, limits: TraceQueue.Limits, batchCount: Int, gathering: Duration,
        logger: Logger
    ) {
        self.server = server
        self.delivery = delivery
        self.batchCount = batchCount
        self.gathering = gathering
        self.logger = logger
        queue = TraceQueue(limits)
        suspects = TraceQueue(TraceQueue.Limits(count: 10 * Self.suspectCount, bytes: limits.bytes / 4))
    }

    /// What became of all traces so far.
    func report(_ name: String) -> TraceReport {
        let (waiting, dropped) = queue.counts
        let (suspected, forgotten) = suspects.counts
        return TraceReport(
            name: name, waiting: waiting + suspected, sent: counts.sent, failed: counts.failed,
            dropped: dropped + forgotten
        )
    }

    /// Takes nothing more in, and hurries with the rest.
    func finish() {
        queue.finish()
        delivery.makeHaste()
    }

    /// Sends what comes, until the queue is finished and empty, or the task is cancelled.
    func run(_ send: @escaping Sending) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sendSuspects(send) }
            await sendAll(send)
            suspects.finish()
        }
    }

    private func sendAll(_ send: Sending) async {
        let patience = delivery.patience
        var backoff = Backoff(patience)
        while true {
            let batch = await queue.next(batchCount, gathering: gathering)
            if batch.isEmpty { return }
            let rest = await send(batch, patience.tries)
            for trace in rest.suspects { suspects.put(trace) }
            queue.putBack(rest.unsent)
            guard let trouble = rest.trouble, !rest.isProgress || trouble.kind == .absence else {
                backoff = Backoff(patience)
                continue
            }
            noteTrouble(trouble.reason)
            await delivery.pause(backoff.next(atLeast: trouble.pause))
        }
    }

    /// Gives each suspect all the time that a request may have.
    private func sendSuspects(_ send: @escaping Sending) async {
        while true {
            let batch = await suspects.next(Self.suspectCount, gathering: .zero)
            if batch.isEmpty { return }
            await withTaskGroup(of: Void.self) { group in
                for trace in batch { group.addTask { await self.sendSuspect(trace, send) } }
            }
        }
    }

    private func sendSuspect(_ trace: FinishedTrace, _ send: Sending) async {
        let rest = await send([trace], .max)
        if let trouble = rest.trouble, trouble.kind == .failure {
            giveUp((rest.suspects + rest.unsent).count, trouble.reason)
        } else {
            queue.putBack(rest.suspects + rest.unsent)
        }
    }

    // MARK: Losses

    /// Counts traces that are given up.
    func giveUp(_ count: Int, _ reason: String) {
        guard count > 0 else { return }
        counts.addFailed(count)
        log.write("lost") { held in
            logger.error(
                "A trace was not exported", metadata: ["to": "\(server)", "reason": "\(reason)", "before": "\(held)"]
            )
        }
    }

    /// Drops what waits, for there is nowhere to send it.
    func drop(_ reason: String) {
        let count = queue.takeAll().count
        counts.addFailed(count)
        log.write("nowhere") { _ in
            logger.error("Traces are not exported", metadata: ["reason": "\(reason)", "dropped": "\(count)"])
        }
    }

    /// Counts what is left at the end.
    func close() {
        let count = queue.takeAll().count + suspects.takeAll().count
        guard count > 0 else { return }
        counts.addFailed(count)
        logger.error("Traces were not sent before the end", metadata: ["to": "\(server)", "traces": "\(count)"])
    }

    func noteTrouble(_ reason: String) {
        log.write("trouble") { _ in
            logger.warning("The \(server) is not to be had; traces wait", metadata: ["reason": "\(reason)"])
        }
    }

    /// Writes a line, unless there was one of the kind within the last minute.
    func note(_ kind: String, _ message: Logger.Message, _ reason: String) {
        log.write(kind) { held in
            logger.warning(message, metadata: ["to": "\(server)", "reason": "\(reason)", "before": "\(held)"])
        }
    }
}
