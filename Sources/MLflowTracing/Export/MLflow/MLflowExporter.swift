package import Logging
package import NIOCore
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

    /// What became of the traces so far.
    package var counts: TraceCounts { courier.counts }
    package var queue: TraceQueue { courier.queue }

    let server: TrackingServer
    let settings: Settings
    let courier: Courier
    /// Whether the server's store has no place for spans; they go to a file of each trace.
    let lacksSpans = Atomic(false)
    /// Whether the server takes no files; attachments stay in their traces.
    let lacksFiles = Atomic(false)
    private let executor: LoopExecutor
    private let logger: Logger

    /// - Parameter loop: Where its work is done.
    package init(_ server: TrackingServer, settings: Settings, on loop: any EventLoop, logger: Logger) {
        self.server = server
        self.settings = settings
        self.logger = logger
        executor = LoopExecutor(loop)
        courier = Courier(
            to: "tracking server", server.delivery, limits: settings.queue, batchCount: settings.batchCount,
            gathering: settings.gathering, logger: logger
        )
    }

    package func take(_ trace: FinishedTrace) { queue.put(trace) }

    /// Takes nothing more in, and hurries with the rest.
    package func finish() { courier.finish() }

    /// Sends what comes, until it is finished and all is sent, or the task is cancelled.
    package func run() async {
        await withTaskExecutorPreference(executor) {
            if let target = await findTarget() {
                await courier.run { traces, tries in await self.export(traces, to: target, tries: tries) }
            }
            courier.close()
        }
    }

    // MARK: Where traces go

    struct Target: Sendable {
        var experiment: String
        var metadata: [(key: String, value: String)]
    }

    /// Looks for the experiment until it is there, or nothing waits for it any more.
    ///
    /// - Returns: `nil` where there is nothing to do.
    private func findTarget() async -> Target? {
        await withTaskGroup(of: Target?.self) { group in
            group.addTask { await self.lookForTarget() }
            group.addTask {
                await self.queue.waitForEnd()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func lookForTarget() async -> Target? {
        let patience = server.delivery.patience
        var backoff = Backoff(patience)
        while !Task.isCancelled {
            do {
                let id = try await settings.experiment.find(at: server, onTrouble: courier.noteTrouble)
                var metadata = settings.metadata
                if let model = try await modelID(in: id) { metadata.append(("mlflow.modelId", model)) }
                return Target(experiment: id, metadata: metadata)
            } catch {
                if error.isPassing {
                    // Traces that come meanwhile wait in the queue.
                    courier.noteTrouble(error.reason)
                    await server.delivery.pause(backoff.next(atLeast: .zero))
                } else if !Task.isCancelled {
                    // It may be the answer of a proxy, or an experiment that is restored later.
                    courier.drop(error.reason)
                    await server.delivery.pause(patience.refusalPause)
                }
            }
        }
        return nil
    }

    /// The model that traces refer to. Traces do without it where the server has none for them.
    private func modelID(in experiment: String) async throws(TrackingFailure) -> String? {
        if let id = settings.modelID { return id }
        guard let app = settings.trackedApp else { return nil }
        let source = settings.metadata.filter { !$0.key.hasPrefix("mlflow.source.git.") }
        do {
            return try await LoggedModel(app: app, version: settings.version, source: source)
                .find(at: server, experiment: experiment, now: SpanClock.now, onTrouble: courier.noteTrouble)
        } catch {
            if error.trouble?.kind == .absence { throw error }
            logger.warning("Traces refer to no version of the agent", metadata: ["reason": "\(error.reason)"])
            return nil
        }
    }
}
