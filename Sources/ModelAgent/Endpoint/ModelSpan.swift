import AgentServer

/// The span of one call of a model, as MLflow records one of the `openai` client.
struct ModelSpan: Sendable {
    private let span: AgentSpan

    /// Records a call.
    static nonisolated(nonsending) func record(
        model: String, _ call: nonisolated(nonsending) (ModelSpan) async throws -> ModelAnswer
    ) async throws -> ModelAnswer {
        try await withSpan("model", type: .chatModel) { span in
            span.set("mlflow.message.format", "openai")
            span.setModel(model, provider: "openai")
            return try await call(ModelSpan(span: span))
        }
    }

    /// Says what the endpoint is asked; once more where it is asked otherwise.
    ///
    /// - Parameters:
    ///   - name: The name of the client's class that makes such calls.
    ///   - body: The request.
    func note(_ name: String, _ body: JSONObject) {
        span.operationName = name
        span.setInputs(.object(body))
    }

    /// What the call tells the endpoint of its trace.
    var traceParent: String? { span.isRecording ? span.traceParent.header : nil }

    /// Says that the first piece of the answer has come.
    ///
    /// - Parameter start: When the call was made that it answers.
    func noteFirst(since start: ContinuousClock.Instant) {
        let time = start.duration(to: .now)
        span.set("gen_ai.server.time_to_first_token", JSON(floatLiteral: time / .seconds(1)))
        span.addEvent("first_token")
    }

    /// Says what the call came to.
    func note(_ answer: ModelAnswer) {
        span.setOutputs(.object(answer.wire))
        if let usage = answer.usage {
            span.setTokenUsage(
                TokenUsage(input: usage.inputTokens, output: usage.outputTokens, total: usage.totalTokens)
            )
        }
        if let reason = answer.incompleteReason { span.set("incomplete_reason", .string(reason)) }
    }
}

extension ChatCompletionsAPI {
    static var spanName: String { "AsyncCompletions" }
}

extension ResponsesAPI {
    static var spanName: String { "AsyncResponses" }
}
