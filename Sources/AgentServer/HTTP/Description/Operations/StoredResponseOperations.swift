import AgentJSON

extension ServerDescription {
    /// What can be done with responses that are kept.
    static let storedResponseOperations = [retrieveResponse, deleteResponse, cancelResponse, listInputItems]

    private static let retrieveResponse = Operation(
        id: "getResponse",
        method: .get,
        path: "/responses/{response_id}",
        tag: .responses,
        summary: "Get a response",
        description: """
            A response as it was answered. With `stream=true`, its events once more, with the same numbers.

            A response is kept when it has ended, unless its request said `"store": false`.
            """,
        parameters: [
            responseParameter,
            Operation.Parameter(
                place: .query, name: "stream", description: "Whether its events are wanted.",
                schema: Schema(["type": "boolean", "default": false])
            ),
            Operation.Parameter(
                place: .query, name: "starting_after",
                description: "The number of the last event that is not wanted again. Without it, all events come.",
                schema: Schema(["type": "integer", "minimum": 0])
            ),
            Operation.Parameter(
                place: .query, name: "include[]",
                description: "Taken for the sake of clients; a response has all that it was answered with.",
                schema: Schema(["type": "array", "items": ["type": "string"]])
            ),
        ],
        answers: [
            Operation.Answer(
                status: 200,
                description: "The response: an object, or a stream of its events.",
                content: [
                    .json(
                        .reference("Response"),
                        examples: [
                            Operation.Example(name: "response", summary: "A response", value: standardResponseExample)
                        ]
                    ),
                    eventStream,
                ]
            ),
            refusal(400, "A field of the query is not valid."),
            refusal(404, "There is no such response, or none that has ended."),
            storeUnavailable,
        ],
        failures: .openResponses
    )

    private static let deleteResponse = Operation(
        id: "deleteResponse",
        method: .delete,
        path: "/responses/{response_id}",
        tag: .responses,
        summary: "Forget a response",
        description: "Forgets a response and its events. Responses that go on from it can be gone on from no more.",
        parameters: [responseParameter],
        answers: [
            deleted("response", "ResponseDeletion", id: "resp_1", object: "response"),
            refusal(404, "There is no such response."),
            storeUnavailable,
        ],
        failures: .openResponses
    )

    private static let cancelResponse = Operation(
        id: "cancelResponse",
        method: .post,
        path: "/responses/{response_id}/cancel",
        tag: .responses,
        summary: "Stop a response",
        description: """
            Stops a response that was created with `"background": true`, and gives what there is of it. One that has \
            ended stays as it is. Others end when their client leaves.
            """,
        parameters: [responseParameter],
        answers: [
            Operation.Answer(
                status: 200, description: "The response.", content: [.json(.reference("Response"))]
            ),
            refusal(400, "The response was not created with `background`."),
            refusal(404, "There is no such response."),
            storeUnavailable,
        ],
        failures: .openResponses
    )

    private static let listInputItems = Operation(
        id: "listInputItems",
        method: .get,
        path: "/responses/{response_id}/input_items",
        tag: .responses,
        summary: "What was the agent asked?",
        description: "The items that were new in the request of a response, page by page.",
        parameters: [responseParameter] + listParameters,
        answers: [
            page(of: "The items."),
            refusal(400, "A field of the query is not valid; `after` names no item of the list."),
            refusal(404, "There is no such response."),
            storeUnavailable,
        ],
        failures: .openResponses
    )

    private static let responseParameter = Operation.Parameter(
        place: .path, name: "response_id", description: "The response's id.", example: "resp_1"
    )

    /// Which page of a list is wanted.
    static let listParameters = [
        Operation.Parameter(
            place: .query, name: "limit", description: "How many items the page may have.",
            schema: Schema(["type": "integer", "minimum": 1, "maximum": 100, "default": 20])
        ),
        Operation.Parameter(
            place: .query, name: "order", description: "The oldest first (`asc`), or the newest.",
            schema: Schema(["type": "string", "enum": ["asc", "desc"], "default": "desc"])
        ),
        Operation.Parameter(
            place: .query, name: "after", description: "The id of the item that the page begins after."
        ),
    ]

    /// A page of items.
    static func page(of description: String) -> Operation.Answer {
        Operation.Answer(
            status: 200, description: description,
            content: [
                .json(
                    .reference("ItemList"),
                    examples: [Operation.Example(name: "page", summary: "A page", value: itemsExample)]
                )
            ]
        )
    }

    /// Something is gone.
    static func deleted(_ what: String, _ schema: String, id: String, object: String) -> Operation.Answer {
        Operation.Answer(
            status: 200, description: "The \(what) is forgotten.",
            content: [
                .json(
                    .reference(schema),
                    examples: [
                        Operation.Example(
                            name: "deleted", summary: "It is gone",
                            value: ["id": .string(id), "object": .string(object), "deleted": true]
                        )
                    ]
                )
            ]
        )
    }
}
