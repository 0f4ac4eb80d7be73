import AgentRuns
import HTTPTypes

extension ServerSite {
    /// The routes of Open Responses, with and without the prefix `/v1`: clients of MLflow give the bare host.
    static func responsesRoutes(
        _ configuration: AgentServer.Configuration, agents: AgentDirectory, invoker: Invoker, access: AccessControl?
    ) -> [Router.Route] {
        let depth = configuration.limits.depth
        let archive = ResponseArchive(store: invoker.store, contextLimit: configuration.limits.bodyBytes)
        let dialect = OpenResponsesDialect(agents: agents, archive: archive, maximumDepth: depth)
        let responses = ResponseRoutes(archive: archive, agents: agents, pool: invoker.pool, maximumDepth: depth)
        let conversations = ConversationRoutes(archive: archive, pool: invoker.pool, maximumDepth: depth)
        let socket = ResponseSocket(
            dialect, invoker: invoker, access: access, lifetime: configuration.limits.webSocketLifetime
        )
        return ["", "/v1"].flatMap { prefix in
            [
                Router.Route(.post, prefix + "/responses") { exchange in await invoker.answer(exchange, in: dialect) },
                Router.Route(webSocket: prefix + "/responses") { exchange, connection in
                    await socket.serve(exchange, connection)
                },
            ] + responses.routes(prefix) + conversations.routes(prefix)
        }
    }
}
