public import AgentJSON
public import OpenResponses

/// What a client asks an agent: a conversation and how to answer it.
///
/// A view over the validated request body. The dialect of the call has already read it, so an agent sees the same
/// request whichever path it came by; fields without an accessor are reached by their name.
public struct AgentRequest: Sendable {
    /// The whole request.
    public let json: JSONObject

    /// The conversation, oldest item first; its last items are the new ones.
    public let input: [Item]

    /// Wraps a request body as it is, for tests and for agents that call other agents.
    public init(_ json: JSONObject) {
        self.json = json
        self.input = (json["input"]?.arrayValue ?? []).compactMap { $0.objectValue.map(Item.init) }
    }

    /// A request with one message of the user.
    public init(userText: String) {
        self.init(["input": [["role": "user", "content": .string(userText)]]])
    }

    /// Any field of the request.
    public subscript(key: String) -> JSON? { json[key] }

    /// The text of the last item with the role `user`; `""` where there is none.
    public var lastUserText: String { input.last { $0.role == "user" }?.text ?? "" }

    /// What a system or developer message would say, given beside the conversation.
    public var instructions: String? { json["instructions"]?.stringValue }

    /// The functions that the client offers. Tools of other types are in ``json``.
    public var tools: [FunctionTool] {
        (json["tools"]?.arrayValue ?? []).compactMap { $0.objectValue.flatMap(FunctionTool.init) }
    }

    /// Which tools may or must be used: `auto`, `none`, `required`, or an object that names one.
    public var toolChoice: JSON? { json["tool_choice"] }

    /// How text shall be written, `{"format": {"type": "json_schema", …}}` for example.
    public var text: JSON? { json["text"] }

    /// Anything the client wants the agent to know, in no fixed shape (`custom_inputs` of MLflow).
    public var customInputs: JSONObject { json["custom_inputs"]?.objectValue ?? [:] }

    /// The conversation that the client says this belongs to (`context.conversation_id` of MLflow).
    public var conversationID: String? { json["context"]?["conversation_id"]?.stringValue }

    /// The user that the client speaks for (`context.user_id` of MLflow, or else `user`).
    public var userID: String? { json["context"]?["user_id"]?.stringValue ?? json["user"]?.stringValue }

    /// The client's labels: texts by name.
    public var metadata: JSONObject { json["metadata"]?.objectValue ?? [:] }

    /// How many tokens the answer may have at most.
    public var maxOutputTokens: Int? { json["max_output_tokens"]?.intValue }

    /// How freely a model shall choose its words.
    public var temperature: Double? { json["temperature"]?.doubleValue }
}

extension AgentRequest: Decodable {
    /// Reads a request from its JSON object, so that handlers can name it as the type they take.
    public init(from decoder: any Decoder) throws {
        self.init(try JSONObject(from: decoder))
    }
}
