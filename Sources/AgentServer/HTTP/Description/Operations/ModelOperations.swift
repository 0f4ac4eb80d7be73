import AgentJSON

extension ServerDescription {
    /// The agents of the server, as clients of model servers look for them.
    static let modelOperations = [
        Operation(
            id: "listModels",
            method: .get,
            path: "/models",
            tag: .models,
            summary: "Which agents are there?",
            description: """
                The agents of this server. A request names one of them in `model`; any other name leads to the first.
                """,
            answers: [
                Operation.Answer(
                    status: 200, description: "The agents.",
                    content: [
                        .json(
                            .reference("ModelList"),
                            examples: [
                                Operation.Example(
                                    name: "list", summary: "One agent",
                                    value: ["object": "list", "data": [modelExample]]
                                )
                            ]
                        )
                    ]
                )
            ],
            failures: .openResponses
        ),
        Operation(
            id: "getModel",
            method: .get,
            path: "/models/{model}",
            tag: .models,
            summary: "Is there such an agent?",
            description: "One agent of this server.",
            parameters: [
                Operation.Parameter(place: .path, name: "model", description: "The agent's name.", example: "agent")
            ],
            answers: [
                Operation.Answer(
                    status: 200, description: "The agent.",
                    content: [
                        .json(
                            .reference("Model"),
                            examples: [Operation.Example(name: "agent", summary: "An agent", value: modelExample)]
                        )
                    ]
                ),
                refusal(404, "There is no such agent."),
            ],
            failures: .openResponses
        ),
    ]

    private static let modelExample: JSON = [
        "id": "agent", "object": "model", "created": 0, "owned_by": "agent-server",
    ]
}
