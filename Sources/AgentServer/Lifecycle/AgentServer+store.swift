import AgentRuns
package import AgentStore

extension AgentServer {
    /// Opens the store that a configuration names; `nil` where it names none, and for plain agents, which have no
    /// responses.
    ///
    /// - Throws: ``ServerError`` with a line that names the file.
    package func openStore(_ configuration: Configuration) throws -> SQLiteStore? {
        guard keepsResponses, configuration.store.location != "none" else { return nil }
        var limits = SQLiteStore.Configuration()
        limits.maximumAge = configuration.store.maximumAge
        limits.maximumBytes = configuration.store.maximumBytes
        do {
            return try SQLiteStore(.init(configuration.store.location), configuration: limits) { .now }
        } catch {
            throw ServerError(message: error.message)
        }
    }
}
