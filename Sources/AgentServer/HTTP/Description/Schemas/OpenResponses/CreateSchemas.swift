import AgentJSON
import OpenResponses

extension ServerDescription {
    /// What the agent is asked by the standard.
    static let createSchemas: Components = [
        "ResponseRequest": .object(
            """
            A request for a response. Fields that are not named here are ignored by the server, and shown to the \
            agent; a null counts as not given.
            """,
            [
                "input": input.orNull,
                "model": .text(
                    "The agent that is to answer. Any name but those of the server's agents means the first."
                )
                .orNull,
                "instructions": .text("What a system message would say. It holds for this response only.").orNull,
                "previous_response_id": .text("The response that this one goes on from, with all before it.").orNull,
                "conversation": .any(
                    "The conversation that this response goes on from and adds to. Not with `previous_response_id`.",
                    of: [
                        .text("Its id."),
                        .object("The conversation.", ["id": .text("Its id.")], required: ["id"]),
                    ]
                ).orNull,
                "stream": .flag("Whether the answer comes as a stream of events.").orNull,
                "stream_options": .object(
                    "How the stream is to be.",
                    ["include_obfuscation": .flag("Taken for the sake of clients; the server adds no padding.").orNull]
                ).orNull,
                "store": .flag("Whether the response is kept, for others to go on from; it is where nothing is said.")
                    .orNull,
                "background": .flag("Whether the response is to outlive its connection. Not offered yet.").orNull,
                "metadata": .reference("Labels").orNull,
                "tools": .array("Functions that the agent may ask the client to call.", of: .reference("Tool")).orNull,
                "tool_choice": .reference("ToolChoice").orNull,
                "parallel_tool_calls": .flag("Whether the response may ask for several calls at once.").orNull,
                "max_tool_calls": .integer("The most calls of tools that the agent may make itself.", atLeast: 1)
                    .orNull,
                "text": .reference("TextRequest").orNull,
                "reasoning": .reference("ReasoningRequest").orNull,
                "temperature": .number("The temperature of the model behind the agent.", 0...2).orNull,
                "top_p": .number("The nucleus sampling of the model behind the agent.", 0...1).orNull,
                "presence_penalty": .number("How much the model should avoid what was said.").orNull,
                "frequency_penalty": .number("How much the model should avoid what was said often.").orNull,
                "top_logprobs": .integer("How many likely tokens to tell for each place.", 0...20).orNull,
                "max_output_tokens": .integer("The most tokens that the answer should have.", atLeast: 16).orNull,
                "truncation": .choice(
                    ["auto", "disabled"], "Whether items may be dropped from a conversation that is too long."
                ).orNull,
                "include": .array(
                    """
                    What the answer shall have beside the usual: `reasoning.encrypted_content` or \
                    `message.output_text.logprobs`. Other words are ignored.
                    """,
                    of: .text("A word.")
                ).orNull,
                "service_tier": .choice(
                    ["auto", "default", "flex", "priority", "scale", "fast", "ultrafast"],
                    "A hint; this server has one tier."
                ).orNull,
                "safety_identifier": .text("Who asks, in words that tell nobody else.", upTo: 64).orNull,
                "prompt_cache_key": .text("What a cache of prompts should look for.", upTo: 64).orNull,
                "custom_inputs": .dictionary("Anything else the agent should know; its meaning is the agent's.").orNull,
                "context": .dictionary("`conversation_id` and `user_id`, as MLflow's clients give them.").orNull,
            ]
        ),
        "CompactionRequest": .object(
            "A conversation to make shorter.",
            [
                "model": .text("The agent that is asked to."),
                "input": input.orNull,
                "previous_response_id": .text("A response; its conversation comes first.").orNull,
                "instructions": .text("What a system message would say.").orNull,
                "prompt_cache_key": .text("What a cache of prompts should look for.", upTo: 64).orNull,
            ],
            required: ["model"]
        ),
        "ConversationRequest": .object(
            "What a conversation begins with.",
            ["items": newItems.orNull, "metadata": .reference("Labels").orNull]
        ),
        "ConversationChange": .object(
            "The labels of a conversation.",
            ["metadata": .reference("Labels").orNull],
            required: ["metadata"]
        ),
        "NewItems": .object("Items for a conversation.", ["items": newItems], required: ["items"]),
        "Labels": .dictionary(
            "Labels of the client's: texts by name.", of: .text("The label's value.", upTo: 512)
        ).with(["maxProperties": 16, "propertyNames": ["maxLength": 64]]),
    ]

    private static let input = Schema.any(
        "What is new: a text of the user, or items, oldest first.",
        of: [
            .text("The text of one message of the user.", upTo: longestText),
            .array("Items.", of: .reference("NewItem")),
        ]
    )

    private static let newItems = Schema.array("Items, oldest first.", of: .reference("NewItem"))
        .with(["maxItems": .number(JSONNumber(ItemsCreate.limit))])

    /// How many characters a text may have.
    static let longestText = 10_485_760
}
