import AgentJSON
package import Logging
package import NIOCore
import NIOHTTP1
package import WebClient

/// Sends traces to a collector of OpenTelemetry (OTLP over HTTP), with the names that its conventions have for what
/// generative models do.
package final class CollectorExporter: TraceSink {
    /// How traces are sent.
    package struct Settings: Sendable {
        /// Where to; with the path.
        package var address: WebAddress
        /// Headers of every request, keys of access among them.
        package var headers: [(name: String, value: String)] = []
        /// Whether the body of a request is compressed.
        package var compresses = false
        /// What is said of this process, `service.name` among it.
        package var resource: [(key: String, value: String)] = []
        /// Traces in one request.
        package var batchCount = 200
        /// How long the first trace of a batch waits for others.
        package var gathering: Duration = .milliseconds(200)
        package var queue = TraceQueue.Limits()

        package init(address: WebAddress) {
            self.address = address
        }
    }

    package let counts = TraceCounts()
    package let queue: TraceQueue

    private let settings: Settings
    private let delivery: Delivery
    private let executor: LoopExecutor
    private let logger: Logger
    private let log = QuietLog()

    /// - Parameter loop: Where its work is done.
    package init(_ settings: Settings, delivery: Delivery, on loop: any EventLoop, logger: Logger) {
        self.settings = settings
        self.delivery = delivery
        self.logger = logger
        executor = LoopExecutor(loop)
        queue = TraceQueue(settings.queue)
    }

    package func take(_ trace: FinishedTrace) { queue.put(trace) }

    /// Sends what comes, until the queue is finished and empty, or the task is cancelled.
    package func run() async {
        await withTaskExecutorPreference(executor) {
            while true {
                var batch = await queue.next(settings.batchCount, gathering: settings.gathering)
                if batch.isEmpty { return }
                for index in batch.indices { batch[index].prepare() }
                await send(batch)
            }
        }
    }

    private func send(_ traces: [FinishedTrace]) async {
        var batch = SpanBatch(resource: settings.resource)
        for trace in traces {
            for (index, span) in trace.spans.enumerated() {
                let form = ConventionalSpan(span, of: trace, isRoot: index == 0)
                batch.add(span, of: trace.id, kind: form.kind, attributes: form.attributes)
            }
        }
        var headers =
            settings.headers + [("Content-Type", "application/x-protobuf"), ("User-Agent", "swift-agent-server")]
        var body = batch.encoded()
        if settings.compresses, let compressed = Gzip.compress(body) {
            body = compressed
            headers.append(("Content-Encoding", "gzip"))
        }
        let request = WebRequest(.POST, settings.address, headers: headers, body: ByteBuffer(bytes: body))
        switch await delivery.send(request, onTrouble: noteTrouble) {
        case .delivered: counts.addSent(traces.count)
        case .refused(let status, let text):
            // As with a tracking server: one of them must not cost the others.
            if [400, 413, 422].contains(status), traces.count > 1 {
                for trace in traces { await send([trace]) }
            } else {
                giveUp(traces, "status \(status): \(text)")
            }
        case .gaveUp(let reason): giveUp(traces, reason)
        }
    }

    private func giveUp(_ traces: [FinishedTrace], _ reason: String) {
        counts.addFailed(traces.count)
        log.write("lost") { held in
            logger.error(
                "Traces did not reach the collector", metadata: ["reason": "\(reason)", "before": "\(held)"]
            )
        }
    }

    private func noteTrouble(_ reason: String) {
        log.write("trouble") { _ in
            logger.warning("The collector is not to be had; traces wait", metadata: ["reason": "\(reason)"])
        }
    }
}
