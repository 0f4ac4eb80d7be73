/// Code that answers a conversation.
///
/// One method serves both kinds of call: a streamed call shows the events as they are written, a synchronous call
/// returns what they add up to. Mark the type `@main` and it is a whole server:
///
///     import AgentServer
///
///     @main
///     struct Greeter: ResponsesAgent {
///         func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
///             try await response.text("Hello, \(request.lastUserText)")
///         }
///     }
///
/// One value serves all calls, at the same time. A call's task is cancelled when its client has gone, when it
/// takes longer than the server allows, and when the server stops.
public protocol ResponsesAgent: Sendable {
    /// Makes the agent that `@main` serves. A type without stored properties has this already; others read their
    /// settings from the environment here, open what they need, and throw where that fails.
    init() async throws

    /// The agent's name, which is also the name of the root span of its traces. By default the type's name.
    var name: String { get }

    /// Where the agent's code runs. By default ``AgentExecution/pool``, which may be blocked.
    var execution: AgentExecution { get }

    /// Answers one request.
    ///
    /// - Parameters:
    ///   - request: What the client asked, already validated.
    ///   - response: Where the answer goes, piece by piece.
    /// - Throws: An ``AgentError`` reaches the client with its message. Any other error is logged, and the client
    ///   reads `Internal error (id …)` with the id of the request. ``ResponseWriter`` throws `CancellationError`
    ///   when nobody is left to read; let it pass.
    func respond(to request: AgentRequest, writing response: ResponseWriter) async throws

    /// How many tokens a request's input is (`POST /responses/input_tokens`). By default an estimate.
    ///
    /// - Throws: As ``respond(to:writing:)``.
    func countInputTokens(of request: AgentRequest) async throws -> Int

    /// Says what of a conversation shall be kept when it is compacted (`POST /responses/compact`).
    ///
    /// The text comes back to the agent as the `encrypted_content` of an item of the type `compaction`, before which
    /// the user's messages stand. Clients do not look into it.
    ///
    /// - Parameter request: The conversation, as its input.
    /// - Returns: `nil`, as by default, where the server shall keep the conversation as it is; then the agent sees it
    ///   whole again.
    /// - Throws: As ``respond(to:writing:)``.
    func compact(_ request: AgentRequest) async throws -> String?
}

extension ResponsesAgent {
    /// The type's name.
    public var name: String { String(describing: Self.self) }

    /// The pool.
    public var execution: AgentExecution { .pool }

    /// About a quarter of the bytes of all texts.
    public func countInputTokens(of request: AgentRequest) async throws -> Int {
        TokenEstimate.count(request.json)
    }

    /// None.
    public func compact(_ request: AgentRequest) async throws -> String? { nil }
}

/// Where an agent's code runs.
public struct AgentExecution: Sendable, Hashable {
    private enum Kind { case pool, connection }
    private let kind: Kind

    /// On threads of its own, apart from the connections'. An agent that blocks there holds up nobody else: the pool
    /// grows when its threads are stuck.
    public static let pool = AgentExecution(kind: .pool)

    /// On the event loop of the call's connection, which saves two changes of thread a call.
    ///
    /// Only for agents that never block and never compute for long: what such an agent holds up is every connection
    /// of that loop.
    public static let connection = AgentExecution(kind: .connection)
}
