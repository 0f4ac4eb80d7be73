import AgentJSON
import AgentServer
import OpenResponses

/// The wire format of responses, OpenAI's and the standard's: much of a turn goes on as it is.
enum ResponsesAPI: ModelAPI {
    static let path = "/responses"

    static func body(of turn: ModelTurn, quirks: ModelQuirks) throws(ModelFailure) -> JSONObject {
        var body: JSONObject = ["model": .string(turn.model)]
        if let instructions = turn.instructions { body["instructions"] = .string(instructions) }
        body["input"] = .array(turn.input.compactMap { inputItem($0).map(JSON.object) })
        addTools(of: turn, to: &body)
        if let limit = turn.maximumOutputTokens { body["max_output_tokens"] = .number(JSONNumber(limit)) }
        for key in passedSettings {
            if let value = turn.request.setting(key) { body[key] = value }
        }
        let includes = includes(turn.request)
        if !includes.isEmpty { body["include"] = .array(includes) }
        body["store"] = false
        body["stream"] = true
        return body
    }

    static func decoder(for turn: ModelTurn) -> ResponsesDecoder { ResponsesDecoder() }

    // MARK: Input

    /// An item as the endpoint takes it; `nil` where it would refuse it.
    private static func inputItem(_ item: Item) -> JSONObject? {
        // Ours say nothing to the endpoint, which keeps no items.
        var omitted: Set<String> = ["id"]
        switch item.type {
        case "message", "", "function_call_output": break
        case "function_call": omitted.insert(OpenCall.extraKey)
        case "reasoning":
            // What the endpoint cannot read it cannot go on from. Its id belongs to what is encrypted.
            guard item.json["encrypted_content"]?.stringValue != nil else { return nil }
            omitted = ["status"]
        default: omitted = []
        }
        return item.json.filtered { key, value in !omitted.contains(key) && !value.isNull }
    }

    // MARK: Settings

    private static func addTools(of turn: ModelTurn, to body: inout JSONObject) {
        let offer = ToolOffer(turn)
        guard !offer.isEmpty else { return }
        body["tools"] = .array(offer.functions.map { .object($0.json) } + offer.others.map { .object($0.tool) })
        if let choice = offer.choice { body["tool_choice"] = choice }
        if let flag = turn.request.setting("parallel_tool_calls") { body["parallel_tool_calls"] = flag }
    }

    /// Settings that mean the same to the endpoint. What is not among them is for this server alone: what a response goes on
    /// from, where it is kept, its labels.
    private static let passedSettings = [
        "temperature", "top_p", "presence_penalty", "frequency_penalty", "text", "reasoning", "truncation",
        "max_tool_calls", "top_logprobs", "service_tier", "prompt_cache_key", "safety_identifier", "user",
    ]

    private static func includes(_ request: AgentRequest) -> [JSON] {
        var includes = (request["include"]?.arrayValue ?? []).filter { $0.stringValue != nil }
        let encrypted: JSON = "reasoning.encrypted_content"
        // Nothing is stored there: without it the model begins to think anew after each call.
        if request.setting("reasoning") != nil, !includes.contains(encrypted) { includes.append(encrypted) }
        return includes
    }
}

extension JSONObject {
    /// The members that satisfy a condition.
    func filtered(_ isWanted: (_ key: String, _ value: JSON) -> Bool) -> JSONObject {
        JSONObject(uncheckedMembers: compactMap { isWanted($0.key, $0.value) ? ($0.key, $0.value) : nil })
    }
}
