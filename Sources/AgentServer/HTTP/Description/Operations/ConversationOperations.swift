import AgentJSON

extension ServerDescription {
    /// What can be done with conversations.
    static let conversationOperations = [
        conversation(
            "createConversation", .post, "", "Begin a conversation",
            """
            Begins a conversation, with items or without. A response whose request names it in `conversation` goes on \
            from its items, and adds its own.
            """,
            body: Operation.Body(
                isRequired: false, description: "What it begins with.", schema: .reference("ConversationRequest"),
                examples: [
                    Operation.Example(
                        name: "conversation", summary: "A conversation with a first message",
                        value: [
                            "items": [["role": "user", "content": "Hello!"]], "metadata": ["topic": "weather"],
                        ]
                    ),
                    Operation.Example(name: "empty", summary: "An empty conversation", value: [:]),
                ]
            ),
            answer: linked(conversationAnswer, conversationLinks)
        ),
        conversation(
            "getConversation", .get, "/{conversation_id}", "Get a conversation",
            "The conversation itself; its items are a list of their own.", answer: conversationAnswer
        ),
        conversation(
            "updateConversation", .post, "/{conversation_id}", "Label a conversation",
            "Replaces all labels of a conversation.",
            body: Operation.Body(
                description: "The labels from now on.", schema: .reference("ConversationChange"),
                examples: [
                    Operation.Example(name: "labels", summary: "Labels", value: ["metadata": ["topic": "weather"]])
                ]
            ),
            answer: conversationAnswer
        ),
        conversation(
            "deleteConversation", .delete, "/{conversation_id}", "Forget a conversation",
            "Forgets a conversation and its items. Its responses stay.",
            answer: deleted("conversation", "ConversationDeletion", id: "conv_1", object: "conversation.deleted")
        ),
        conversation(
            "listConversationItems", .get, "/{conversation_id}/items", "What was said?",
            "The items of a conversation, page by page.", parameters: listParameters, answer: page(of: "The items.")
        ),
        conversation(
            "addConversationItems", .post, "/{conversation_id}/items", "Add to a conversation",
            "Adds items at the end of a conversation.",
            body: Operation.Body(
                description: "The items.", schema: .reference("NewItems"),
                examples: [
                    Operation.Example(
                        name: "message", summary: "A message",
                        value: ["items": [["role": "user", "content": "Hello!"]]]
                    )
                ]
            ),
            answer: linked(page(of: "The items that were added, as they are kept."), itemLinks)
        ),
        conversation(
            "getConversationItem", .get, "/{conversation_id}/items/{item_id}", "Get an item",
            "One item, as it is kept.",
            answer: Operation.Answer(
                status: 200, description: "The item.",
                content: [
                    .json(
                        .reference("KeptItem"),
                        examples: [Operation.Example(name: "item", summary: "A message", value: questionExample)]
                    )
                ]
            )
        ),
        conversation(
            "deleteConversationItem", .delete, "/{conversation_id}/items/{item_id}", "Remove an item",
            "Takes an item out of a conversation.", answer: conversationAnswer
        ),
    ]

    private static func conversation(
        _ id: String, _ method: Operation.Method, _ path: String, _ summary: String, _ description: String,
        parameters: [Operation.Parameter] = [], body: Operation.Body? = nil, answer: Operation.Answer
    ) -> Operation {
        var places: [Operation.Parameter] = []
        if path.contains("{conversation_id}") { places.append(conversationParameter) }
        if path.contains("{item_id}") { places.append(itemParameter) }
        var answers = [answer, refusal(400, "The request is not valid, or this server keeps no conversations.")]
        if !places.isEmpty {
            answers.append(
                refusal(404, "There is no such conversation\(path.contains("{item_id}") ? " or item" : "")."))
        }
        if body != nil { answers.append(tooLarge) }
        answers.append(storeUnavailable)
        return Operation(
            id: id, method: method, path: "/conversations" + path, tag: .conversations, summary: summary,
            description: description, parameters: places + parameters, body: body, answers: answers,
            failures: .openResponses
        )
    }

    private static let conversationParameter = Operation.Parameter(
        place: .path, name: "conversation_id", description: "The conversation's id.", example: "conv_1"
    )

    private static let itemParameter = Operation.Parameter(
        place: .path, name: "item_id", description: "The item's id.", example: "msg_1"
    )

    private static let conversationAnswer = Operation.Answer(
        status: 200, description: "The conversation.",
        content: [
            .json(
                .reference("Conversation"),
                examples: [
                    Operation.Example(name: "conversation", summary: "A conversation", value: conversationExample)
                ]
            )
        ]
    )

    /// What a new conversation may be used for.
    private static let conversationLinks = [
        "getConversation", "updateConversation", "listConversationItems", "addConversationItems",
        "deleteConversation",
    ].map { operation in
        Operation.Link(operation: operation, parameters: ["conversation_id": "$response.body#/id"])
    }

    /// What new items may be used for.
    private static let itemLinks = ["getConversationItem", "deleteConversationItem"].map { operation in
        Operation.Link(
            operation: operation,
            parameters: [
                "conversation_id": "$request.path.conversation_id", "item_id": "$response.body#/data/0/id",
            ]
        )
    }

    private static func linked(_ answer: Operation.Answer, _ links: [Operation.Link]) -> Operation.Answer {
        var answer = answer
        answer.links = links
        return answer
    }
}
