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

    /// What became of the traces so far.
    package var counts: TraceCounts { courier.counts }
    package var queue: TraceQueue { courier.queue }

    let courier: Courier
    private let settings: Settings
    private let delivery: Delivery
    private let executor: LoopExecutor

    /// - Parameter loop: Where its work is done.
    package init(_ settings: Settings, delivery: Delivery, on loop: any EventLoop, logger: Logger) {
        self.settings = settings
        self.delivery = delivery
        executor = LoopExecutor(loop)
        courier = Courier(
            to: "collector", delivery, limits: settings.queue, batchCount: settings.batchCount,
            gathering: settings.gathering, logger: logger
        )
    }

    package func take(_ trace: FinishedTrace) { queue.put(trace) }

    /// Takes nothing more in, and hurries with the rest.
    package func finish() { courier.finish() }

    /// Sends what comes, until it is finished and all is sent, or the task is cancelled.
    package func run() async {
        await withTaskExecutorPreference(executor) {
            await courier.run { traces, tries in await self.send(traces, tries: tries) }
            courier.close()
        }
    }

    /// Bytes of a request beyond which a further one is made.
    private static let requestSize = 4 << 20
    /// How often inputs and outputs are written, under MLflow's name and under those of others.
    private static let copies = 3

    private func send(_ traces: [FinishedTrace], tries: Int) async -> Courier.Rest {
        var traces = traces
        for index in traces.indices { traces[index].prepare() }
        let outcome = await delivery.send(
            traces.grouped(bytes: Self.requestSize) { Self.copies * $0.weight }, tries: tries,
            onTrouble: courier.noteTrouble, request: { request(of: $0) }
        )
        courier.counts.addSent(outcome.delivered.count)
        for (_, reason) in outcome.refused { courier.giveUp(1, reason) }
        return Courier.Rest(
            suspects: outcome.suspects, unsent: outcome.unsent, trouble: outcome.trouble,
            isProgress: !outcome.delivered.isEmpty
        )
    }

    private func request(of traces: [FinishedTrace]) -> WebRequest {
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
        return WebRequest(.POST, settings.address, headers: headers, body: ByteBuffer(bytes: body))
    }
}
