import AgentJSON
import OpenResponses

extension ServerDescription {
    /// Items as a request may hold them. What an agent gave out may be sent back unchanged.
    static let newItemSchemas: Components = [
        "NewItem": .any(
            "One item of the conversation. Messages and references need no `type`.",
            of: [
                .reference("UserMessage"), .reference("AssistantMessage"), .reference("InstructionMessage"),
                .reference("NewFunctionCall"), .reference("NewFunctionOutput"), .reference("NewReasoning"),
                .reference("NewCompaction"), .reference("ItemReference"), .reference("NewHostedItem"),
                .reference("NewExtensionItem"),
            ]
        ),
        "UserMessage": message("A message of the user.", roles: ["user"]),
        "AssistantMessage": message(
            "A message of the agent.", roles: ["assistant"],
            more: [
                (
                    key: "phase",
                    value: .choice(["commentary", "final_answer"], "Whether it was said on the way, or in the end.")
                        .orNull
                )
            ]
        ),
        "InstructionMessage": message(
            "A message of whoever runs the conversation.", roles: ["system", "developer"]
        ),
        "NewFunctionCall": .object(
            "The agent asked for a call of a function.",
            [
                "type": .constant("function_call"),
                "call_id": callID,
                "name": .text("The function's name.").with(["minLength": 1]),
                "arguments": .text("The arguments: a JSON document as text."),
                "id": newID,
                "status": itemStatus.orNull,
            ],
            required: ["type", "call_id", "name", "arguments"]
        ),
        "NewFunctionOutput": .object(
            "What the function returned.",
            [
                "type": .constant("function_call_output"),
                "call_id": callID,
                "output": .any(
                    "The output, as text or in parts.",
                    of: [
                        .text("The whole output.", upTo: longestText),
                        .array("The parts, in order.", of: .reference("FunctionOutputPart")),
                    ]
                ),
                "id": newID,
                "status": itemStatus.orNull,
            ],
            required: ["type", "call_id", "output"]
        ),
        "NewReasoning": .object(
            "How the agent came to an answer.",
            [
                "type": .constant("reasoning"),
                "id": newID,
                "summary": .array("A summary, in parts.", of: .reference("NewReasoningPart")).orNull,
                "content": .array("The reasoning itself, in parts.", of: .reference("NewReasoningPart")).orNull,
                "encrypted_content": .text("The reasoning in a form that only its maker reads.").orNull,
            ],
            required: ["type"]
        ),
        "NewCompaction": .object(
            "What stands for a longer conversation.",
            [
                "type": .constant("compaction"),
                "id": newID,
                "encrypted_content": .text(
                    "The conversation. What the agent made of it has at most 10,485,760 characters."),
            ],
            required: ["type", "encrypted_content"]
        ),
        "ItemReference": .object(
            "An item that is kept.",
            ["type": .constant("item_reference").orNull, "id": .text("Its id.")], required: ["id"]
        ).with(["not": ["anyOf": [["required": ["role"]], ["required": ["content"]], ["required": ["call_id"]]]]]),
        "NewHostedItem": .object(
            "An item that only OpenAI's servers make. Handed to the agent as it is.",
            ["type": hostedType, "id": newID], required: ["type"]
        ),
        "NewExtensionItem": .object(
            "An item of somebody's own. Handed to the agent as it is.", ["type": extensionType], required: ["type"]
        ),
    ]

    private static func message(
        _ description: String, roles: [String], more: [(key: String, value: Schema)] = []
    ) -> Schema {
        let members: [(key: String, value: Schema)] = [
            (key: "type", value: .constant("message").orNull),
            (key: "role", value: roles.count == 1 ? .constant(roles[0]) : .choice(roles, "Who speaks.")),
            (
                key: "content",
                value: .any(
                    "The text, or its parts.",
                    of: [
                        .text("The whole text.", upTo: longestText),
                        .array("The parts, in order.", of: .reference("NewMessagePart")),
                    ]
                )
            ),
            (key: "id", value: newID),
            (key: "status", value: .text("How far it has come, as the server told it.").orNull),
        ]
        return .object(description, members: members + more, required: ["role", "content"])
    }

    /// An item of OpenAI's.
    static let hostedType = Schema.choice(KnownTypes.foreignItems, "The kind of item.")

    /// How far an item has come.
    static let itemStatus = Schema.choice(["in_progress", "completed", "incomplete"], "How far the item has come.")

    private static let newID = Schema.text("The item's id. Where it has none, it gets one.").orNull

    /// What ties a function's output to its call.
    static let callID = Schema.text("What the function's output refers to.").with(["minLength": 1, "maxLength": 64])
}
