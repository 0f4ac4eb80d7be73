import AgentServer

/// The wire format of a model's endpoint: how it is asked, and what its answers mean.
protocol ModelAPI: Sendable {
    associatedtype Decoder: AnswerDecoder

    /// What follows the endpoint's URL: `/chat/completions` for example.
    static var path: String { get }

    /// The name of the `openai` client's class that makes such calls, which MLflow names their spans by.
    static var spanName: String { get }

    /// The body of a request for one turn.
    ///
    /// - Throws: ``ModelFailure`` of the kind `unsupported` where the format has no way to say something of the turn.
    static func body(of turn: ModelTurn, quirks: ModelQuirks) throws(ModelFailure) -> JSONObject

    /// Reads the answer to a request.
    static func decoder(for turn: ModelTurn) -> Decoder
}

/// One call of a model: the conversation so far, and how it shall go on.
struct ModelTurn: Sendable {
    /// The name of the model, as its endpoint knows it.
    var model: String
    /// What stands before the conversation; `nil` where nothing does.
    var instructions: String?
    /// The conversation, oldest item first, in the form of Open Responses: the request's input, and behind it what the model
    /// and the agent's tools have said since.
    var input: [Item]
    /// The functions that may be called: those of the client and the agent's own.
    var tools: [FunctionTool]
    /// The request, for the settings that are passed on: `temperature`, `text`, `reasoning`, `tool_choice`, …
    var request: AgentRequest
    /// How many tokens the answer may have.
    var maximumOutputTokens: Int?
}

/// What an endpoint turned out not to know, or to want otherwise.
struct ModelQuirks: Sendable, Hashable {
    /// Whether it refuses `stream_options`.
    var lacksStreamOptions = false
    /// Whether it wants `max_completion_tokens` instead of `max_tokens`.
    var wantsMaxCompletionTokens = false
    /// The name under which it gives reasoning in chat completions, and is given it back; `nil` where it has given none.
    var reasoningKey: String?
    /// What it does with reasoning that comes back.
    var reasoning = Reasoning.taken

    enum Reasoning: Sendable, Hashable {
        case taken
        /// It refuses calls in the conversation that come without.
        case demanded
        /// It knows no such field.
        case refused
    }
}

/// Reads the answer to one call of a model, event by event. It is always asked for as a stream; of an endpoint that
/// streams nothing, the body is read as if it were the data of one event.
protocol AnswerDecoder: Sendable {
    /// Takes the data of one server-sent event, `[DONE]` included.
    ///
    /// - Returns: The events of Open Responses that it stands for, ready to be shown. Their items and parts are opened, written
    ///   and closed in order; nothing of the response as a whole (`response.created`, `response.completed`) is among them.
    /// - Throws: ``ModelFailure`` where the model reports an error, or it is none of the format's.
    mutating func read(_ data: String) throws(ModelFailure) -> [StreamEvent]

    /// Whether the answer is whole, so that nothing more need be waited for.
    var isOver: Bool { get }

    /// Whether the model has ended: what may still come, its usage or the end's own mark, comes at once or not at all.
    var isComplete: Bool { get }

    /// Takes the end of the stream.
    ///
    /// - Returns: Events that close what is still open, and the whole answer.
    /// - Throws: ``ModelFailure`` of the kind `broken` where the answer is not whole.
    mutating func finish() throws(ModelFailure) -> (events: [StreamEvent], answer: ModelAnswer)
}

/// What a model answered in one call.
struct ModelAnswer: Sendable {
    /// Its items, finished, in order.
    var items: [Item] = []
    /// The tokens that it took, where the endpoint says so.
    var usage: Usage?
    /// The model that answered, by the endpoint's own name.
    var model: String?
    /// The name under which the endpoint gave reasoning, in chat completions.
    var reasoningKey: String?
    /// Why the answer is not whole: `max_output_tokens` or `content_filter`; `nil` where it is.
    var incompleteReason: String?
    /// The answer in the form in which the endpoint gives it when nothing is streamed, for the trace.
    var wire: JSONObject = [:]
}
