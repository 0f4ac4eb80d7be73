/// What kind of work a span stands for, which decides how MLflow shows it.
///
/// The names are MLflow's; a name of one's own is a literal: `"PLANNER"`.
public struct SpanType: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// A model that completes a text.
    public static let llm: SpanType = "LLM"
    /// A model that answers a conversation.
    public static let chatModel: SpanType = "CHAT_MODEL"
    public static let chain: SpanType = "CHAIN"
    public static let agent: SpanType = "AGENT"
    /// A function that a model calls.
    public static let tool: SpanType = "TOOL"
    public static let embedding: SpanType = "EMBEDDING"
    /// A search; MLflow shows its outputs as documents: `[{"page_content": …, "metadata": {…}, "id": …}]`.
    public static let retriever: SpanType = "RETRIEVER"
    public static let parser: SpanType = "PARSER"
    public static let reranker: SpanType = "RERANKER"
    public static let memory: SpanType = "MEMORY"
    public static let workflow: SpanType = "WORKFLOW"
    public static let task: SpanType = "TASK"
    public static let guardrail: SpanType = "GUARDRAIL"
    public static let evaluator: SpanType = "EVALUATOR"
    /// Anything else, the invocation itself among it.
    public static let unknown: SpanType = "UNKNOWN"

    /// How important MLflow takes a span of this type without an error to be (`mlflow.spanLogLevel`).
    package var logLevel: Int {
        switch self {
        case .llm, .chatModel, .tool, .retriever, .agent, .embedding: 20
        default: 10
        }
    }
}
