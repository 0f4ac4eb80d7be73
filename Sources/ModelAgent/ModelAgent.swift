public import AgentServer
import ArgumentParser

/// A ready agent: a model behind an OpenAI-compatible endpoint, with tools of its own.
///
///     let agent = try ModelAgent(
///         Model("qwen3", at: "http://localhost:11434/v1"), instructions: "Answer in one sentence.", tools: [forecast]
///     )
///
/// What the model says goes on as it comes. The agent runs its own tools and gives their results to the model, again and again;
/// calls of the client's tools end the response, and are the client's to answer. Serve it with ``serve(_:making:)``, by
/// `agent-server --model-url … --model …`, or call it from an agent of your own:
///
///     struct Concierge: ResponsesAgent {
///         let agent: ModelAgent
///         init() async throws { agent = try ModelAgent(…) }
///         func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
///             try await agent.respond(to: request, writing: response)
///         }
///     }
public struct ModelAgent: ResponsesAgent {
    /// Bounds of one response.
    public struct Limits: Sendable {
        /// Calls of the model, each further one with the results of tools.
        public var turns = 20
        /// How long all of it may take.
        public var time: Duration = .seconds(1_800)
        /// Tokens that the model may write in all of them; `nil` where only the request bounds them (`max_output_tokens`).
        public var outputTokens: Int?
        /// How long one call of a tool may take.
        public var toolTime: Duration = .seconds(60)
        /// Tools that run at the same time, where the model asks for several.
        public var simultaneousTools = 8

        public init() {}
    }

    /// The model's name.
    public let name: String
    /// What stands before every conversation; what the request says (`instructions`) follows it.
    public let instructions: String?
    /// Bounds of one response.
    public let limits: Limits

    let tools: ToolBox
    let endpoint: ModelEndpoint

    /// An agent.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - instructions: What stands before every conversation.
    ///   - tools: The functions that the agent runs itself, each of another name.
    ///   - limits: Bounds of one response.
    /// - Throws: ``ModelSetupError`` where two tools have one name, or the system's certificates cannot be read.
    public init(
        _ model: Model, instructions: String? = nil, tools: [Tool] = [], limits: Limits = Limits()
    ) throws {
        name = model.name
        self.instructions = instructions
        self.limits = limits
        self.tools = try ToolBox(tools)
        endpoint = try ModelEndpoint(model)
    }

    /// The agent that the environment describes; see ``ModelOptions``.
    public init() async throws {
        guard let agent = try ModelOptions.parse([]).agent(ServerOptions.parse([])) else {
            throw ModelSetupError("No model is named: set AGENT_SERVER_MODEL_URL and AGENT_SERVER_MODEL")
        }
        self = agent
    }

    /// The connection's event loop: an agent that waits for its model has nothing to do that takes long. Tools run elsewhere.
    public var execution: AgentExecution { .connection }

    public func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        do {
            try await Conversation(of: self, request, response).run()
        } catch let failure as ModelFailure {
            throw AgentError(failure)
        }
    }
}
