import AgentJSON

extension ServerDescription {
    /// What is kept, what is listed, and that something is gone.
    static let storeSchemas: Components = [
        "Conversation": .object(
            "Items that are kept under one id.",
            [
                "id": .text("The conversation's id."),
                "object": .constant("conversation"),
                "created_at": unixTime("When it was begun"),
                "metadata": .reference("Labels"),
            ],
            required: ["id", "object", "created_at", "metadata"]
        ),
        "ItemList": .object(
            "A page of items.",
            [
                "object": .constant("list"),
                "data": .array("The items.", of: .reference("KeptItem")),
                "first_id": .text("The first item's id.").orNull,
                "last_id": .text("The last item's id, for the next page's `after`.").orNull,
                "has_more": .flag("Whether further items follow."),
            ],
            required: ["object", "data", "first_id", "last_id", "has_more"]
        ),
        "ResponseDeletion": deletion("response", object: "response"),
        "ConversationDeletion": deletion("conversation", object: "conversation.deleted"),
        "Model": .object(
            "An agent.",
            [
                "id": .text("The agent's name."),
                "object": .constant("model"),
                "created": .integer("Always 0: an agent has no date."),
                "owned_by": .text("`agent-server`."),
            ],
            required: ["id", "object", "created", "owned_by"]
        ),
        "ModelList": .object(
            "The agents of a server.",
            ["object": .constant("list"), "data": .array("The agents.", of: .reference("Model"))],
            required: ["object", "data"]
        ),
    ]

    private static func deletion(_ what: String, object: String) -> Schema {
        .object(
            "A \(what) is gone.",
            [
                "id": .text("Its id."),
                "object": .constant(object),
                "deleted": Schema(["type": "boolean", "const": true]),
            ],
            required: ["id", "object", "deleted"]
        )
    }
}
