import AgentRuns
package import AgentStore
package import Logging
package import MLflowTracing

extension AgentServer {
    /// Opens the store that a configuration names; `nil` where it names none, and where there is nothing to keep: plain
    /// agents have no responses.
    ///
    /// - Throws: ``ServerError`` with a line that names the file.
    package func openStore(_ configuration: Configuration) throws -> SQLiteStore? {
        guard keepsResponses || configuration.keptTraceCount > 0, configuration.store.location != "none" else {
            return nil
        }
        var limits = SQLiteStore.Configuration()
        limits.maximumAge = configuration.store.maximumAge
        limits.maximumBytes = configuration.store.maximumBytes
        limits.maximumTraces = configuration.traceLimit
        limits.maximumTraceAge = configuration.traces.maximumAge
        do {
            return try SQLiteStore(.init(configuration.store.location), configuration: limits) { .now }
        } catch {
            throw ServerError(message: error.message)
        }
    }

    /// The traces that are kept in a store; `nil` where none are. They are written for as long as `run()` of theirs runs.
    package func keptTraces(
        in store: SQLiteStore?, _ configuration: Configuration, logger: Logger
    ) -> KeptTraces? {
        guard let store, configuration.keptTraceCount > 0 else { return nil }
        return KeptTraces(in: store) { report in
            switch report {
            case .dropped(let count):
                logger.warning("Traces dropped: the store is too slow", metadata: ["count": "\(count)"])
            case .failed(let count, let error):
                logger.warning("Traces not stored", metadata: ["count": "\(count)", "error": "\(error)"])
            }
        }
    }
}
