package import AgentJSON

/// What a server serves: an agent with its handlers.
package struct ServedAgent: Sendable {
    /// Which requests the agent understands.
    package enum Kind: Sendable {
        /// A conversation, validated.
        case responses
        /// Any JSON object, as it is.
        case plain
    }

    /// Answers one request into a sink.
    package struct Handler: Sendable {
        /// The name of the root span.
        package var name: String
        package var execution: AgentExecution
        package var run: @Sendable (JSONObject, any OutputSink) async throws -> Void
    }

    /// What an agent does besides answering.
    package struct Helpers: Sendable {
        package var countTokens: @Sendable (AgentRequest) async throws -> Int = { TokenEstimate.count($0.json) }
        package var compact: @Sendable (AgentRequest) async throws -> String? = { _ in nil }
    }

    package var kind: Kind
    package var name: String
    package var invoke: Handler?
    package var stream: Handler?
    package var helpers = Helpers()
    /// Whether it consists of handlers in MLflow's form.
    package var isHandlers: Bool

    package init(kind: Kind, name: String, invoke: Handler? = nil, stream: Handler? = nil) {
        self.kind = kind
        self.name = name
        self.invoke = invoke
        self.stream = stream
        isHandlers = true
    }

    /// The handler of one kind of call.
    package func handler(forStream isStream: Bool) throws(DialectError) -> Handler {
        guard let handler = isStream ? stream : invoke else {
            let kind = isStream ? "stream" : "invoke"
            throw DialectError(status: 500, message: "No \(kind) function registered")
        }
        return handler
    }

    /// One method for both kinds of call.
    package init(_ agent: some ResponsesAgent) {
        let handler = Handler(name: agent.name, execution: agent.execution) { request, sink in
            let writer = ResponseWriter(sink: sink)
            try await agent.respond(to: AgentRequest(request), writing: writer)
            try writer.finish()
        }
        self.init(kind: .responses, name: agent.name, invoke: handler, stream: handler)
        isHandlers = false
        helpers = Helpers(
            countTokens: { try await agent.countInputTokens(of: $0) }, compact: { try await agent.compact($0) }
        )
    }
}
