import AgentJSON

extension ServerDescription {
    /// Tools, and how the model behind the agent is set; they stand in requests and in responses.
    static let toolSchemas: Components = [
        "ToolDefinition": .any(
            "A tool.",
            of: [.reference("FunctionDefinition"), .reference("HostedToolDefinition")]
        ),
        "FunctionDefinition": .object(
            "A function of the client.",
            [
                "type": .constant("function"),
                "name": .text("The function's name."),
                "description": .text("What the function does.").orNull,
                "parameters": .dictionary("A JSON Schema of the arguments."),
                "strict": .flag("Whether arguments must match the schema exactly.").orNull,
            ],
            required: ["type", "name", "parameters"]
        ),
        "HostedToolDefinition": .object(
            "A tool that runs at the agent's side. Its other fields are handed on as they are.",
            [
                "type": .text(
                    except: ["function"], "The kind of tool: `file_search`, `web_search`, `computer_use` or another."
                )
            ],
            required: ["type"]
        ),
        "ToolSelection": .any(
            "Which tool to use.",
            of: [
                .text("`none`, `auto` or `required`."),
                .object(
                    "This function.",
                    [
                        "type": .text("`function`."),
                        "name": .text("The function's name."),
                    ],
                    required: ["name"]
                ),
            ]
        ).orNull,
        "ReasoningSettings": .object(
            "How much the model should reason.",
            [
                "effort": .text("`low`, `medium` or `high`.").orNull,
                "generate_summary": .text("`concise` or `detailed`.").orNull,
            ]
        ),
    ]
}
