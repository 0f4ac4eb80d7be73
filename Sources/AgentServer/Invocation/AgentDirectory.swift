/// The agents of a server.
package struct AgentDirectory: Sendable {
    /// The agent that answers where a request does not say.
    package let main: ServedAgent
    /// All agents, the main one first.
    package let all: [ServedAgent]
    private let byName: [String: ServedAgent]

    package init(main: ServedAgent, others: [ServedAgent] = []) {
        self.main = main
        all = [main] + others
        byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The agent that a request names as its model. Clients send all kinds of names; those of no agent lead to the
    /// main one.
    package func agent(forModel model: String?) -> ServedAgent {
        model.flatMap { byName[$0] } ?? main
    }
}
