package import MLflowTracing

extension AgentServer.Configuration {
    /// Traces that are kept in the store, to be looked at by `GET /traces` and at `/traces/ui`.
    public struct Traces: Sendable {
        /// How many are kept, the newest ones; 0 for none. `nil` for 10,000, or for none where traces go to a tracking
        /// server or a collector.
        public var keep: Int?
        /// How long they are kept.
        public var maximumAge: Duration = .seconds(7 * 24 * 3600)

        /// Called with the traces' place when the server starts: for checks that need some to look at.
        package var seed: (@Sendable (any TraceSink) -> Void)?

        /// How many are kept where nothing else is said.
        public static let usualCount = 10_000

        /// The defaults.
        public init() {}
    }

    /// How calls are traced, and where traces go beside the store.
    public struct Tracing: Sendable {
        /// The variables that say where traces go, by the names that MLflow (`MLFLOW_TRACKING_URI`,
        /// `MLFLOW_EXPERIMENT_NAME`, …) and OpenTelemetry (`OTEL_EXPORTER_OTLP_ENDPOINT`, …) have for them. The command line
        /// puts its own flags and the process's environment over them; an empty variable counts as none.
        public var environment: [String: String] = [:]

        /// Whether inputs and outputs are kept in traces. Without them a trace tells names, times, errors and tokens.
        public var recordsContent = true

        /// Whether a call whose request has the header `traceparent` goes on with its caller's trace.
        public var continuesCallers = false

        /// Whether traces refer to the version of the agent: the commit that it was started in
        /// (`setup_mlflow_git_based_version_tracking` of MLflow).
        public var tracksVersion = false

        /// All calls traced, and traces kept in the store alone.
        public init() {}
    }

    /// How calls are traced.
    ///
    /// - Parameter sink: Where traces go beside the store; `nil` where they go nowhere.
    /// - Throws: ``ServerError`` that names the variable which cannot be used.
    package func callTracing(into sink: (any TraceSink)?) throws -> Invoker.Tracing {
        Invoker.Tracing(
            sink: sink, ratio: try exportSettings().samplingRatio, continuesCallers: tracing.continuesCallers,
            recordsContent: tracing.recordsContent
        )
    }

    /// Where traces go beside the store.
    ///
    /// - Throws: ``ServerError`` that names the variable which cannot be used.
    func exportSettings() throws -> ExportSettings {
        do throws(ExportFault) {
            var settings = try ExportSettings(
                environment: tracing.environment, program: ProgramPath.name, folder: ProgramPath.workingFolder
            )
            if tracing.tracksVersion { settings.tracking?.exporter.trackedApp = versionedApp }
            return settings
        } catch {
            throw ServerError(message: error.message)
        }
    }

    /// How MLflow names the app whose versions it tracks.
    private var versionedApp: String {
        tracing.environment["DATABRICKS_APP_NAME"].flatMap { $0.isEmpty ? nil : $0 } ?? "local"
    }

    /// How many traces may be in the store. Where new ones go elsewhere, those that are there stay until they are too old.
    var traceLimit: Int { traces.keep.map { max(0, $0) } ?? Traces.usualCount }

    /// How many traces are kept in the store of those that come; 0 for none.
    var keptTraceCount: Int {
        if let count = traces.keep { return max(0, count) }
        let settings = try? exportSettings()
        return settings?.tracking != nil || settings?.collector != nil ? 0 : Traces.usualCount
    }
}
