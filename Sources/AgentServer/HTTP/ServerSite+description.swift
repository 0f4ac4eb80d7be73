import HTTPTypes
import NIOCore

extension ServerSite {
    /// The server's description of itself, for programs and for people.
    static func descriptionRoutes(
        _ agent: ServedAgent, _ configuration: AgentServer.Configuration
    ) -> [Router.Route] {
        let facts = ServerDescription.Facts(
            agentName: agent.name, version: AgentServer.version, servesResponsesAgent: agent.kind == .responses,
            needsKey: configuration.access.asksForKeys, limitsRate: configuration.access.rateLimit != nil,
            hasMetrics: configuration.hasMetrics
        )
        let page = Reply(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: DocsPage.policy,
                .xContentTypeOptions: "nosniff",
            ],
            body: .whole(ByteBuffer(string: DocsPage.markup))
        )
        return [
            Router.Route(.get, "/openapi.json", isOpen: true) { _ in
                // Made anew each time: few ask for it, and a start that makes it is a slower one.
                .json(ServerDescription.openAPI(facts).encoded())
            },
            Router.Route(.get, "/docs", isOpen: true) { _ in page },
        ]
    }
}
