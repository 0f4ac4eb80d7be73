import AgentMetrics

/// What a server measures of itself. The table in `Metrics.md` has the same rows.
enum ServerMetric: String, CaseIterable, Sendable {
    case requests = "agent_server_requests_total"
    case requestSeconds = "agent_server_request_duration_seconds"
    case streamsOpen = "agent_server_streams_open"
    case streamEvents = "agent_server_stream_events_total"
    case webSocketsOpen = "agent_server_websockets_open"
    case invocationsRunning = "agent_server_invocations_running"
    case agentErrors = "agent_server_agent_errors_total"
    case storeQueueDepth = "agent_server_store_queue_depth"
    case traceQueueDepth = "agent_server_trace_queue_depth"
    case tracesExported = "agent_server_traces_exported_total"
    case tracesDropped = "agent_server_traces_dropped_total"
    case tracesFailed = "agent_server_traces_failed_total"
    case processes = "agent_server_processes"
    case info = "agent_server_info"
    case residentMemory = "process_resident_memory_bytes"
    case cpuSeconds = "process_cpu_seconds_total"
    case startTime = "process_start_time_seconds"
    case openFiles = "process_open_fds"

    var help: String {
        switch self {
        case .requests: "Requests that were answered, by route, method and status."
        case .requestSeconds: "Time from a request to the last byte of its answer, that of a stream too."
        case .streamsOpen: "Event streams that are being sent."
        case .streamEvents: "Events that agents have written into streams."
        case .webSocketsOpen: "WebSockets that are open, without those of a chat app."
        case .invocationsRunning: "Calls of the agent that go on."
        case .agentErrors: "Calls of the agent that did not come to a good end, by kind."
        case .storeQueueDepth: "Writes that wait for the store."
        case .traceQueueDepth: "Traces that wait to be sent or stored, by exporter."
        case .tracesExported: "Traces that were sent or stored, by exporter."
        case .tracesDropped: "Traces that were dropped because too many waited, by exporter."
        case .tracesFailed: "Traces that were refused, or could not be delivered in time, by exporter."
        case .processes: "Processes that these numbers are of."
        case .info: "The server's version, and the agent it serves."
        case .residentMemory: "Resident memory size in bytes."
        case .cpuSeconds: "Total user and system CPU time spent in seconds."
        case .startTime: "Start time of the process since unix epoch in seconds; of several, the earliest."
        case .openFiles: "Number of open file descriptors."
        }
    }

    var kind: MetricFamily.Kind {
        switch self {
        case .requestSeconds: .histogram
        case .requests, .streamEvents, .agentErrors, .tracesExported, .tracesDropped, .tracesFailed, .cpuSeconds:
            .counter
        case .streamsOpen, .webSocketsOpen, .invocationsRunning, .storeQueueDepth, .traceQueueDepth, .processes, .info,
            .residentMemory, .startTime, .openFiles:
            .gauge
        }
    }

    /// What becomes of the values of several workers.
    var merging: MetricFamily.Merging {
        switch self {
        case .startTime: .minimum
        case .info: .maximum
        default: .sum
        }
    }

    /// An empty family.
    var family: MetricFamily { MetricFamily(kind, help: help, merging: merging) }

    /// What a registry is told beforehand.
    static var descriptions: [String: MetricsRegistry.Description] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, MetricsRegistry.Description($0.help)) })
    }

    /// A value that is read when somebody asks, and costs requests nothing.
    struct Reading: Sendable {
        var metric: ServerMetric
        var labels: [(String, String)]
        var value: Double

        init(_ metric: ServerMetric, _ value: Double, labels: [(String, String)] = []) {
            self.metric = metric
            self.value = value
            self.labels = labels
        }

        init(_ metric: ServerMetric, _ count: Int, labels: [(String, String)] = []) {
            self.init(metric, Double(count), labels: labels)
        }
    }
}

/// Why a call of the agent did not come to a good end.
enum CallFault: String, CaseIterable, Sendable {
    /// The agent threw an error.
    case agent
    /// What it wrote was not valid, or more than may be.
    case invalidOutput = "invalid_output"
    case timeout
    case clientGone = "client_gone"
    case shutdown
    /// The response could not be stored.
    case storage

    /// `nil` for a good end.
    init?(_ report: CallReport) {
        switch report.end {
        case .stopped(.clientGone): self = .clientGone
        case .stopped(.timedOut): self = .timeout
        case .stopped(.shutdown): self = .shutdown
        case .finished, .failed:
            guard report.failure != nil else { return nil }
            self = report.isOutputRefused ? .invalidOutput : .agent
        }
    }
}
