import AgentJSON
package import Logging
package import NIOCore
import NIOHTTP1
import Synchronization
import WebClient

/// Sends traces to an MLflow tracking server, so that it shows them as those of MLflow's own server.
///
/// Spans go first, those of many traces in one request; then what is said of each trace as a whole. What the server cannot
/// take for a while waits; when the queue is full, the oldest traces go. Nobody ever waits for it.
package final class MLflowExporter: TraceSink {
    /// How traces are sent.
    package struct Settings: Sendable {
        package var experiment = Experiment()
        /// Traces in one request of spans.
        package var batchCount = 200
        /// How long the first trace of a batch waits for others.
        package var gathering: Duration = .milliseconds(200)
        /// Traces of which the server is told at the same time.
        package var simultaneous = 10
        package var queue = TraceQueue.Limits()
        /// Whether pictures, sounds and files are kept apart from their trace.
        package var extractsAttachments = true
        /// Bytes that one of those may have.
        package var maximumAttachment: Int?
        /// Whether the body of a request is compressed.
        package var compresses = true
        /// What is said of every trace: the user, the program, its version.
        package var metadata: [(key: String, value: String)] = []
        /// The name of the app, when the version of the agent is tracked; `nil` when it is not.
        package var trackedApp: String?
        package var version = SourceVersion()
        /// The model that traces refer to.
        package var modelID: String?
        /// The run that traces refer to.
        package var runID: String?

        package init() {}
    }

    package let counts = TraceCounts()
    package let queue: TraceQueue

    private let server: TrackingServer
    private let settings: Settings
    private let executor: LoopExecutor
    private let logger: Logger
    private let log = QuietLog()
    private let lacksSpans = Atomic(false)

    /// - Parameter loop: Where its work is done.
    package init(_ server: TrackingServer, settings: Settings, on loop: any EventLoop, logger: Logger) {
        self.server = server
        self.settings = settings
        self.logger = logger
        executor = LoopExecutor(loop)
        queue = TraceQueue(settings.queue)
    }

    package func take(_ trace: FinishedTrace) { queue.put(trace) }

    /// Sends what comes, until the queue is finished and empty, or the task is cancelled.
    package func run() async {
        await withTaskExecutorPreference(executor) {
            guard let target = await findTarget() else { return await discard() }
            while true {
                let batch = await queue.next(settings.batchCount, gathering: settings.gathering)
                if batch.isEmpty { break }
                await export(batch, to: target)
            }
        }
    }

    // MARK: Where traces go

    private struct Target: Sendable {
        var experiment: String
        var metadata: [(key: String, value: String)]
    }

    private func findTarget() async -> Target? {
        while !Task.isCancelled {
            do {
                let id = try await settings.experiment.find(at: server, onTrouble: noteTrouble)
                var metadata = settings.metadata
                if let model = try await modelID(in: id) { metadata.append(("mlflow.modelId", model)) }
                return Target(experiment: id, metadata: metadata)
            } catch {
                // Traces that come meanwhile wait in the queue.
                if error.isPassing { continue }
                logger.error("Traces are not exported", metadata: ["reason": "\(error.reason)"])
                return nil
            }
        }
        return nil
    }

    private func modelID(in experiment: String) async throws(TrackingFailure) -> String? {
        if let id = settings.modelID { return id }
        guard let app = settings.trackedApp else { return nil }
        let source = settings.metadata.filter { !$0.key.hasPrefix("mlflow.source.git.") }
        return try await LoggedModel(app: app, version: settings.version, source: source)
            .find(at: server, experiment: experiment, now: SpanClock.now, onTrouble: noteTrouble)
    }

    /// Drops what comes: there is nowhere to send it.
    private func discard() async {
        while true {
            let batch = await queue.next(1_000, gathering: .zero)
            if batch.isEmpty { return }
            counts.addFailed(batch.count)
        }
    }

    // MARK: Batches

    /// A trace that is ready to be sent.
    private struct Parcel: Sendable {
        var form: TraceForm
        var files: [Attachments.File]
    }

    private func export(_ batch: [FinishedTrace], to target: Target) async {
        let parcels = batch.map { trace in
            var trace = trace
            trace.prepare()
            var attachments = Attachments(of: trace.id, maximumSize: settings.maximumAttachment)
            if settings.extractsAttachments { attachments.extract(from: &trace) }
            return Parcel(form: TraceForm(trace), files: attachments.files)
        }
        var taken: [Parcel] = []
        for group in Self.groups(of: parcels) { taken += await sendSpans(of: group, to: target) }
        await sendInfos(of: taken, to: target)
    }

    /// Bytes of a request beyond which a further one is made.
    private static let requestSize = 4 << 20

    private static func groups(of parcels: [Parcel]) -> [[Parcel]] {
        var groups: [[Parcel]] = []
        var size = Int.max
        for parcel in parcels {
            let weight = parcel.form.trace.weight
            if size > requestSize - min(weight, requestSize) {
                groups.append([])
                size = 0
            }
            groups[groups.count - 1].append(parcel)
            size += weight
        }
        return groups
    }

    /// Sends the spans of traces.
    ///
    /// - Returns: The traces that the server has taken.
    private func sendSpans(of parcels: [Parcel], to target: Target) async -> [Parcel] {
        if lacksSpans.load(ordering: .relaxed) { return parcels }
        var batch = SpanBatch(resource: Self.resource)
        for parcel in parcels { parcel.form.write(to: &batch) }
        switch await server.delivery.send(spansRequest(batch, target), onTrouble: noteTrouble) {
        case .delivered: return parcels
        case .refused(501, _):
            // A store that keeps no spans; they go to a file of each trace.
            lacksSpans.store(true, ordering: .relaxed)
            return parcels
        case .refused(let status, let text) where [400, 422].contains(status):
            // All of them or none: one that cannot be taken must not cost the others.
            if parcels.count > 1 {
                var taken: [Parcel] = []
                for parcel in parcels { taken += await sendSpans(of: [parcel], to: target) }
                return taken
            }
            giveUp(parcels, "status \(status): \(text)")
        case .refused(let status, let text): giveUp(parcels, "status \(status): \(text)")
        case .gaveUp(let reason): giveUp(parcels, reason)
        }
        return []
    }

    private func spansRequest(_ batch: SpanBatch, _ target: Target) -> WebRequest {
        var headers: [(name: String, value: String)] = [("x-mlflow-experiment-id", target.experiment)]
        if let run = settings.runID { headers.append(("x-mlflow-run-id", run)) }
        var body = batch.encoded()
        if settings.compresses, let compressed = Gzip.compress(body) {
            body = compressed
            headers.append(("Content-Encoding", "gzip"))
        }
        return server.request(.POST, "/v1/traces", type: "application/x-protobuf", body: body, headers: headers)
    }

    /// What is said of this process; MLflow makes tags of anything else.
    private static let resource = [
        ("telemetry.sdk.language", "swift"), ("telemetry.sdk.name", "mlflow"), ("telemetry.sdk.version", "3.17.2"),
    ].map { (key: $0.0, value: $0.1) }

    // MARK: Traces as a whole

    /// Traces of a batch from which on several infos go into one message.
    private static let manyTraces = 50

    /// Tells the server of traces as a whole.
    private func sendInfos(of parcels: [Parcel], to target: Target) async {
        // A trace belongs to the process that its root is in.
        let own = parcels.filter { !$0.form.trace.isRemote && $0.form.trace.root != nil }
        counts.addSent(parcels.count - own.count)
        let size = own.count < Self.manyTraces ? 1 : own.count.dividedUp(by: settings.simultaneous)
        let next = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(settings.simultaneous, own.count.dividedUp(by: size)) {
                group.addTask {
                    while case let start = next.take() * size, start < own.count {
                        await self.sendMessage(of: own[start..<min(start + size, own.count)], to: target)
                    }
                }
            }
        }
    }

    /// Hands out numbers, each of them once.
    private final class Counter: Sendable {
        private let value = Atomic(0)

        func take() -> Int { value.add(1, ordering: .relaxed).oldValue }
    }

    private func sendMessage(of parcels: ArraySlice<Parcel>, to target: Target) async {
        let requests = parcels.compactMap { parcel in
            parcel.form.info(experiment: target.experiment, metadata: target.metadata).map { info in
                server.request(.POST, "/api/3.0/mlflow/traces", type: "application/json", body: info.encoded())
            }
        }
        let outcomes = await server.delivery.send(requests, onTrouble: noteTrouble)
        for (parcel, outcome) in zip(parcels, outcomes) {
            switch outcome {
            case .delivered(let answer):
                if !parcel.files.isEmpty || lacksSpans.load(ordering: .relaxed) { await sendFiles(of: parcel, answer) }
                counts.addSent(1)
            case .refused(let status, let text): giveUp([parcel], "status \(status): \(text)")
            case .gaveUp(let reason): giveUp([parcel], reason)
            }
        }
    }

    /// Uploads what is kept beside the trace.
    private func sendFiles(of parcel: Parcel, _ answer: WebAnswer) async {
        let info = (try? JSON(parsing: Array(answer.body.readableBytesView)))?["trace"]?["trace_info"]
        guard let location = info?["tags"]?["mlflow.artifactLocation"]?.stringValue,
            let path = ArtifactPath.path(of: location)
        else {
            log.write("artifacts") { _ in
                logger.warning("The tracking server takes no attachments of traces")
            }
            return
        }
        for file in parcel.files {
            let request = server.request(
                .PUT, "\(path)/attachments/\(file.id)", type: "application/octet-stream", body: file.bytes
            )
            await upload(request)
        }
        if lacksSpans.load(ordering: .relaxed) {
            let spans = StoredSpans.json(parcel.form).encoded()
            await upload(server.request(.PUT, path + "/traces.json", type: "text/plain", body: spans))
        }
    }

    private func upload(_ request: WebRequest) async {
        switch await server.delivery.send(request, onTrouble: noteTrouble) {
        case .delivered: break
        case .refused(let status, let text): noteLoss("attachment", "status \(status): \(text)")
        case .gaveUp(let reason): noteLoss("attachment", reason)
        }
    }

    // MARK: Trouble

    private func giveUp(_ parcels: [Parcel], _ reason: String) {
        counts.addFailed(parcels.count)
        noteLoss("trace", reason)
    }

    private func noteLoss(_ what: String, _ reason: String) {
        log.write("lost " + what) { held in
            logger.error("A \(what) was not exported", metadata: ["reason": "\(reason)", "before": "\(held)"])
        }
    }

    private func noteTrouble(_ reason: String) {
        log.write("trouble") { _ in
            logger.warning("The tracking server is not to be had; traces wait", metadata: ["reason": "\(reason)"])
        }
    }
}

extension Int {
    /// Divided, rounded up.
    fileprivate func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
