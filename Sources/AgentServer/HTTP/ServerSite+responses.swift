import AgentRuns
import HTTPTypes

extension ServerSite {
    /// The routes of Open Responses, with and without the prefix `/v1`: clients of MLflow give the bare host.
    static func responsesRoutes(
        _ configuration: AgentServer.Configuration, agents: AgentDirectory, invoker: Invoker
    ) -> [Router.Route] {
        let depth = configuration.limits.depth
        let archive = ResponseArchive(store: invoker.store, contextLimit: configuration.limits.bodyBytes)
        let dialect = OpenResponsesDialect(agents: agents, archive: archive, maximumDepth: depth)
        let responses = ResponseRoutes(archive: archive, agents: agents, pool: invoker.pool, maximumDepth: depth)
        let conversations = ConversationRoutes(store: invoker.store, maximumDepth: depth)
        return ["", "/v1"].flatMap { prefix in
            [Router.Route(.post, prefix + "/responses") { exchange in await invoker.answer(exchange, in: dialect) }]
                + responses.routes(prefix) + conversations.routes(prefix)
        }
    }
}
