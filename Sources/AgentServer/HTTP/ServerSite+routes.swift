import AgentJSON
import HTTPTypes

extension ServerSite {
    /// All routes of a server.
    static func routes(
        _ configuration: AgentServer.Configuration, agents: AgentDirectory, invoker: Invoker, access: AccessControl?
    ) -> [Router.Route] {
        let agent = agents.main
        let dialect = MLflowDialect(agent, maximumDepth: configuration.limits.depth)
        let info = Reply.json(agentInfo(agent, name: configuration.appName).encoded(as: .mlflowBody))
        let health = Reply.json((["status": "healthy"] as JSONObject).encoded(as: .mlflowBody))
        let responses =
            agent.kind == .responses
            ? responsesRoutes(configuration, agents: agents, invoker: invoker, access: access) : []
        return responses + [
            Router.Route(.post, "/invocations") { exchange in await invoker.answer(exchange, in: dialect) },
            Router.Route(.get, "/health", isOpen: true) { _ in health },
            Router.Route(.get, "/agent/info") { _ in info },
        ] + descriptionRoutes(agent, configuration)
    }

    /// What MLflow's clients read of an agent. The name is that of the Databricks App, as in the original.
    private static func agentInfo(_ agent: ServedAgent, name: String) -> JSONObject {
        var info: JSONObject = [
            "name": .string(name),
            "use_case": "agent",
            "mlflow_version": .string(AgentServer.mlflowVersion),
        ]
        if agent.kind == .responses { info["agent_api"] = "responses" }
        return info
    }
}
