import AgentJSON

// The models of a request: a table, kept next to the original's names so that the two can be compared.

extension MLflowValidation.Model {
    static let request = MLflowValidation.Model(
        "ResponsesAgentRequest",
        [
            .optional("tool_choice", .either([.text, .model(toolChoiceFunction)])),
            .optional("truncation", .text),
            .optional("max_output_tokens", .integer),
            .optional("metadata", .texts),
            .optional("parallel_tool_calls", .flag),
            .optional("tools", .list(.model(tool))),
            .optional("reasoning", .model(reasoningParameters)),
            .optional("store", .flag),
            .optional("stream", .flag),
            .optional("temperature", .number),
            .optional("text", .anything),
            .optional("top_p", .number),
            .optional("user", .text),
            .optional("background", .flag),
            .required("input", .list(.either([.model(message), .model(outputItem)]))),
            .optional("custom_inputs", .object),
            .optional("context", .model(chatContext)),
        ]
    )

    static let message = MLflowValidation.Model(
        "Message",
        [
            .optional("status", .text),
            .required("content", .either([.text, .list(.either([.model(inputText), .object]))])),
            .required("role", .text),
            .defaulted("type", .text, "message"),
        ],
        rules: [("status", .itemStatus), ("content", .contentParts), ("role", .messageRole)]
    )

    static let inputText = MLflowValidation.Model(
        "ResponseInputTextParam",
        [.required("text", .text), .defaulted("type", .text, "input_text")]
    )

    static let chatContext = MLflowValidation.Model(
        "ChatContext",
        [.optional("conversation_id", .text), .optional("user_id", .text)]
    )

    static let toolChoiceFunction = MLflowValidation.Model(
        "ToolChoiceFunction",
        [.required("name", .text), .defaulted("type", .text, "function")]
    )

    static let reasoningParameters = MLflowValidation.Model(
        "ReasoningParams",
        [.optional("effort", .text), .optional("generate_summary", .text)]
    )

    static let tool = MLflowValidation.Model(
        "Tool",
        keepsUnknown: true,
        [.required("type", .text)],
        rules: [("type", .variant(.tool))]
    )

    static let functionTool = MLflowValidation.Model(
        "FunctionTool",
        [
            .required("name", .text),
            .required("parameters", .object),
            .optional("strict", .flag),
            .defaulted("type", .text, "function"),
            .optional("description", .text),
        ]
    )
}
