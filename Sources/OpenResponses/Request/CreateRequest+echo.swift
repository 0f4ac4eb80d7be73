import AgentJSON

extension CreateRequest {
    /// The settings of a response to a request that has none.
    static let defaultEcho: JSONObject = [
        "previous_response_id": nil,
        "instructions": nil,
        "tools": [],
        "tool_choice": "auto",
        "truncation": "disabled",
        "parallel_tool_calls": true,
        "text": ["format": ["type": "text"]],
        "top_p": 1,
        "presence_penalty": 0,
        "frequency_penalty": 0,
        "top_logprobs": 0,
        "temperature": 1,
        "reasoning": ["effort": nil, "summary": nil],
        "max_output_tokens": nil,
        "max_tool_calls": nil,
        "store": true,
        "background": false,
        // The tier used, not the one asked for: there is only one.
        "service_tier": "default",
        "metadata": [:],
        "safety_identifier": nil,
        "prompt_cache_key": nil,
    ]

    /// A tool as the response repeats it: functions with all the fields of the standard.
    static func echoed(tool: JSONObject) -> JSON {
        guard tool["type"] == "function" else { return .object(tool) }
        var tool = tool
        for key in ["description", "parameters", "strict"] where !tool.contains(key) { tool[key] = .null }
        return .object(tool)
    }

    /// A choice as the response repeats it: `allowed_tools` with its mode.
    static func echoed(choice: JSON) -> JSON {
        guard case .object(var object) = choice, object["type"] == "allowed_tools", object["mode"]?.isNull ?? true
        else {
            return choice
        }
        object["mode"] = "auto"
        return .object(object)
    }
}
