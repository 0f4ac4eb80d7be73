import AgentJSON
package import AgentRuns
package import Logging
package import MLflowTracing
import Synchronization

/// A server for one agent.
///
/// Most agents need no more than `@main` on a ``ResponsesAgent``. This type is for those that want handlers in
/// MLflow's form, a plain agent that takes and gives any JSON object, or a configuration of their own:
///
///     let server = AgentServer(agentType: .responsesAgent)
///     try server.invoke("answer") { (request: AgentRequest) in
///         AgentResponse(output: [.message("You said \(request.lastUserText)", id: "msg_1")])
///     }
///     try server.stream("answer_stream") { (request: AgentRequest, events: EventWriter) in
///         try await events.send(StreamEvent.outputTextDelta("You said …", itemID: "msg_1"))
///     }
///     try await server.run()
public final class AgentServer: Sendable {
    /// What kind of agent is served.
    public struct AgentType: Sendable, Hashable {
        private let name: String

        /// A conversation in MLflow's ResponsesAgent form; requests, results and events are validated.
        public static let responsesAgent = AgentType(name: "ResponsesAgent")
    }

    /// How the server behaves.
    public let configuration: Configuration

    private let agent: Mutex<ServedAgent>
    /// Agents beside the main one.
    private let others: [ServedAgent]

    /// The version of MLflow whose behaviour this server has; `/agent/info` tells it.
    public static let mlflowVersion = "3.17.2"

    /// The version of this package.
    public static let version = "0.1.0"

    /// A server whose handlers are registered one by one.
    ///
    /// - Parameters:
    ///   - agentType: `.responsesAgent`, or `nil` for a plain agent: any JSON object in, any out, no validation.
    ///   - enableChatProxy: Whether requests that no route takes are forwarded to a chat app on this machine.
    ///   - configuration: How the server behaves; the command line goes over it.
    public init(
        agentType: AgentType? = nil, enableChatProxy: Bool = false, configuration: Configuration = Configuration()
    ) {
        self.configuration = configuration.with(chatProxy: enableChatProxy)
        let kind: ServedAgent.Kind = agentType == .responsesAgent ? .responses : .plain
        self.agent = Mutex(ServedAgent(kind: kind, name: "agent"))
        self.others = []
    }

    /// A server for an agent.
    ///
    /// - Parameters:
    ///   - agent: The agent.
    ///   - enableChatProxy: Whether requests that no route takes are forwarded to a chat app on this machine.
    ///   - configuration: How the server behaves; the command line goes over it.
    public init(
        _ agent: some ResponsesAgent, enableChatProxy: Bool = false, configuration: Configuration = Configuration()
    ) {
        self.configuration = configuration.with(chatProxy: enableChatProxy)
        self.agent = Mutex(ServedAgent(agent))
        self.others = []
    }

    /// A server for several agents, which requests to `/responses` choose by their `model`.
    ///
    /// - Parameters:
    ///   - agent: The agent that answers where a request names none of them, and at `/invocations`.
    ///   - others: Further agents. Each has a name of its own.
    ///   - enableChatProxy: Whether requests that no route takes are forwarded to a chat app on this machine.
    ///   - configuration: How the server behaves; the command line goes over it.
    /// - Throws: ``ServerError`` when two agents have the same name.
    public init(
        _ agent: some ResponsesAgent, _ others: [any ResponsesAgent], enableChatProxy: Bool = false,
        configuration: Configuration = Configuration()
    ) throws {
        self.configuration = configuration.with(chatProxy: enableChatProxy)
        let main = ServedAgent(agent)
        self.agent = Mutex(main)
        self.others = others.map { ServedAgent($0) }
        var names: Set<String> = [main.name]
        for other in self.others where !names.insert(other.name).inserted {
            throw ServerError(message: "Two agents have the name '\(other.name)'")
        }
    }

    /// Registers the handler of synchronous calls.
    ///
    /// - Parameters:
    ///   - name: The name of the traces' root span.
    ///   - execution: Where the handler runs.
    ///   - handler: Takes the request, as an ``AgentRequest``, a `JSON` value or any `Decodable` type, and returns
    ///     the response, as an ``AgentResponse``, a `JSON` value or any type that encodes to an object. The server
    ///     checks it as MLflow does.
    /// - Throws: ``RegistrationError`` when there is such a handler already.
    public func invoke<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ name: String = "invoke", execution: AgentExecution = .pool,
        _ handler: @escaping @Sendable (Input) async throws -> Output
    ) throws {
        let run: @Sendable (JSONObject, any OutputSink) async throws -> Void = { request, sink in
            let output = try await handler(try Self.read(request))
            try sink.enqueue(.result(try JSON(encoding: output)))
        }
        try agent.withLock { agent in
            guard agent.invoke == nil else { throw RegistrationError(kind: "invoke") }
            agent.invoke = ServedAgent.Handler(name: name, execution: execution, run: run)
        }
    }

    /// Registers the handler of streamed calls.
    ///
    /// - Parameters:
    ///   - name: The name of the traces' root span.
    ///   - execution: Where the handler runs.
    ///   - handler: Takes the request, as for ``invoke(_:execution:_:)``, and sends the events of its answer.
    /// - Throws: ``RegistrationError`` when there is such a handler already.
    public func stream<Input: Decodable & Sendable>(
        _ name: String = "stream", execution: AgentExecution = .pool,
        _ handler: @escaping @Sendable (Input, EventWriter) async throws -> Void
    ) throws {
        let run: @Sendable (JSONObject, any OutputSink) async throws -> Void = { request, sink in
            try await handler(try Self.read(request), EventWriter(sink: sink))
        }
        try agent.withLock { agent in
            guard agent.stream == nil else { throw RegistrationError(kind: "stream") }
            agent.stream = ServedAgent.Handler(name: name, execution: execution, run: run)
        }
    }

    /// The server's inside, with the handlers registered so far.
    ///
    /// - Parameters:
    ///   - store: Where runs are kept; `nil` where none are. A plain agent has none.
    ///   - traces: The traces that are kept here; `nil` where none are.
    ///   - tracing: How calls are traced, and where their traces go beside those that are kept here.
    ///   - metrics: Where metrics go.
    package func site(
        _ configuration: Configuration, store: (any RunStore)?, traces: KeptTraces? = nil,
        tracing: Invoker.Tracing = Invoker.Tracing(), metrics: MetricsTarget = .here(process: nil, crew: nil),
        logger: Logger
    ) -> ServerSite {
        let agents = AgentDirectory(main: agent.withLock { $0 }, others: others)
        return ServerSite(
            configuration, agents: agents, store: keepsResponses ? store : nil, traces: traces, tracing: tracing,
            metrics: metrics, logger: logger
        )
    }

    /// Whether the agent answers in responses, which can be kept.
    var keepsResponses: Bool { agent.withLock { $0.kind == .responses } }

    /// The agent's name.
    package var agentName: String { agent.withLock { $0.name } }

    /// A request as the type that a handler takes.
    private static func read<Input: Decodable>(_ request: JSONObject) throws -> Input {
        // The usual types, without the way through a decoder.
        if Input.self == AgentRequest.self, let request = AgentRequest(request) as? Input { return request }
        if let request = request as? Input { return request }
        do {
            return try JSON.object(request).decode(Input.self)
        } catch let error as DecodingError {
            // Errors that the type's own code throws stay inside.
            throw AgentError("Invalid parameters: \(error)", status: 400)
        }
    }
}

extension AgentServer.Configuration {
    /// The configuration with the chat proxy, if that is asked for.
    fileprivate func with(chatProxy isEnabled: Bool) -> Self {
        var configuration = self
        if isEnabled { configuration.chatProxy.isEnabled = true }
        return configuration
    }
}

/// A second handler of the same kind.
public struct RegistrationError: Error, Sendable, CustomStringConvertible {
    /// `invoke` or `stream`.
    public let kind: String

    public var description: String { "\(kind) can only be registered once" }
}
