public import ArgumentParser

/// What the command line of every agent understands.
///
/// Flags win over the environment, the environment over the file that `--config` names. A setting has one name: `port` is
/// `--port`, `AGENT_SERVER_PORT`, and `"port"` in the file.
public struct ServerOptions: ParsableArguments, Sendable {
    @Option(help: Self.help("A JSON file with settings, by their names below", nil, "none", "AGENT_SERVER_CONFIG"))
    var config: String?

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Processes") var processes: ProcessOptions
    @OptionGroup(title: "Clients") var clients: ClientOptions
    @OptionGroup(title: "Access") var access: AccessOptions
    @OptionGroup(title: "Logs and metrics") var logs: LogOptions
    @OptionGroup(title: "Stored responses") var store: StoreOptions
    @OptionGroup(title: "Traces") var traces: TraceOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Chat proxy") var chat: ChatProxyOptions

    public init() {}

    /// The help of a setting.
    ///
    /// - Parameters:
    ///   - text: What it is.
    ///   - name: Its name, of which that of the variable is made.
    ///   - value: The default.
    ///   - variable: The variable's name where it is another one.
    static func help(_ text: String, _ name: String?, _ value: String, _ variable: String? = nil) -> ArgumentHelp {
        let variable = variable ?? name.map { Settings.variable(of: $0) } ?? ""
        return ArgumentHelp("\(text). Environment: \(variable). Default: \(value).")
    }
}

/// Where the server listens.
struct ListeningOptions: ParsableArguments, Sendable {
    @Option(help: ServerOptions.help("The address to listen on", "host", "127.0.0.1"))
    var host: String?

    @Option(help: ServerOptions.help("The port to listen on; 0 picks a free one and prints it", "port", "8000"))
    var port: String?

    @Option(
        help: ServerOptions.help(
            "A PEM file with the server's certificate and those that lead to its issuer; with it the server speaks "
                + "HTTPS, HTTP/2 too", "tls-certificate", "none"
        )
    )
    var tlsCertificate: String?

    @Option(help: ServerOptions.help("A PEM file with the certificate's private key", "tls-key", "none"))
    var tlsKey: String?
}

/// How many processes serve, and when they are renewed.
struct ProcessOptions: ParsableArguments, Sendable {
    @Option(
        help: ServerOptions.help(
            "Worker processes on one socket. One that ends is started anew; SIGHUP renews all, one by one", "workers",
            "none: this process serves alone, on all cores"
        )
    )
    var workers: String?

    @Flag(
        help: ServerOptions.help(
            "Watch the package's sources, build it when they change, and go on with the new program", "reload", "off"
        )
    )
    var reload = false
}

/// Whom the server talks to.
struct ClientOptions: ParsableArguments, Sendable {
    @Option(
        help: ServerOptions.help(
            "An origin whose pages may call this server from a browser, '*' for all; repeat for several",
            "cors-origins",
            "none"
        )
    )
    var corsOrigin: [String] = []

    @Option(
        help: ServerOptions.help(
            "A further name by which this server may be called while it listens on loopback, '*' for all; repeat for "
                + "several", "allowed-hosts", "loopback's own"
        )
    )
    var allowedHost: [String] = []
}

/// What is logged and measured.
struct LogOptions: ParsableArguments, Sendable {
    @Option(
        help: ServerOptions.help(
            "The least severe messages to log: trace, debug, info, notice, warning, error, critical", "log-level",
            "info"
        )
    )
    var logLevel: String?

    @Flag(help: ServerOptions.help("Log every request", "access-log", "off"))
    var accessLog = false

    @Flag(help: ServerOptions.help("Measure nothing, and have no /metrics", "no-metrics", "off"))
    var noMetrics = false
}

/// Where responses and conversations are kept.
struct StoreOptions: ParsableArguments, Sendable {
    @Option(
        help: ServerOptions.help(
            "The SQLite file where responses, conversations and traces are kept; 'memory:' keeps them until the process ends, "
                + "'none' keeps nothing", "store", "agent-server.db"
        )
    )
    var store: String?

    @Option(help: ServerOptions.help("Seconds that a finished response is kept", "store-max-age", "604800"))
    var storeMaxAge: String?

    @Option(help: ServerOptions.help("Bytes that the file may have", "store-max-bytes", "2147483648"))
    var storeMaxBytes: String?
}

/// Traces that are kept in the store.
struct TraceOptions: ParsableArguments, Sendable {
    @Option(
        help: ServerOptions.help(
            "Traces that are kept in the store, the newest ones; 0 keeps none", "keep-traces",
            "10000, or 0 where they go to a tracking server or a collector"
        )
    )
    var keepTraces: String?

    @Option(help: ServerOptions.help("Seconds that a trace is kept", "traces-max-age", "604800"))
    var tracesMaxAge: String?

    @Option(
        help: ServerOptions.help(
            "The MLflow tracking server that traces go to, an http or https URL", "mlflow-tracking-uri", "none",
            "MLFLOW_TRACKING_URI"
        )
    )
    var mlflowTrackingUri: String?

    @Option(
        help: ServerOptions.help(
            "The experiment there, by its name; made where there is none", "mlflow-experiment",
            "the default experiment",
            "MLFLOW_EXPERIMENT_NAME"
        )
    )
    var mlflowExperiment: String?

    @Option(
        help: ServerOptions.help(
            "The collector of OpenTelemetry that traces go to, by OTLP over HTTP: its URL without /v1/traces",
            "otlp-endpoint", "none", "OTEL_EXPORTER_OTLP_ENDPOINT"
        )
    )
    var otlpEndpoint: String?

    @Option(
        help: ServerOptions.help(
            "The share of calls that are traced, from 0 to 1", "trace-sampling-ratio", "1",
            "MLFLOW_TRACE_SAMPLING_RATIO"
        )
    )
    var traceSamplingRatio: String?

    @Flag(help: ServerOptions.help("Keep inputs and outputs out of traces", "no-trace-content", "off"))
    var noTraceContent = false

    @Flag(
        help: ServerOptions.help(
            "Go on with the trace that a request's header traceparent names", "trace-context", "off: a trace of its own"
        )
    )
    var traceContext = false

    @Flag(
        help: ServerOptions.help(
            "Have traces refer to the version of the agent in MLflow: the Git commit it is started in", "track-version",
            "off"
        )
    )
    var trackVersion = false
}

/// Bounds of what a client may ask.
struct LimitOptions: ParsableArguments, Sendable {
    @Option(help: ServerOptions.help("Bytes that a request's body may have", "max-body-bytes", "67108864"))
    var maxBodyBytes: String?

    @Option(help: ServerOptions.help("Bytes that a request's headers may have", "max-header-bytes", "32768"))
    var maxHeaderBytes: String?

    @Option(help: ServerOptions.help("How deep JSON may be nested", "max-json-depth", "512"))
    var maxJsonDepth: String?

    @Option(
        help: ServerOptions.help("Requests that are answered at the same time", "max-concurrent-requests", "20000")
    )
    var maxConcurrentRequests: String?

    @Option(help: ServerOptions.help("Bytes of output that an invocation may have", "max-output-bytes", "67108864"))
    var maxOutputBytes: String?

    @Option(help: ServerOptions.help("Seconds that an invocation may take", "invocation-timeout", "3600"))
    var invocationTimeout: String?

    @Option(
        help: ServerOptions.help(
            "Seconds for a request's head to arrive, and between two pieces of its body", "arrival-timeout", "30"
        )
    )
    var arrivalTimeout: String?

    @Option(help: ServerOptions.help("Seconds that a connection may be open without a request", "idle-timeout", "75"))
    var idleTimeout: String?

    @Option(help: ServerOptions.help("Seconds that a client may leave an answer unread", "stall-timeout", "60"))
    var stallTimeout: String?

    @Option(help: ServerOptions.help("Seconds that requests may go on after SIGTERM", "drain-timeout", "30"))
    var drainTimeout: String?

    @Option(
        help: ServerOptions.help("Seconds after which a quiet stream gets a comment", "keep-alive-interval", "15")
    )
    var keepAliveInterval: String?
}

/// Requests that are forwarded to a chat app.
struct ChatProxyOptions: ParsableArguments, Sendable {
    @Flag(
        help: ServerOptions.help(
            "Forward requests that no route takes to a chat app on this machine", "chat-proxy", "off"
        )
    )
    var chatProxy = false

    @Option(help: ServerOptions.help("The chat app's port on localhost", nil, "3000", "CHAT_APP_PORT"))
    var chatAppPort: String?

    @Option(
        help: ServerOptions.help(
            "Seconds that the chat app may be silent", nil, "300", "CHAT_PROXY_TIMEOUT_SECONDS"
        )
    )
    var chatProxyTimeout: String?

    @Option(
        help: ServerOptions.help(
            "A path to forward beside /, /favicon.ico and /ping; repeat for several", nil, "none",
            "CHAT_PROXY_ALLOWED_EXACT_PATHS"
        )
    )
    var chatProxyPath: [String] = []

    @Option(
        help: ServerOptions.help(
            "A beginning of paths to forward beside /assets/, /api/ and /chat/; repeat for several", nil, "none",
            "CHAT_PROXY_ALLOWED_PATH_PREFIXES"
        )
    )
    var chatProxyPrefix: [String] = []
}
