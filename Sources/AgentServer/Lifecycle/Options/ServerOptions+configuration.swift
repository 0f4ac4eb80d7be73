import ArgumentParser
import Logging

extension ServerOptions {
    /// The configuration that these options, the environment, the file that `--config` names and a base make, in this
    /// order of precedence.
    ///
    /// - Parameters:
    ///   - base: What counts where none of them says anything.
    ///   - environment: The process's environment.
    /// - Throws: `ValidationError` that names the flag, the variable or the setting of the file that cannot be used.
    public func apply(
        to base: AgentServer.Configuration, environment: [String: String]
    ) throws -> AgentServer.Configuration {
        var settings = try settings(environment)
        var configuration = base
        if let port = environment["DATABRICKS_APP_PORT"] {
            configuration.host = "0.0.0.0"
            configuration.port = try Settings.number(port, "DATABRICKS_APP_PORT", in: 0...65_535)
            // The platform lets in only whom it knows, and says who that is.
            configuration.access.isInsecure = true
            configuration.access.trustsForwardedUser = true
        }
        // Set but empty counts, as in the original.
        if let name = environment["DATABRICKS_APP_NAME"] { configuration.appName = name }
        try listening.apply(to: &configuration, &settings)
        try processes.apply(to: &configuration, &settings)
        try clients.apply(to: &configuration, &settings)
        try access.apply(to: &configuration.access, &settings)
        try logs.apply(to: &configuration, &settings)
        try store.apply(to: &configuration.store, &settings)
        configuration.tracing.environment.merge(environment.filter { !$0.value.isEmpty }) { _, own in own }
        try traces.apply(to: &configuration, &settings)
        try limits.apply(to: &configuration, &settings)
        try chat.apply(to: &configuration.chatProxy, &settings)
        try settings.checkFileIsUsedUp(except: Self.modelSettings)
        if configuration.store.location == "memory:", configuration.workers ?? 1 > 1 {
            throw ValidationError(
                "With several workers, store must be a file or none: each would have a memory of its own")
        }
        return configuration
    }

    /// Where settings are found.
    package func settings(_ environment: [String: String]) throws -> Settings {
        try Settings(file: config ?? environment["AGENT_SERVER_CONFIG"], environment: environment)
    }

    /// The settings of a model, which its agent reads where it has one.
    private static let modelSettings: Set<String> = [
        "model-url", "model", "instructions", "model-key-env", "model-api", "model-timeout", "model-concurrency",
    ]
}

extension ListeningOptions {
    fileprivate func apply(to configuration: inout AgentServer.Configuration, _ settings: inout Settings) throws {
        try settings.text("host", host) { configuration.host = $0.text }
        try settings.number("port", port, in: 0...65_535) { configuration.port = $0 }
        try settings.text("tls-certificate", tlsCertificate) { configuration.tls.certificateFile = $0.text }
        try settings.text("tls-key", tlsKey) { configuration.tls.keyFile = $0.text }
        guard (configuration.tls.certificateFile == nil) == (configuration.tls.keyFile == nil) else {
            let lacksKey = configuration.tls.keyFile == nil
            throw ValidationError(
                lacksKey ? "tls-certificate is set and tls-key is not" : "tls-key is set and tls-certificate is not"
            )
        }
    }
}

extension ProcessOptions {
    fileprivate func apply(to configuration: inout AgentServer.Configuration, _ settings: inout Settings) throws {
        try settings.number("workers", workers, in: 1...1024) { configuration.workers = $0 }
        try settings.flag("reload", reload) { configuration.reloads = $0 }
    }
}

extension ClientOptions {
    fileprivate func apply(to configuration: inout AgentServer.Configuration, _ settings: inout Settings) throws {
        try settings.list("cors-origins", corsOrigin) { configuration.corsOrigins += $0 }
        try settings.list("allowed-hosts", allowedHost) { configuration.allowedHosts += $0 }
    }
}

extension LogOptions {
    fileprivate func apply(to configuration: inout AgentServer.Configuration, _ settings: inout Settings) throws {
        try settings.text("log-level", logLevel) { value in
            guard let level = Logger.Level(rawValue: value.text.lowercased()) else {
                throw ValidationError("\(value.place) is '\(value.text)', which is no log level")
            }
            configuration.logLevel = level
        }
        try settings.flag("access-log", accessLog) { configuration.logsAccess = $0 }
        try settings.flag("no-metrics", noMetrics) { configuration.hasMetrics = !$0 }
    }
}

extension StoreOptions {
    fileprivate func apply(to store: inout AgentServer.Configuration.Store, _ settings: inout Settings) throws {
        try settings.text("store", self.store) { store.location = $0.text }
        try settings.seconds("store-max-age", storeMaxAge) { store.maximumAge = $0 }
        try settings.number("store-max-bytes", storeMaxBytes, in: (1 << 20)...(1 << 46)) { store.maximumBytes = $0 }
    }
}

extension TraceOptions {
    fileprivate func apply(to configuration: inout AgentServer.Configuration, _ settings: inout Settings) throws {
        try settings.number("keep-traces", keepTraces, in: 0...10_000_000) { configuration.traces.keep = $0 }
        try settings.seconds("traces-max-age", tracesMaxAge) { configuration.traces.maximumAge = $0 }
        // By the names that the tools have for them, so that the rest of their variables goes with it.
        let named = [
            ("mlflow-tracking-uri", mlflowTrackingUri, "MLFLOW_TRACKING_URI"),
            ("mlflow-experiment", mlflowExperiment, "MLFLOW_EXPERIMENT_NAME"),
            ("otlp-endpoint", otlpEndpoint, "OTEL_EXPORTER_OTLP_ENDPOINT"),
            ("trace-sampling-ratio", traceSamplingRatio, "MLFLOW_TRACE_SAMPLING_RATIO"),
        ]
        for (name, value, variable) in named {
            try settings.textOrNone(name, value, variable: variable) {
                configuration.tracing.environment[variable] = $0
            }
        }
        // Where a flag says that there is no collector, the variable for traces alone does not name one either.
        if otlpEndpoint == "" { configuration.tracing.environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = nil }
        try settings.flag("no-trace-content", noTraceContent) { configuration.tracing.recordsContent = !$0 }
        try settings.flag("trace-context", traceContext) { configuration.tracing.continuesCallers = $0 }
        try settings.flag("track-version", trackVersion) { configuration.tracing.tracksVersion = $0 }
        do {
            _ = try configuration.exportSettings()
        } catch let error as ServerError {
            throw ValidationError(error.message)
        }
    }
}

extension LimitOptions {
    fileprivate func apply(to configuration: inout AgentServer.Configuration, _ settings: inout Settings) throws {
        let count = 1...Int(Int32.max)
        try settings.number("max-body-bytes", maxBodyBytes, in: count) { configuration.limits.bodyBytes = $0 }
        try settings.number("max-header-bytes", maxHeaderBytes, in: 1024...(1 << 24)) {
            configuration.limits.headerBytes = $0
        }
        try settings.number("max-json-depth", maxJsonDepth, in: 1...100_000) { configuration.limits.depth = $0 }
        try settings.number("max-concurrent-requests", maxConcurrentRequests, in: count) {
            configuration.limits.concurrentRequests = $0
        }
        try settings.number("max-output-bytes", maxOutputBytes, in: count) { configuration.limits.outputBytes = $0 }
        try settings.seconds("invocation-timeout", invocationTimeout) { configuration.limits.invocationTime = $0 }
        try settings.seconds("arrival-timeout", arrivalTimeout) { configuration.limits.arrivalTime = $0 }
        try settings.seconds("idle-timeout", idleTimeout) { configuration.limits.idleTime = $0 }
        try settings.seconds("stall-timeout", stallTimeout) { configuration.limits.stallTime = $0 }
        try settings.seconds("drain-timeout", drainTimeout, in: 0...86_400) { configuration.drainTime = $0 }
        try settings.seconds("keep-alive-interval", keepAliveInterval) { configuration.keepAliveInterval = $0 }
    }
}

extension ChatProxyOptions {
    fileprivate func apply(to proxy: inout AgentServer.Configuration.ChatProxy, _ settings: inout Settings) throws {
        try settings.flag("chat-proxy", chatProxy) { proxy.isEnabled = $0 }
        try settings.number("chat-app-port", chatAppPort, variable: "CHAT_APP_PORT", in: 1...65_535) { proxy.port = $0 }
        try settings.seconds("chat-proxy-timeout", chatProxyTimeout, variable: "CHAT_PROXY_TIMEOUT_SECONDS") {
            proxy.timeout = $0
        }
        try settings.list("chat-proxy-paths", chatProxyPath, variable: "CHAT_PROXY_ALLOWED_EXACT_PATHS") {
            proxy.exactPaths.formUnion($0)
        }
        try settings.list("chat-proxy-prefixes", chatProxyPrefix, variable: "CHAT_PROXY_ALLOWED_PATH_PREFIXES") {
            proxy.pathPrefixes += $0
        }
    }
}
