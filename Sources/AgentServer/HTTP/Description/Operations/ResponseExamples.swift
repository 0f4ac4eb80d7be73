import AgentJSON

extension ServerDescription {
    /// A response with all its members.
    static let standardResponseExample: JSON = [
        "id": "resp_1", "object": "response", "created_at": 1_785_542_400, "completed_at": 1_785_542_401,
        "status": "completed", "error": nil, "incomplete_details": nil, "model": "agent", "output": [answerExample],
        "usage": usageExample, "previous_response_id": nil, "instructions": nil, "tools": [], "tool_choice": "auto",
        "truncation": "disabled", "parallel_tool_calls": true, "text": ["format": ["type": "text"]], "top_p": 1,
        "presence_penalty": 0, "frequency_penalty": 0, "top_logprobs": 0, "temperature": 1,
        "reasoning": ["effort": nil, "summary": nil], "max_output_tokens": nil, "max_tool_calls": nil, "store": true,
        "background": false, "service_tier": "default", "metadata": [:], "safety_identifier": nil,
        "prompt_cache_key": nil,
    ]

    /// A message as the agent gives it out.
    static let answerExample: JSON = [
        "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
        "content": [["type": "output_text", "text": "Hello!", "annotations": [], "logprobs": []]],
    ]

    /// A message of the user, as it is kept.
    static let questionExample: JSON = [
        "id": "msg_2", "type": "message", "status": "completed", "role": "user",
        "content": [["type": "input_text", "text": "Hello!"]],
    ]

    /// What a conversation may be cut down to.
    static let compactedExample: JSON = [
        "id": "resp_2", "object": "response.compaction", "created_at": 1_785_542_400,
        "output": [questionExample, ["type": "compaction", "id": "cmp_1", "encrypted_content": "asc1.W10"]],
        "usage": usageExample,
    ]

    /// A page of a list.
    static let itemsExample: JSON = [
        "object": "list", "data": [questionExample], "first_id": "msg_2", "last_id": "msg_2", "has_more": false,
    ]

    static let conversationExample: JSON = [
        "id": "conv_1", "object": "conversation", "created_at": 1_785_542_400, "metadata": ["topic": "weather"],
    ]

    /// A question with a function that may help.
    static let functionQuestionExample: JSON = [
        "input": "Is it warm in Oslo?",
        "tools": [
            [
                "type": "function", "name": "weather", "description": "The weather in a city.",
                "parameters": [
                    "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
                ],
            ]
        ],
    ]

    private static let usageExample: JSON = [
        "input_tokens": 11, "input_tokens_details": ["cached_tokens": 0], "output_tokens": 3,
        "output_tokens_details": ["reasoning_tokens": 0], "total_tokens": 14,
    ]
}
