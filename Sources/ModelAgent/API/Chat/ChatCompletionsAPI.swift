import AgentJSON
import AgentServer
import OpenResponses

/// The wire format of chat completions, as OpenAI began it and all the others offer it.
enum ChatCompletionsAPI: ModelAPI {
    static let path = "/chat/completions"

    static func body(of turn: ModelTurn, quirks: ModelQuirks) throws(ModelFailure) -> JSONObject {
        var body: JSONObject = [
            "model": .string(turn.model),
            "messages": .array(
                try ChatMessages.list(
                    instructions: turn.instructions, input: turn.input,
                    reasoningKey: quirks.reasoning == .refused ? nil : quirks.reasoningKey,
                    demandsReasoning: quirks.reasoning == .demanded
                )
            ),
            "stream": true,
        ]
        if !quirks.lacksStreamOptions { body["stream_options"] = ["include_usage": true] }
        try addTools(of: turn, to: &body)
        if let limit = turn.maximumOutputTokens {
            body[quirks.wantsMaxCompletionTokens ? "max_completion_tokens" : "max_tokens"] = .number(JSONNumber(limit))
        }
        try addSettings(of: turn.request, to: &body)
        return body
    }

    static func decoder(for turn: ModelTurn) -> ChatDecoder { ChatDecoder() }

    // MARK: Tools

    private static func addTools(of turn: ModelTurn, to body: inout JSONObject) throws(ModelFailure) {
        let offer = ToolOffer(turn)
        if let other = offer.others.first {
            let type = other.tool["type"]?.stringValue ?? ""
            throw ModelFailure(
                .unsupported, "tools[\(other.place)]: a tool of the type '\(type)' has no place in chat completions"
            )
        }
        // Both are refused where there are no tools.
        guard !offer.functions.isEmpty else { return }
        body["tools"] = .array(offer.functions.map { .object(tool($0)) })
        if let choice = offer.choice { body["tool_choice"] = try toolChoice(choice) }
        if let flag = turn.request.setting("parallel_tool_calls") { body["parallel_tool_calls"] = flag }
    }

    private static func tool(_ tool: FunctionTool) -> JSONObject {
        var function: JSONObject = ["name": .string(tool.name)]
        for key in ["description", "parameters", "strict"] {
            if let value = tool.json[key], !value.isNull { function[key] = value }
        }
        return ["type": "function", "function": .object(function)]
    }

    private static func toolChoice(_ choice: JSON) throws(ModelFailure) -> JSON {
        if choice.stringValue != nil { return choice }
        guard choice["type"] == "function", let name = choice["name"] else {
            let type = choice["type"]?.stringValue ?? ""
            throw ModelFailure(.unsupported, "tool_choice: the type '\(type)' has no place in chat completions")
        }
        return ["type": "function", "function": ["name": name]]
    }

    // MARK: Settings

    private static func addSettings(of request: AgentRequest, to body: inout JSONObject) throws(ModelFailure) {
        for key in passedSettings {
            if let value = request.setting(key) { body[key] = value }
        }
        let includes = request["include"]?.arrayValue ?? []
        if let count = request.setting("top_logprobs"), count != 0 {
            body["logprobs"] = true
            body["top_logprobs"] = count
        } else if includes.contains("message.output_text.logprobs") {
            body["logprobs"] = true
        }
        if let effort = request["reasoning"]?["effort"], !effort.isNull { body["reasoning_effort"] = effort }
        if let verbosity = request.text?["verbosity"], !verbosity.isNull { body["verbosity"] = verbosity }
        if let format = request.text?["format"], let form = try responseFormat(format) {
            body["response_format"] = form
        }
    }

    /// Settings that have the same name and form in both formats.
    private static let passedSettings = [
        "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "service_tier", "prompt_cache_key",
        "safety_identifier", "user",
    ]

    private static func responseFormat(_ format: JSON) throws(ModelFailure) -> JSON? {
        switch format["type"]?.stringValue {
        case nil, "text": return nil
        case "json_object": return ["type": "json_object"]
        case "json_schema":
            var schema: JSONObject = [:]
            for key in ["name", "description", "schema", "strict"] {
                if let value = format[key], !value.isNull { schema[key] = value }
            }
            return ["type": "json_schema", "json_schema": .object(schema)]
        case let type?:
            throw ModelFailure(.unsupported, "text.format: the type '\(type)' has no place in chat completions")
        }
    }
}

extension AgentRequest {
    /// A setting that the client gave; `nil` where it is null, which says nothing.
    func setting(_ key: String) -> JSON? {
        guard let value = self[key], !value.isNull else { return nil }
        return value
    }
}
