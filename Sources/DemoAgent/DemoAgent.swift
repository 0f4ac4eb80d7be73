public import AgentServer

/// An agent without a model, for trying a server and for checking one: the same request always has the same answer.
///
/// What it does, the first that applies:
///
/// 1. Calls a function where the request offers one (and `tool_choice` doesn't forbid it) and the new input holds no
///    function's output, or `tool_choice` demands a call. It takes the first one, or the one that `tool_choice` asks
///    for; the arguments satisfy the function's schema and are made of the user's words. Where a call is demanded and
///    there is no function, it calls one of its own, ``ownFunction``, and says what that returned.
/// 2. Answers with JSON where `text.format` asks for it, satisfying the schema of `json_schema`.
/// 3. After a function's output: answers with a text that quotes it.
/// 4. After ``slowText``: counts, one number every quarter of a second, for five seconds.
/// 5. Says the user's last text again, word by word.
public struct DemoAgent: ResponsesAgent {
    /// The user's text that keeps the agent busy for about five seconds while it streams.
    public static let slowText = "count slowly"

    /// What the agent answers where the user has said nothing.
    public static let greeting = "Say something, and I will say it again."

    /// The agent's own function: it returns its argument `text`. Called where the request demands a call and offers no
    /// function, since no agent could do as it is told otherwise.
    public static let ownFunction = "say_again"

    /// How far the agent counts.
    package static let count = 20
    private static let pauseBetweenNumbers = Duration.milliseconds(250)

    private let pause: @Sendable (Duration) async throws -> Void

    /// Creates the agent.
    public init() {
        self.init { try await Task.sleep(for: $0) }
    }

    /// Creates the agent with another way to wait.
    ///
    /// - Parameter pause: Returns after the time given, or throws when its task is cancelled.
    package init(pause: @escaping @Sendable (Duration) async throws -> Void) {
        self.pause = pause
    }

    /// `demo`
    public var name: String { "demo" }

    public func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        let outputs = request.newFunctionOutputs
        if request.demandsCall, request.functionToCall == nil {
            try await callOwnFunction(for: request, to: response)
        } else if outputs.isEmpty || request.demandsCall, let tool = request.functionToCall {
            try await response.functionCall(name: tool.name, arguments: arguments(of: tool, for: request))
        } else if let format = request.jsonFormat {
            let text = outputs.isEmpty ? request.lastUserText : outputs.joined(separator: " ")
            try await write(format.answer(about: text), to: response)
        } else if !outputs.isEmpty {
            try await say("The tool answered: \(outputs.joined(separator: "; "))", to: response)
        } else if request.lastUserText == Self.slowText {
            try await countSlowly(to: response)
        } else {
            let text = request.lastUserText
            try await say(text.isEmpty ? Self.greeting : "You said: \(text)", to: response)
        }
    }

    // MARK: Ways to answer

    private func arguments(of tool: FunctionTool, for request: AgentRequest) -> String {
        let schema = JSON.object(tool.parameters ?? [:])
        let example = SchemaExample(of: schema, text: request.lastUserText, type: "object").value
        // Arguments are an object even where the schema wants the impossible.
        return (example.objectValue == nil ? [:] : example).description
    }

    private func callOwnFunction(for request: AgentRequest, to response: ResponseWriter) async throws {
        let text = request.lastUserText
        let arguments: JSON = ["text": .string(text)]
        let callID = try await response.functionCall(name: Self.ownFunction, arguments: arguments.description)
        try await response.functionCallOutput(callID: callID, output: text)
        try await say("The tool answered: \(text)", to: response)
    }

    /// Streams a document in a few pieces.
    private func write(_ document: JSON, to response: ResponseWriter) async throws {
        for piece in document.description.pieces(atMost: 8) { try await response.text(piece) }
    }

    /// Streams a text word by word.
    private func say(_ text: String, to response: ResponseWriter) async throws {
        for word in text.words { try await response.text(word) }
    }

    private func countSlowly(to response: ResponseWriter) async throws {
        try await say("You said: \(Self.slowText). ", to: response)
        for number in 1...Self.count {
            try await pause(Self.pauseBetweenNumbers)
            try await response.text(number < Self.count ? "\(number) " : "\(number)")
        }
    }
}
