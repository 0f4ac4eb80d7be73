import AgentJSON

extension ServerDescription {
    /// The items of an answer. A client may send them back as input, unchanged.
    static let itemSchemas: Components = [
        "OutputItem": .typed(
            "One item of an answer; `type` tells which.",
            as: [
                "message": "OutputMessage",
                "function_call": "FunctionCallItem",
                "function_call_output": "FunctionCallOutputItem",
                "reasoning": "ReasoningItem",
                "mcp_approval_request": "ApprovalRequestItem",
                "mcp_approval_response": "ApprovalResponseItem",
                "file_search_call": "HostedCallItem",
                "web_search_call": "HostedCallItem",
                "computer_call": "HostedCallItem",
            ]
        ),
        "OutputMessage": .object(
            "A message of the agent.",
            [
                "type": .constant("message"),
                "id": .text("The item's id."),
                "role": .constant("assistant"),
                "content": Schema([
                    "type": "array",
                    "description": "The parts of the message, in order.",
                    "items": Schema.reference("OutputPart").json,
                    "minItems": 1,
                ]),
                "status": status,
            ],
            required: ["type", "id", "content"]
        ),
        "FunctionCallItem": .object(
            "The agent asks for a call of a function. The client answers with an item `function_call_output`.",
            [
                "type": .constant("function_call"),
                "id": .text("The item's id.").orNull,
                "call_id": .text("What the function's output will refer to."),
                "name": .text("The function's name."),
                "arguments": .text("The arguments: a JSON document as text."),
                "status": status,
            ],
            required: ["type", "call_id", "name", "arguments"]
        ),
        "FunctionCallOutputItem": .object(
            "What a function returned.",
            [
                "type": .constant("function_call_output"),
                "call_id": .text("The call that this answers."),
                "output": .any(
                    "The output, as text or in parts.",
                    of: [
                        .text("The whole output."),
                        .array("The parts, in order.", of: .dictionary("A part.")),
                    ]
                ),
                "status": status,
            ],
            required: ["type", "call_id", "output"]
        ),
        "ReasoningItem": .object(
            "How the agent came to its answer.",
            [
                "type": .constant("reasoning"),
                "id": .text("The item's id."),
                "summary": .array(
                    "A summary, in parts.",
                    of: .object(
                        "A part.",
                        [
                            "type": .text("`summary_text`."),
                            "text": .text("The text."),
                        ],
                        required: ["text"]
                    )
                ),
                "status": status,
            ],
            required: ["type", "id", "summary"]
        ),
        "ApprovalRequestItem": .object(
            "The agent asks whether it may call a tool of an MCP server.",
            [
                "type": .constant("mcp_approval_request"),
                "id": .text("What the answer will refer to."),
                "server_label": .text("The MCP server."),
                "name": .text("The tool's name."),
                "arguments": .text("The arguments: a JSON document as text."),
                "status": status,
            ],
            required: ["type", "id", "server_label", "name", "arguments"]
        ),
        "ApprovalResponseItem": .object(
            "The client's answer to a request for approval.",
            [
                "type": .constant("mcp_approval_response"),
                "id": .text("The item's id.").orNull,
                "approval_request_id": .text("The request that this answers."),
                "approve": .flag("Whether the tool may be called."),
                "reason": .text("Why, or why not.").orNull,
                "status": status,
            ],
            required: ["type", "approval_request_id", "approve"]
        ),
        "HostedCallItem": .object(
            "A call of a tool at the agent's side. Its other fields depend on the tool, and are handed on as they are.",
            ["type": .choice(["file_search_call", "web_search_call", "computer_call"], "The kind of call.")],
            required: ["type"]
        ),
    ]
}
