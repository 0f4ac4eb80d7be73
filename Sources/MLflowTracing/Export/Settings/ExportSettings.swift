/// Where a server's traces go, and which of them.
package struct ExportSettings: Sendable {
    /// The MLflow tracking server; `nil` where there is none.
    package var tracking: TrackingSettings?
    /// The collector of OpenTelemetry; `nil` where there is none.
    package var collector: CollectorSettings?
    /// The share of invocations that are traced, from 0 to 1.
    package var samplingRatio = 1.0
    /// What is asked for and not to be had, one line each.
    package var warnings: [String] = []

    /// Nowhere.
    package init() {}

    /// Reads the variables that MLflow and OpenTelemetry know.
    ///
    /// - Parameters:
    ///   - environment: The variables.
    ///   - program: The name of the program.
    ///   - folder: The folder that it was started in.
    /// - Throws: ``ExportFault`` that names the variable which cannot be used.
    package init(environment: [String: String], program: String, folder: String) throws(ExportFault) {
        let reader = SettingsReader(environment: environment)
        samplingRatio = try reader.ratio("MLFLOW_TRACE_SAMPLING_RATIO") ?? 1
        collector = try CollectorSettings(reader, program: program)
        // With a collector, that is where traces go, unless both are asked for; as in MLflow.
        let isDual = try reader.flag("MLFLOW_TRACE_ENABLE_OTLP_DUAL_EXPORT") ?? false
        guard collector == nil || isDual else { return }
        tracking = try TrackingSettings(reader, program: program, folder: folder, warnings: &warnings)
    }
}
