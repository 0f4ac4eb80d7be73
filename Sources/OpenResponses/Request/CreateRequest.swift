public import AgentJSON

/// A request for a response, found to be in order.
///
/// Everything the standard has rules for was checked once, and is here in the form that the rest needs. What it has no
/// rules for is ignored, and stays in ``json``.
public struct CreateRequest: Sendable {
    /// The body as it was sent, less the known fields that are null, and with integers in their usual form.
    public private(set) var json: JSONObject
    /// The part of the response object that repeats the request's settings, defaults included.
    ///
    /// What is missing to a whole response: `id`, `object`, `created_at`, `completed_at`, `status`,
    /// `incomplete_details`, `model`, `output`, `error` and `usage`.
    public private(set) var echo = CreateRequest.defaultEcho

    /// The new items, each with its type. A text is one message of the user.
    public private(set) var input: [Item] = []
    /// The name of the agent or model that shall answer, in the client's words.
    public private(set) var model: String?
    /// What a system message would say. It holds for this response only.
    public private(set) var instructions: String?
    /// The response that this one continues.
    public private(set) var previousResponseID: String?
    /// The conversation that this response belongs to. Never given together with ``previousResponseID``.
    public private(set) var conversationID: String?

    /// Whether the client wants events as they come.
    public private(set) var wantsStream = false
    /// Whether the response shall outlive its connection.
    public private(set) var isBackground = false
    /// Whether the response shall be kept, if the client says.
    public private(set) var store: Bool?
    /// The client's labels: texts by name.
    public private(set) var metadata: JSONObject = [:]
    /// What the answer shall have beside the usual: `reasoning.encrypted_content` for example. Any words may be here.
    public private(set) var include: Set<String> = []
    /// Whether items may be dropped from a conversation that is too long.
    public private(set) var truncation = Truncation.disabled

    /// The tools as they were sent, extensions included. ``ToolSet`` has those that may be used.
    public private(set) var tools: [JSONObject] = []
    /// Which tools may or must be used. All that it names are among the tools.
    public private(set) var toolChoice = ToolChoice.any(.auto)
    /// Whether the response may ask for several calls.
    public private(set) var parallelToolCalls = true
    /// How many calls of tools the agent may make itself.
    public private(set) var maxToolCalls: Int?
    /// How many tokens the answer may have.
    public private(set) var maxOutputTokens: Int?

    /// Reads a request's body.
    ///
    /// - Throws: The first fault.
    public init(_ body: JSONObject) throws(RequestFault) {
        try self.init(body, needsInput: true)
    }

    /// Reads a `response.create` message of a WebSocket: a body with a type, where `stream`, `stream_options` and
    /// `background` mean nothing.
    ///
    /// - Throws: The first fault.
    public init(webSocketMessage message: JSONObject) throws(RequestFault) {
        var body = message
        for key in ["type", "stream", "stream_options", "background"] { body.removeValue(forKey: key) }
        try self.init(body, needsInput: true)
    }

    init(_ body: JSONObject, needsInput: Bool) throws(RequestFault) {
        json = body
        var hasInput = false
        var choice: JSON?
        // One pass over what is there: each value is decoded once, and the first fault of the body is found first.
        for (key, value) in body {
            if value.isNull {
                if Self.knownKeys.contains(key) { json.removeValue(forKey: key) }
                continue
            }
            switch key {
            case "input": hasInput = true
            case "tool_choice": choice = value
            default: break
            }
            do { try take(value, as: key) } catch { throw error.inside(key) }
        }
        if let choice {
            do { toolChoice = try Rule.choice(among: tools).read(choice) } catch { throw error.at("tool_choice") }
            echo["tool_choice"] = Self.echoed(choice: choice)
        }
        if conversationID != nil, previousResponseID != nil {
            throw RequestFault(
                message: "Only one of 'previous_response_id' and 'conversation' may be given.",
                code: .mutuallyExclusiveParameters,
                param: "conversation"
            )
        }
        if needsInput, !hasInput, previousResponseID == nil, conversationID == nil { throw .missing("input") }
    }

    /// Takes a field of the body that is not null. Fields without a case are not known, and ignored.
    private mutating func take(_ value: JSON, as key: String) throws(RequestFault) {
        switch key {
        case "input": input = try Rule.input.read(value)
        case "model": model = try Rule.text.read(value)
        case "instructions":
            instructions = try Rule.text.read(value)
            echo[key] = value
        case "previous_response_id":
            previousResponseID = try Rule.text.read(value)
            echo[key] = value
        case "conversation":
            let id = try Rule.conversation.read(value)
            conversationID = id
            echo[key] = ["id": .string(id)]
        case "stream": wantsStream = try Rule.flag.read(value)
        case "stream_options": try Rule<JSONObject>.object.read(value).field("include_obfuscation", .flag)
        case "background":
            isBackground = try Rule.flag.read(value)
            echo[key] = value
        case "store":
            store = try Rule.flag.read(value)
            echo[key] = value
        case "metadata":
            metadata = try Rule.metadata.read(value)
            echo[key] = value
        case "include": include = Set(try Rule<[JSON]>.array.read(value).elements(.text))
        case "truncation":
            truncation = try Rule.truncation.read(value)
            echo[key] = value
        case "tools":
            tools = try Rule.tools.read(value)
            echo[key] = .array(tools.map(Self.echoed(tool:)))
        case "parallel_tool_calls":
            parallelToolCalls = try Rule.flag.read(value)
            echo[key] = value
        case "max_tool_calls":
            maxToolCalls = try takeInteger(value, .integer(atLeast: 1), as: key)
        case "max_output_tokens":
            maxOutputTokens = try takeInteger(value, .integer(atLeast: 16), as: key)
        case "text": echo[key] = .object(try Rule.textSettings.read(value))
        case "reasoning": echo[key] = .object(try Rule.reasoningSettings.read(value))
        case "temperature": echo[key] = try Rule.number(in: 0...2).read(value)
        case "top_p": echo[key] = try Rule.number(in: 0...1).read(value)
        case "presence_penalty", "frequency_penalty": echo[key] = try Rule.number.read(value)
        case "top_logprobs": _ = try takeInteger(value, .integer(in: 0...20), as: key)
        case "safety_identifier", "prompt_cache_key": echo[key] = .string(try Rule.text(upTo: 64).read(value))
        case "service_tier": _ = try Rule.serviceTier.read(value)
        // Fields of MLflow.
        case "custom_inputs", "context": _ = try Rule<JSONObject>.object.read(value)
        default: break
        }
    }

    /// Takes an integer. The agent and the client get it in the usual form, however it was written: `8.0` as 8.
    private mutating func takeInteger(_ value: JSON, _ rule: Rule<Int>, as key: String) throws(RequestFault) -> Int {
        let integer = try rule.read(value)
        let usual = JSON.number(JSONNumber(integer))
        if value != usual { json[key] = usual }
        echo[key] = usual
        return integer
    }

    /// The fields that may be null, which means the same as leaving them out.
    private static let knownKeys: Set<String> = [
        "background", "context", "conversation", "custom_inputs", "frequency_penalty", "include", "input",
        "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model", "parallel_tool_calls",
        "presence_penalty", "previous_response_id", "prompt_cache_key", "reasoning", "safety_identifier",
        "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice", "tools",
        "top_logprobs", "top_p", "truncation",
    ]
}
