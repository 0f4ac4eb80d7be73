import AgentMetrics
import CoreMetrics
import MLflowTracing
import Synchronization

/// What a server measures of itself.
///
/// What happens often is counted where it happens, without locks. What can be looked up (queues, memory) is read when
/// somebody asks.
package final class ServerMetrics: Sendable {
    /// What is measured here; `nil` where it goes elsewhere.
    private let registry: MetricsRegistry?
    private let process: MetricsRegistry?
    /// The other workers, whose numbers are shown with these; `nil` where there are none.
    let crew: WorkerMetrics?
    private let factory: any MetricsFactory

    /// Requests that lead nowhere, or are refused before they could.
    let stray: RouteMetrics
    /// Requests that a chat app answers.
    let chatProxy: RouteMetrics
    /// Events of streams.
    let streamEvents: Counter
    private let faults: [CallFault: Counter]
    private let streams = Atomic(0)
    private let webSockets = Atomic(0)
    private let sources: Mutex<[@Sendable () -> [ServerMetric.Reading]]>

    /// - Parameters:
    ///   - target: Where metrics go.
    ///   - agent: The agent's name.
    init(_ target: MetricsTarget, agent: String) {
        switch target {
        case .here(let process, let crew):
            let registry = MetricsRegistry(ServerMetric.descriptions)
            self.registry = registry
            self.process = process
            self.crew = crew
            factory = registry
        case .elsewhere(let factory):
            registry = nil
            process = nil
            crew = nil
            self.factory = factory
        }
        let factory = factory
        stray = RouteMetrics("other", factory: factory)
        chatProxy = RouteMetrics("chat-proxy", factory: factory)
        streamEvents = Counter(label: ServerMetric.streamEvents.rawValue, factory: factory)
        let pairs = CallFault.allCases.map { fault in
            let dimensions = [("kind", fault.rawValue)]
            return (fault, Counter(label: ServerMetric.agentErrors.rawValue, dimensions: dimensions, factory: factory))
        }
        faults = Dictionary(uniqueKeysWithValues: pairs)
        let info = ServerMetric.Reading(.info, 1, labels: [("version", AgentServer.version), ("agent", agent)])
        sources = Mutex([{ [info, .init(.processes, 1)] + ProcessStatistics.readings }])
    }

    /// What is measured of the requests of a path, whose places for parameters are shown as `{id}`. A path with the prefix
    /// `/v1` is the same route as without.
    private func route(_ path: String) -> RouteMetrics {
        let path = path.hasPrefix("/v1/") ? String(path.dropFirst(3)) : path
        return RouteMetrics(
            path.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: "{id}"), factory: factory)
    }

    /// Routes whose requests are measured.
    func measuring(_ routes: [Router.Route]) -> [Router.Route] {
        // The methods of a path share one.
        var paths: [String: RouteMetrics] = [:]
        return routes.map { route in
            var route = route
            let metrics = paths[route.path] ?? self.route(route.path)
            paths[route.path] = metrics
            route.metrics = metrics
            return route
        }
    }

    // MARK: What happens

    func count(_ fault: CallFault) { faults[fault]?.increment() }

    /// A stream is being sent from now on; to be followed by ``streamEnded()``.
    package func streamBegan() { streams.add(1, ordering: .relaxed) }

    package func streamEnded() { streams.subtract(1, ordering: .relaxed) }

    /// The handler, whose sockets are counted while they are open.
    func counting(_ handler: @escaping WebSocketHandler) -> WebSocketHandler {
        { [self] exchange, socket in
            webSockets.add(1, ordering: .relaxed)
            await handler(exchange, socket)
            webSockets.subtract(1, ordering: .relaxed)
        }
    }

    // MARK: What is read

    /// Has values read whenever somebody asks.
    func read(_ source: @escaping @Sendable () -> [ServerMetric.Reading]) {
        sources.withLock { $0.append(source) }
    }

    /// What became of traces.
    static func readings(of reports: [TraceReport]) -> [ServerMetric.Reading] {
        reports.flatMap { report in
            let labels = [("exporter", report.name)]
            return [
                ServerMetric.Reading(.traceQueueDepth, report.waiting, labels: labels),
                .init(.tracesExported, report.sent, labels: labels),
                .init(.tracesFailed, report.failed, labels: labels),
                .init(.tracesDropped, report.dropped, labels: labels),
            ]
        }
    }

    /// All values that are read, as they are now.
    private var readings: [ServerMetric.Reading] {
        let sources = sources.withLock { $0 }
        return sources.flatMap { $0() } + [
            .init(.streamsOpen, streams.load(ordering: .relaxed)),
            .init(.webSocketsOpen, webSockets.load(ordering: .relaxed)),
        ]
    }

    /// Everything that this process has measured; `nil` where that goes elsewhere.
    var snapshot: MetricsSnapshot? {
        guard let registry else { return nil }
        var snapshot = registry.snapshot
        for reading in readings {
            snapshot.add(reading.metric.rawValue, reading.metric.family, labels: reading.labels, value: reading.value)
        }
        if let process { snapshot.add(process.snapshot) }
        return snapshot
    }

    /// What is to be told where metrics go elsewhere: nobody asks there, so that values are read every few seconds.
    var elsewhere: MetricsFeed? {
        registry == nil ? MetricsFeed(factory) { [self] in readings } : nil
    }
}
