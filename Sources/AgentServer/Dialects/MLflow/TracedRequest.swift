import AgentJSON

/// A request as MLflow shows it: the inputs of its trace's root span.
///
/// MLflow writes all fields of its models, in their order, and `null` where the request says nothing. Other paths than its
/// own are traced in the same form, so that one list of traces shows them alike.
enum TracedRequest {
    /// The fields of MLflow's model of a request, in its order.
    private static let fields = [
        "tool_choice", "truncation", "max_output_tokens", "metadata", "parallel_tool_calls", "tools", "reasoning",
        "store", "stream", "temperature", "text", "top_p", "user", "background", "input", "custom_inputs", "context",
    ]

    /// The inputs of a request that MLflow's rules have converted.
    ///
    /// - Parameters:
    ///   - request: The request as the agent sees it.
    ///   - extras: Fields that MLflow does not have.
    static func inputs(_ request: JSONObject, extras: JSONObject = [:]) -> JSON {
        var inputs: [(key: String, value: JSON)] = fields.map { ($0, value(of: $0, in: request)) }
        for (key, value) in extras { inputs.append((key, value)) }
        return .object(JSONObject(inputs))
    }

    /// The inputs of a request of another path, as it came.
    ///
    /// - Parameter keepsExtras: Whether what MLflow does not have follows after what it has.
    static func inputs(ofStandard request: JSONObject, keepsExtras: Bool) -> JSON {
        var extras: [(key: String, value: JSON)] = []
        var known: JSONObject = [:]
        for (key, value) in request {
            if key == "stream" { continue }
            if fields.contains(key) {
                known[key] = value
            } else if keepsExtras {
                extras.append((key, value))
            }
        }
        if let text = known["input"]?.stringValue {
            known["input"] = [["role": "user", "content": .string(text)]]
        } else if known["input"] == nil {
            known["input"] = []
        }
        // The standard knows more than MLflow: then it is only brought into the same order.
        let converted = (try? MLflowValidation.request(known)) ?? structured(known)
        return inputs(converted, extras: JSONObject(extras))
    }

    /// The outputs of a stream: its items, as MLflow's own reduction of the events has them.
    static func outputs(ofStream items: [JSON]) -> JSON {
        let converted = (try? MLflowValidation.typedResult(["output": .array(items)]))?["output"]
        return ["object": "response", "output": converted ?? .array(items)]
    }

    private static func value(of field: String, in request: JSONObject) -> JSON {
        // Where it is streamed is seen by the outputs; the original takes the flag away first.
        guard field != "stream", let value = request[field] else { return .null }
        switch field {
        case "input": return .array((value.arrayValue ?? []).map(item))
        case "reasoning": return all(["effort", "generate_summary"], of: value)
        case "context": return all(["conversation_id", "user_id"], of: value)
        default: return value
        }
    }

    /// All fields of a model.
    private static func all(_ fields: [String], of value: JSON) -> JSON {
        guard let object = value.objectValue else { return value }
        return .object(JSONObject(fields.map { ($0, object[$0] ?? .null) }))
    }

    /// A message by all its fields. Other items, and messages that MLflow keeps as they are, have further ones.
    private static func item(_ value: JSON) -> JSON {
        guard let object = value.objectValue, object.contains("role"), object.contains("content"),
            object.allSatisfy({ ["status", "content", "role", "type"].contains($0.key) })
        else { return value }
        return all(["status", "content", "role", "type"], of: value)
    }

    // MARK: What MLflow's rules do not take

    private static func structured(_ request: JSONObject) -> JSONObject {
        var request = request
        request["input"] = .array((request["input"]?.arrayValue ?? []).map(message))
        for field in ["temperature", "top_p"] {
            if let number = request[field]?.doubleValue { request[field] = JSON(floatLiteral: number) }
        }
        return request
    }

    private static func message(_ value: JSON) -> JSON {
        guard let object = value.objectValue, let role = object["role"], let content = object["content"],
            ["message", nil].contains(object["type"]?.stringValue)
        else { return value }
        let parts = content.arrayValue.map { JSON.array($0.map(part)) }
        return ["status": object["status"] ?? .null, "content": parts ?? content, "role": role, "type": "message"]
    }

    private static func part(_ value: JSON) -> JSON {
        guard let type = value["type"], ["input_text", "output_text", "text"].contains(type.stringValue) else {
            return value
        }
        return ["text": value["text"] ?? .null, "type": type]
    }
}
