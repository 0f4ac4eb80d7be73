public import Logging
public import MLflowTracing

/// What an agent can know of the call it answers, beside the request.
///
/// Reachable as ``current`` from anywhere in the agent's task and its child tasks. In a test, bind one yourself:
///
///     try await AgentContext.$current.withValue(AgentContext(headers: ["x-user": "ada"])) { … }
public struct AgentContext: Sendable {
    /// The context of the call that the current task answers; `nil` outside of a call.
    @TaskLocal public static var current: AgentContext?

    /// The request's id, which every answer and log line carries (`x-request-id`).
    public var requestID: String

    /// The request's headers.
    public var headers: RequestHeaders

    /// The conversation that the client says this call belongs to.
    public var conversationID: String?

    /// The user that the client says it speaks for. Nobody has checked that; see ``principal``.
    public var userID: String?

    /// In whose name the call comes, as the server has checked it: the name of the API key, `jwt:` and the subject of the
    /// token, or the user whom a trusted proxy names. Empty where the server tells nobody apart.
    public var principal: String

    /// The call's trace. Spans find it by themselves; see ``MLflowTracing/Trace/update(_:)`` for what can be said of it as a
    /// whole.
    public var trace: Trace

    /// The id of the call's trace: `tr-` and 32 hexadecimal digits; `MLFLOW_NO_OP_SPAN_TRACE_ID` where the trace is left
    /// out.
    public var traceID: String { trace.idText }

    /// When the call will be cancelled.
    public var deadline: ContinuousClock.Instant?

    /// Whether this call goes on with a run that an earlier process began.
    public var isRecovery: Bool

    /// A logger whose lines name the request.
    public var logger: Logger {
        // Made when asked for: most calls never log, and a logger's metadata is an allocation.
        var logger = baseLogger
        logger[metadataKey: "request_id"] = "\(requestID)"
        return logger
    }

    package var baseLogger: Logger

    /// A context of one's own, for tests.
    public init(
        requestID: String = "test",
        headers: RequestHeaders = RequestHeaders(),
        conversationID: String? = nil,
        userID: String? = nil,
        principal: String = "",
        deadline: ContinuousClock.Instant? = nil,
        isRecovery: Bool = false,
        logger: Logger = Logger(label: "agent")
    ) {
        self.requestID = requestID
        self.headers = headers
        self.conversationID = conversationID
        self.userID = userID
        self.principal = principal
        self.deadline = deadline
        self.isRecovery = isRecovery
        self.baseLogger = logger
        self.trace = Trace()
    }
}
