import AgentJSON

extension ServerDescription {
    /// What a `ResponsesAgent` is asked.
    static let requestSchemas: Components = [
        "InvocationRequest": .object(
            "A request to the agent. Fields that are not named here are ignored; a null counts as not given.",
            [
                "input": .array(
                    "The conversation so far, oldest first: messages, and the items of earlier answers.",
                    of: .reference("InputItem")
                ),
                "stream": .flag("Whether the answer comes as a stream of events.").orNull,
                "custom_inputs": .dictionary("Anything else the agent should know; its meaning is the agent's.").orNull,
                "context": .reference("ConversationContext").orNull,
                "metadata": .dictionary("Labels of the request.", of: .text("The label's value.")).orNull,
                "tools": .array("Tools that the agent may ask the client to call.", of: .reference("ToolDefinition"))
                    .orNull,
                "tool_choice": .reference("ToolSelection"),
                "parallel_tool_calls": .flag("Whether the agent may ask for several calls at once.").orNull,
                "reasoning": .reference("ReasoningSettings").orNull,
                "text": .anything("The form of the text that is asked for, `{\"format\": …}` for example."),
                "temperature": .number("The temperature of the model behind the agent.").orNull,
                "top_p": .number("The nucleus sampling of the model behind the agent.").orNull,
                "max_output_tokens": .integer("The most tokens that the answer should have.").orNull,
                "truncation": .text("What to do with too long an input: `auto` or `disabled`.").orNull,
                "user": .text("Who asks.").orNull,
                "store": .flag("Handed to the agent as it is.").orNull,
                "background": .flag("Handed to the agent as it is.").orNull,
            ],
            required: ["input"]
        ),
        "InputItem": .any(
            "One item of the conversation: a message, or an item as an agent gave it out.",
            of: [.reference("InputMessage"), .reference("OutputItem")]
        ),
        "InputMessage": .object(
            "A message. Its `type` may be left out.",
            [
                "type": .constant("message"),
                "role": .choice(["user", "assistant", "system", "developer"], "Who speaks."),
                "content": .any(
                    "The text, or its parts.",
                    of: [
                        .text("The whole text."),
                        .array("The parts, in order.", of: .reference("InputPart")),
                    ]
                ),
                "status": status,
            ],
            required: ["role", "content"]
        ),
        "ConversationContext": .object(
            "Which conversation the request belongs to, and who leads it.",
            [
                "conversation_id": .text("The conversation's id.").orNull,
                "user_id": .text("The user's id.").orNull,
            ]
        ),
    ]

    /// How far an item has come.
    static let status = Schema.any(
        "How far the item has come.",
        of: [.choice(["in_progress", "completed", "incomplete"], "A state."), Schema(["type": "null"])]
    )
}
