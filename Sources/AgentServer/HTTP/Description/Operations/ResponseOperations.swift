import AgentJSON

extension ServerDescription {
    /// What has the agent answer by the standard Open Responses, or asks it something.
    static let responseOperations = [createResponse, countInputTokens, compactConversation]

    private static let createResponse = Operation(
        id: "createResponse",
        method: .post,
        path: "/responses",
        tag: .responses,
        summary: "Call the agent",
        description: """
            Answers with the whole response or, where the request says `"stream": true`, with its events while the \
            agent writes it. Either `input`, `previous_response_id` or `conversation` must be given.

            A stream begins with `response.created`, ends with `response.completed`, `response.incomplete` or \
            `response.failed`, and then the frame `data: [DONE]`. Its events are numbered from 0. An agent that fails \
            in a stream says so in the event `error`; the status is 200 by then.

            The same path takes WebSockets: each message `{"type": "response.create", …}`, with the fields of this \
            request, is answered with the events of its response, one in each message.

            An agent may answer with other statuses than these, in the form of the others. Where it failed, the header \
            `x-should-retry` says `false`: asking again would run it again.
            """,
        parameters: [traceLabel, requestID],
        body: Operation.Body(
            description: "What the agent is asked, and how it is to answer.",
            // Something to answer is needed. Beside the reference, for it is not where tokens are counted.
            schema: .reference("ResponseRequest").with(["allOf": [["anyOf": sources]]]),
            examples: [
                Operation.Example(name: "question", summary: "A question", value: ["input": "Hello!"]),
                Operation.Example(
                    name: "stream", summary: "A question, answered as a stream",
                    value: ["input": "Hello!", "stream": true]
                ),
                Operation.Example(
                    name: "function", summary: "A question with a function to call", value: functionQuestionExample
                ),
                Operation.Example(
                    name: "format", summary: "A question to be answered in JSON",
                    value: [
                        "input": "Where does Ada live?",
                        "text": [
                            "format": [
                                "type": "json_schema", "name": "place",
                                "schema": [
                                    "type": "object", "properties": ["city": ["type": "string"]],
                                    "required": ["city"],
                                ],
                            ]
                        ],
                    ]
                ),
            ]
        ),
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
                ],
                links: ["getResponse", "listInputItems", "cancelResponse", "deleteResponse"].map { operation in
                    Operation.Link(operation: operation, parameters: ["response_id": "$response.body#/id"])
                }
            ),
            refusal(
                400,
                """
                The body is no JSON, or not a request that can be served; `previous_response_id` or a reference to an \
                item leads nowhere.
                """
            ),
            refusal(404, "The conversation is not known."),
            tooLarge,
            FailureForm.openResponses.tooMany,
            refusal(500, "The agent failed, or the server did."),
            FailureForm.openResponses.busy,
            refusal(504, "The agent took too long."),
        ],
        failures: .openResponses
    )

    /// Where a response may take what it answers from.
    private static let sources: JSON = [
        ["required": ["input"]], ["required": ["previous_response_id"]], ["required": ["conversation"]],
    ]

    private static let traceLabel = Operation.Parameter(
        name: "x-mlflow-return-trace-id",
        description: """
            `true` asks for the id of the call's trace: in the response's `metadata`, and in an event `mlflow:trace` of \
            a stream.
            """,
        example: "true"
    )

    private static let countInputTokens = Operation(
        id: "countInputTokens",
        method: .post,
        path: "/responses/input_tokens",
        tag: .responses,
        summary: "How long is a request?",
        description: """
            Counts the tokens that a request would have, all that it goes on from included. An estimate where the \
            agent does not count better.
            """,
        parameters: [requestID],
        body: Operation.Body(
            isRequired: false,
            description: "A request as for a response. Nothing of it is needed.",
            schema: .reference("ResponseRequest"),
            examples: [Operation.Example(name: "question", summary: "A question", value: ["input": "Hello!"])]
        ),
        answers: [
            Operation.Answer(
                status: 200,
                description: "The number of tokens.",
                content: [
                    .json(
                        .reference("TokenCount"),
                        examples: [
                            Operation.Example(
                                name: "count", summary: "A count",
                                value: ["object": "response.input_tokens", "input_tokens": 11]
                            )
                        ]
                    )
                ]
            ),
            refusal(400, "The body is no JSON, or not such a request; `previous_response_id` leads nowhere."),
            refusal(404, "The conversation is not known."),
            tooLarge,
            FailureForm.openResponses.tooMany,
            refusal(500, "The agent failed, or the server did."),
            FailureForm.openResponses.storeUnavailable,
        ],
        failures: .openResponses
    )

    private static let compactConversation = Operation(
        id: "compactConversation",
        method: .post,
        path: "/responses/compact",
        tag: .responses,
        summary: "Make a conversation shorter",
        description: """
            Takes a conversation and gives a shorter one that stands for it: the user's messages, and one item of type \
            `compaction`. Its `output` is meant to be the `input` of the next request, unchanged.
            """,
        parameters: [requestID],
        body: Operation.Body(
            description: "The conversation.",
            schema: .reference("CompactionRequest"),
            examples: [
                Operation.Example(
                    name: "conversation", summary: "A conversation",
                    value: [
                        "model": "agent",
                        "input": [
                            ["role": "user", "content": "Hello!"], ["role": "assistant", "content": "Hello, Ada."],
                        ],
                    ]
                )
            ]
        ),
        answers: [
            Operation.Answer(
                status: 200,
                description: "The shorter conversation.",
                content: [
                    .json(
                        .reference("CompactedConversation"),
                        examples: [
                            Operation.Example(name: "window", summary: "A conversation", value: compactedExample)
                        ]
                    )
                ]
            ),
            refusal(400, "The body is no JSON, or not such a request; a reference leads nowhere."),
            tooLarge,
            FailureForm.openResponses.tooMany,
            refusal(500, "The agent failed, or the server did."),
            FailureForm.openResponses.storeUnavailable,
        ],
        failures: .openResponses
    )
}

extension ServerDescription {
    /// The events of a response.
    static let eventStream = Operation.Content(
        mediaType: "text/event-stream",
        schema: frame(named: .reference("ResponseEvent")),
        examples: [
            Operation.Example(
                name: "stream", summary: "The last frames of a stream",
                value: """
                    event: response.output_text.done
                    data: {"type": "response.output_text.done", "sequence_number": 6, "item_id": "msg_1", …}

                    event: response.completed
                    data: {"type": "response.completed", "sequence_number": 9, "response": {"id": "resp_1", …}}

                    data: [DONE]


                    """
            )
        ]
    )

    /// An error answer in the form of Open Responses.
    static func refusal(_ status: Int, _ description: String) -> Operation.Answer {
        FailureForm.openResponses.answer(status, description)
    }

    static let tooLarge = refusal(413, "The body is too large.")
    static let storeUnavailable = FailureForm.openResponses.storeUnavailable
}
