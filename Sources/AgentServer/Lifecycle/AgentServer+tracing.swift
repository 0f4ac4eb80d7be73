import Instrumentation
package import Logging
package import MLflowTracing
import Synchronization

extension AgentServer {
    /// What sends traces away, as a configuration says; `nil` where it says nothing.
    ///
    /// - Throws: ``ServerError`` with a line that names what cannot be used.
    package func traceExporters(_ configuration: Configuration, logger: Logger) throws -> TraceExporters? {
        let settings = try configuration.exportSettings()
        for warning in settings.warnings { logger.warning("\(warning)") }
        do {
            return try TraceExporters(settings, logger: logger)
        } catch {
            throw ServerError(message: "The certificates for the tracking server cannot be used: \(error)")
        }
    }
}

/// The process's tracer.
enum AgentTracing {
    private static let isInstalled = Atomic(false)

    /// Makes spans of swift-distributed-tracing join the traces of invocations, unless the process has another tracer.
    static func install(logger: Logger) {
        guard !isInstalled.exchange(true, ordering: .relaxed) else { return }
        guard InstrumentationSystem.instrument is NoOpInstrument else {
            logger.info("The process has a tracer of its own; its spans are not in the traces of invocations")
            return
        }
        InstrumentationSystem.bootstrap(AgentTracer())
    }
}
