import AgentJSON

extension ServerDescription {
    /// `POST /invocations` of a `ResponsesAgent`.
    static let invokeResponsesAgent = invocation(
        parameters: [traceID],
        body: Operation.Body(
            description: "The conversation, and how to answer it.",
            schema: .reference("InvocationRequest"),
            examples: [
                Operation.Example(
                    name: "question", summary: "A question",
                    value: ["input": [["role": "user", "content": "Hello!"]]]
                ),
                Operation.Example(
                    name: "stream", summary: "A question, answered as a stream",
                    value: ["input": [["role": "user", "content": "Hello!"]], "stream": true]
                ),
                Operation.Example(name: "function", summary: "A conversation with a function", value: functionExample),
            ]
        ),
        answer: responseExample,
        payload: .any(
            "What a frame carries.",
            of: [.reference("InvocationEvent"), .reference("TraceNotice"), .reference("FailureNotice")]
        ),
        stream: """
            data: {"type": "response.output_text.delta", "item_id": "msg_1", "delta": "Hello!"}

            data: {"type": "response.output_item.done", "item": \(responseExample["output"]?[0] ?? .null)}

            data: [DONE]


            """
    )

    /// `POST /invocations` of an agent that takes and gives any JSON object.
    static let invokePlainAgent = invocation(
        body: Operation.Body(
            description: "What the agent is asked.",
            schema: .reference("InvocationRequest"),
            examples: [
                Operation.Example(name: "question", summary: "A question", value: ["question": "Hello!"]),
                Operation.Example(
                    name: "stream", summary: "A question, answered as a stream",
                    value: ["question": "Hello!", "stream": true]
                ),
            ]
        ),
        answer: ["answer": "Hello!"],
        payload: .any("What a frame carries.", of: [.reference("InvocationEvent"), .reference("FailureNotice")]),
        stream: """
            data: {"answer": "Hello!"}

            data: [DONE]


            """
    )

    private static func invocation(
        parameters: [Operation.Parameter] = [], body: Operation.Body, answer: JSON, payload: Schema, stream: String
    ) -> Operation {
        Operation(
            id: "invokeAgent",
            method: .post,
            path: "/invocations",
            tag: .agent,
            summary: "Call the agent",
            description: """
                Answers at once with the whole response or, where the request says `"stream": true`, with the events \
                of the answer while the agent writes it.

                A stream has one frame for each event and ends with the frame `data: [DONE]`. An agent that fails in a \
                stream says so in a frame `{"error": "…"}`; the status is 200 by then.
                """,
            parameters: parameters + [requestID],
            body: body,
            answers: [
                Operation.Answer(
                    status: 200,
                    description: "The agent's answer: a JSON object, or a stream.",
                    content: [
                        .json(
                            .reference("InvocationResponse"),
                            examples: [Operation.Example(name: "answer", summary: "An answer", value: answer)]
                        ),
                        Operation.Content(
                            mediaType: "text/event-stream",
                            schema: frame(of: payload),
                            examples: [
                                Operation.Example(name: "stream", summary: "A stream", value: .string(stream))
                            ]
                        ),
                    ]
                ),
                FailureForm.mlflow.answer(400, "The body is no JSON, or not a request that the agent can take."),
                FailureForm.mlflow.answer(413, "The body is too large."),
                FailureForm.mlflow.tooMany,
                FailureForm.mlflow.answer(500, "The agent failed, or does not serve this kind of call."),
                FailureForm.mlflow.busy,
                FailureForm.mlflow.answer(504, "The agent took too long."),
            ]
        )
    }

    static let traceID = Operation.Parameter(
        name: "x-mlflow-return-trace-id",
        description: """
            `true` asks for the id of the call's trace: in `metadata` of a response, in the last frame \
            before `[DONE]` of a stream.
            """,
        example: "true"
    )

    static let requestID = Operation.Parameter(
        name: "x-request-id",
        description: """
            An id for the call, as the server's log should name it: at most 128 letters, digits, `-`, `_` \
            and `.`. The server makes one of its own where none of this form is given.
            """,
        example: "order-1815"
    )

    private static let responseExample: JSON = [
        "output": [
            [
                "type": "message", "id": "msg_1", "role": "assistant",
                "content": [["type": "output_text", "text": "Hello!"]],
            ]
        ]
    ]

    private static let functionExample: JSON = [
        "input": [
            ["role": "user", "content": "Is it warm in Oslo?"],
            ["type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{\"city\": \"Oslo\"}"],
            ["type": "function_call_output", "call_id": "call_1", "output": "21 °C"],
        ],
        "tools": [
            [
                "type": "function", "name": "weather", "description": "The weather in a city.",
                "parameters": [
                    "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
                ],
            ]
        ],
    ]
}
