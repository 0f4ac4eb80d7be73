import AgentJSON

/// A span in the words of OpenTelemetry's conventions for generative models, beside MLflow's own attributes.
struct ConventionalSpan {
    /// The kind of span that OTLP knows: what answers a request, what calls a service, or work inside.
    let kind: UInt64
    let attributes: [(String, WireValue)]

    init(_ span: FinishedSpan, of trace: FinishedTrace, isRoot: Bool) {
        kind = isRoot ? 2 : [.llm, .chatModel, .embedding].contains(span.type) ? 3 : 1
        var attributes: [(String, WireValue)] = [(SpanKey.type, .text(span.type.rawValue))]
        func say(_ key: String, _ value: JSON?) {
            guard let value, !value.isNull, !span.attributes.contains(key) else { return }
            attributes.append((key, WireValue(value)))
        }
        if isRoot {
            say("session.id", trace.annotations.session.map { .string($0) })
            say("user.id", trace.annotations.user.map { .string($0) })
            say("gen_ai.conversation.id", trace.annotations.session.map { .string($0) })
            for (key, value) in trace.annotations.tags.sorted(by: { $0.key < $1.key }) {
                say("tag.\(key)", .string(value))
            }
        }
        say("gen_ai.operation.name", Self.operation(of: span, isRoot: isRoot).map { .string($0) })
        switch span.type {
        case .tool: say("gen_ai.tool.name", .string(span.name))
        case _ where isRoot: say("gen_ai.agent.name", .string(span.name))
        default: break
        }
        let (inputs, outputs) = (span.attributes[SpanKey.inputs], span.attributes[SpanKey.outputs])
        if [.llm, .chatModel, .embedding].contains(span.type) {
            let model = span.attributes[SpanKey.model] ?? inputs?["model"]
            say("gen_ai.request.model", model)
            say("gen_ai.response.model", outputs?["model"] ?? model)
            say("gen_ai.response.id", outputs?["id"])
            let provider = span.attributes[SpanKey.provider]
            say("gen_ai.provider.name", provider)
            say("gen_ai.system", provider)
            for key in ["temperature", "top_p", "max_tokens", "frequency_penalty", "presence_penalty"] {
                say("gen_ai.request.\(key)", inputs?[key])
            }
            say("gen_ai.request.max_tokens", inputs?["max_output_tokens"] ?? inputs?["max_completion_tokens"])
        }
        if let usage = span.usage ?? (isRoot ? trace.usage : nil) {
            say("gen_ai.usage.input_tokens", JSON(integerLiteral: usage.input))
            say("gen_ai.usage.output_tokens", JSON(integerLiteral: usage.output))
            say("gen_ai.usage.cache_read.input_tokens", usage.cacheRead.map { JSON(integerLiteral: $0) })
        }
        say("gen_ai.input.messages", messages(in: inputs))
        say("gen_ai.output.messages", messages(in: outputs))
        // The names by which Langfuse and OpenInference look for the whole of it.
        say("input.value", inputs.map { .string($0.stringValue ?? SafeValue.text(of: $0)) })
        say("output.value", outputs.map { .string($0.stringValue ?? SafeValue.text(of: $0)) })
        if let failure = span.failure {
            say("error.type", .string(String(failure.prefix { $0 != ":" })))
        }
        for (key, value) in span.attributes { attributes.append((key, WireValue(value))) }
        self.attributes = attributes
    }

    /// What the conventions call the work of a span.
    private static func operation(of span: FinishedSpan, isRoot: Bool) -> String? {
        if isRoot { return "invoke_agent" }
        return switch span.type {
        case .chatModel: "chat"
        case .llm: "text_completion"
        case .embedding: "embeddings"
        case .tool: "execute_tool"
        case .agent: "invoke_agent"
        default: nil
        }
    }
}

/// The list of messages in inputs or outputs, where there is one.
private func messages(in value: JSON?) -> JSON? {
    for key in ["messages", "input", "output"] {
        if let list = value?[key]?.arrayValue, !list.isEmpty { return .string(SafeValue.text(of: .array(list))) }
    }
    guard let choices = value?["choices"]?.arrayValue else { return nil }
    return .string(SafeValue.text(of: .array(choices.compactMap { $0["message"] })))
}
