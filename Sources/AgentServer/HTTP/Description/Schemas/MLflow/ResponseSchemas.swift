import AgentJSON

extension ServerDescription {
    /// What a `ResponsesAgent` answers to a synchronous call.
    static let responseSchemas: Components = [
        "InvocationResponse": .object(
            """
            The agent's answer. Only `output` is always there; the agent decides about the other fields, and about \
            further ones.
            """,
            [
                "output": .array("What the agent answered, in order.", of: .reference("OutputItem")),
                "custom_outputs": .dictionary("Anything else the agent says; its meaning is the agent's.").orNull,
                "metadata": .dictionary(
                    """
                    Labels of the response. Holds `trace_id` where the request asked for it with the header \
                    `x-mlflow-return-trace-id`.
                    """,
                    of: .text("The label's value.")
                ).orNull,
                "usage": .reference("TokenUsage").orNull,
                "id": .text("The response's id.").orNull,
                "object": .text("`response`."),
                "created_at": .number("When the response was made, in Unix seconds.").orNull,
                "status": .text("`completed`, `failed`, `in_progress` or `incomplete`.").orNull,
                "error": .reference("ResponseFailure").orNull,
                "incomplete_details": .reference("IncompletenessReason").orNull,
                "model": .text("The model that answered.").orNull,
                "instructions": .text("The instructions that the model had.").orNull,
                "previous_response_id": .text("The response that this one follows.").orNull,
                "tools": .array("The tools that were offered.", of: .reference("ToolDefinition")).orNull,
                "tool_choice": .reference("ToolSelection"),
                "parallel_tool_calls": .flag("Whether several calls at once were allowed.").orNull,
                "reasoning": .reference("ReasoningSettings").orNull,
                "text": .anything("The form of the text."),
                "temperature": .number("The model's temperature.").orNull,
                "top_p": .number("The model's nucleus sampling.").orNull,
                "max_output_tokens": .integer("The most tokens that were allowed.").orNull,
                "truncation": .text("`auto` or `disabled`.").orNull,
                "user": .text("Who asked.").orNull,
            ],
            required: ["output"]
        ),
        "TokenUsage": .object(
            "How many tokens the response took.",
            [
                "input_tokens": .integer("Tokens of the request."),
                "input_tokens_details": .object(
                    "Of these:",
                    ["cached_tokens": .integer("Tokens that came from a cache.")],
                    required: ["cached_tokens"]
                ),
                "output_tokens": .integer("Tokens of the response."),
                "output_tokens_details": .object(
                    "Of these:",
                    ["reasoning_tokens": .integer("Tokens that went into reasoning.")],
                    required: ["reasoning_tokens"]
                ),
                "total_tokens": .integer("All tokens."),
            ],
            required: [
                "input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details", "total_tokens",
            ]
        ),
        "ResponseFailure": .object(
            "Why the agent could not answer.",
            [
                "code": .text("The kind of failure.").orNull,
                "message": .text("What happened."),
            ],
            required: ["message"]
        ),
        "IncompletenessReason": .object(
            "Why the response ends early.",
            ["reason": .text("`max_output_tokens` or `content_filter`.").orNull]
        ),
    ]
}
