import AgentJSON

extension ServerDescription {
    /// What the server answers by the standard.
    static let resourceSchemas: Components = [
        "Response": .object(
            """
            The agent's answer to a request, with the request's settings. All fields are always there, but for \
            `conversation` and `custom_outputs`; an agent may add others.
            """,
            members: responseMembers.map { (key: $0.key, value: $0.value) } + [
                (
                    key: "conversation",
                    value: .object(
                        "The conversation that it belongs to.", ["id": .text("The conversation's id.")],
                        required: ["id"]
                    )
                ),
                (
                    key: "custom_outputs",
                    value: .dictionary("Anything else the agent says; its meaning is the agent's.")
                ),
            ],
            required: responseMembers.map(\.key)
        ),
        "ResponseStatus": .choice(
            ["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"],
            "How far the response has come."
        ),
        "ResponseError": .object(
            "Why the agent could not answer.",
            ["code": .text("The kind of failure."), "message": .text("What happened.")],
            required: ["code", "message"]
        ),
        "IncompleteDetails": .object(
            "Why the response ends early.",
            ["reason": .text("`max_output_tokens`, `content_filter`, `cancelled` or another.")],
            required: ["reason"]
        ),
        "Usage": .object(
            "How many tokens the response took.",
            [
                "input_tokens": .integer("Tokens of the request.", atLeast: 0),
                "input_tokens_details": .object(
                    "Of these:",
                    [
                        "cached_tokens": .integer("Tokens that came from a cache.", atLeast: 0),
                        "cache_write_tokens": .integer("Tokens that went into a cache.", atLeast: 0),
                    ],
                    required: ["cached_tokens"]
                ),
                "output_tokens": .integer("Tokens of the response.", atLeast: 0),
                "output_tokens_details": .object(
                    "Of these:",
                    ["reasoning_tokens": .integer("Tokens that went into reasoning.", atLeast: 0)],
                    required: ["reasoning_tokens"]
                ),
                "total_tokens": .integer("All tokens.", atLeast: 0),
            ],
            required: [
                "input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details", "total_tokens",
            ]
        ),
        "TokenCount": .object(
            "How long a request is.",
            [
                "object": .constant("response.input_tokens"),
                "input_tokens": .integer("The number of tokens.", atLeast: 0),
            ],
            required: ["object", "input_tokens"]
        ),
        "CompactedConversation": .object(
            "A shorter conversation that stands for a longer one.",
            [
                "id": .text("An id. It is not that of a response, and nothing goes on from it."),
                "object": .constant("response.compaction"),
                "created_at": unixTime("When it was made"),
                "output": .array("The items, for the next request's `input`.", of: .reference("Item")),
                "usage": .reference("Usage"),
            ],
            required: ["id", "object", "created_at", "output", "usage"]
        ),
        "ErrorAnswer": .object(
            "Why a call was not answered.",
            [
                "error": .object(
                    "The error.",
                    [
                        "message": .text("What happened."),
                        "type": .choice(
                            ["invalid_request", "not_found", "too_many_requests", "model_error", "server_error"],
                            "The kind of error. `model_error` means that the agent failed."
                        ),
                        "code": .text("The error, for programs: `invalid_value` or `response_not_found` for example.")
                            .orNull,
                        "param": .text("The place of the request that is at fault, `input[0].role` for example.")
                            .orNull,
                    ],
                    required: ["message", "type", "code", "param"]
                ),
                "detail": .text("What happened, for clients of MLflow."),
            ],
            required: ["error", "detail"]
        ),
    ]

    private static let responseMembers: Components = [
        "id": .text("The response's id.").with(["maxLength": 64]),
        "object": .constant("response"),
        "created_at": unixTime("When the response was begun"),
        "completed_at": unixTime("When the response was completed").orNull,
        "status": .reference("ResponseStatus"),
        "error": .reference("ResponseError").orNull,
        "incomplete_details": .reference("IncompleteDetails").orNull,
        "model": .text("The agent or model that answered, as the request named it."),
        "output": .array("What the agent answered, in order.", of: .reference("Item")),
        "usage": .reference("Usage").orNull,
        "previous_response_id": .text("The response that this one goes on from.").orNull,
        "instructions": .text("The request's instructions.").orNull,
        "tools": .array("The tools that were offered.", of: .reference("Tool")),
        "tool_choice": .reference("ToolChoice"),
        "truncation": .choice(["auto", "disabled"], "Whether items might be dropped."),
        "parallel_tool_calls": .flag("Whether several calls at once were allowed."),
        "text": .reference("TextSettings"),
        "top_p": .number("The model's nucleus sampling."),
        "presence_penalty": .number("How much the model should avoid what was said."),
        "frequency_penalty": .number("How much the model should avoid what was said often."),
        "top_logprobs": .integer("How many likely tokens were to be told.", atLeast: 0),
        "temperature": .number("The model's temperature."),
        "reasoning": .reference("ReasoningSetting").orNull,
        "max_output_tokens": .integer("The most tokens that were allowed.").orNull,
        "max_tool_calls": .integer("The most calls that the agent might make itself.").orNull,
        "store": .flag("Whether the response is kept."),
        "background": .flag("Whether it was to outlive its connection."),
        "service_tier": .text("`default`."),
        "metadata": .dictionary(
            "Labels. Holds `trace_id` where the request asked for it with the header `x-mlflow-return-trace-id`."
        ),
        "safety_identifier": .text("Who asked.").orNull,
        "prompt_cache_key": .text("What a cache of prompts should look for.").orNull,
    ]

    /// A moment, as clients of the standard read it.
    static func unixTime(_ description: String) -> Schema {
        .integer("\(description), in Unix seconds.")
    }
}
