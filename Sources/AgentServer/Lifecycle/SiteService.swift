import AgentMetrics
import AgentRuns
import AgentStore
import Logging
import MLflowTracing
import NIOCore
import ServiceLifecycle
import Synchronization

/// The life of a server: listens, sweeps, drains.
struct SiteService: Service {
    let site: ServerSite
    /// The store of this process's own.
    let store: SQLiteStore?
    /// What sends traces away.
    let exporters: TraceExporters?
    let configuration: AgentServer.Configuration
    let logger: Logger
    /// The worker that this server is; `nil` where it serves alone.
    let worker: WorkerLink?
    let onReady: @Sendable (String) async -> Void

    /// How long connections may take to close when the drain is over.
    private static let closingTime: Duration = .seconds(2)

    func run() async throws {
        let registry = site.invoker.registry
        let traces = site.traces
        // Outlives the end of everything else: what ends last leaves a trace as well.
        let keeping = traces.map { traces in Task { await traces.run() } }
        let exporting = exporters.map { exporters in Task { await exporters.run() } }
        let listener: Listener
        do {
            listener = try listen()
        } catch {
            traces?.finish()
            await keeping?.value
            exporting?.cancel()
            throw error
        }
        await onReady(ListeningPlace.text(listener.address))
        var deadline = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            if let feed = site.metrics?.elsewhere { group.addTask { await feed.run() } }
            if let metrics = site.metrics, let crew = metrics.crew {
                group.addTask { await crew.run({ metrics.snapshot ?? MetricsSnapshot() }, logger: logger) }
            }
            if let keys = site.access?.keyStore { group.addTask { await keys.run() } }
            if let store {
                group.addTask {
                    await store.runSweeps { error in
                        logger.warning("The store was not swept", metadata: ["error": "\(error.message)"])
                    }
                }
            }
            switch await waitForEnd() {
            case .drain(let drain):
                deadline = .now + configuration.drainTime
                await stop(listener, registry, drain, until: deadline)
            case .cancelled:
                registry.stopAll()
                await listener.close()
            }
            group.cancelAll()
        }
        await registry.waitForEndings()
        traces?.finish()
        exporters?.finish()
        await keeping?.value
        if let exporting { await Self.wait(for: exporting, until: max(deadline, .now + Self.flushTime)) }
        await store?.close()
        if let crew = site.metrics?.crew {
            crew.leave()
            if worker?.isAlone == true { crew.abandon() }
        }
    }

    /// How long what is left of traces may take to go out at least.
    private static let flushTime: Duration = .seconds(1)

    /// Waits for a task, which is cancelled when the time is over.
    private static func wait(for task: Task<Void, Never>, until deadline: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await task.value }
            group.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                task.cancel()
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func listen() throws -> Listener {
        let connection = AgentConnection(
            site: site, limits: configuration.limits, tls: try configuration.tls.context()
        )
        let place = ListeningPlace(configuration)
        return try place.listening {
            guard let worker else {
                return try Listener(ListeningSocket(host: place.host, port: place.port), setUp: connection)
            }
            let hasServed = Atomic(false)
            return try Listener(ListeningSocket(inherited: worker.socket), setUp: connection) {
                if !hasServed.exchange(true, ordering: .relaxed) { worker.say(WorkerMessage.served) }
            }
        }
    }

    private enum End: Sendable {
        case drain(ConnectionDrain)
        case cancelled
    }

    /// Waits until a signal, the supervisor, or whoever has cancelled the task wants the server to end.
    private func waitForEnd() async -> End {
        await withTaskGroup(of: End?.self) { group in
            group.addTask {
                do {
                    try await gracefulShutdown()
                    return .drain(.stopping)
                } catch {
                    return .cancelled
                }
            }
            if let worker {
                group.addTask {
                    for await message in worker.messages where message == WorkerMessage.retire {
                        return .drain(.retiring)
                    }
                    // A supervisor that has gone leaves nobody to take over; and nothing to do when the task is cancelled.
                    return Task.isCancelled ? nil : .drain(.stopping)
                }
            }
            while let end = await group.next() {
                guard let end else { continue }
                group.cancelAll()
                return end
            }
            return .cancelled
        }
    }

    /// Lets what runs come to its end, for as long as that may take.
    private func stop(
        _ listener: Listener, _ registry: InvocationRegistry, _ drain: ConnectionDrain,
        until deadline: ContinuousClock.Instant
    ) async {
        logger.info("Stopping", metadata: ["running": "\(registry.count)"])
        registry.drain(until: deadline)
        await listener.drain(drain)
        await listener.waitForEnd(until: deadline, closingTime: Self.closingTime)
    }
}
