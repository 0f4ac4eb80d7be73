import AgentJSON

extension ServerDescription {
    /// `GET /health`
    static let health = Operation(
        id: "getHealth",
        method: .get,
        path: "/health",
        tag: .server,
        summary: "Is the server up?",
        description: "Answered by the server itself, however busy the agent is.",
        answers: [
            Operation.Answer(
                status: 200,
                description: "The server is up.",
                content: [
                    .json(
                        .reference("Health"),
                        examples: [Operation.Example(name: "up", summary: "Up", value: ["status": "healthy"])]
                    )
                ]
            )
        ],
        isOpen: true
    )

    /// `GET /agent/info`
    static func agentInfo(_ facts: Facts) -> Operation {
        var example: JSONObject = [
            "name": "mlflow_agent_server", "use_case": "agent", "mlflow_version": "3.17.2",
        ]
        if facts.servesResponsesAgent { example["agent_api"] = "responses" }
        return Operation(
            id: "getAgentInfo",
            method: .get,
            path: "/agent/info",
            tag: .agent,
            summary: "What is served here?",
            description: "The app's name and the kind of agent, as MLflow's server tells them.",
            answers: [
                Operation.Answer(
                    status: 200,
                    description: "The agent.",
                    content: [
                        .json(
                            .reference("AgentInfo"),
                            examples: [Operation.Example(name: "agent", summary: "An agent", value: .object(example))]
                        )
                    ]
                )
            ]
        )
    }

    /// `GET /metrics`
    static let metrics = Operation(
        id: "getMetrics",
        method: .get,
        path: "/metrics",
        tag: .server,
        summary: "What is measured",
        description: """
            What the server has measured of itself, and the agent by swift-metrics, in the text format of Prometheus. With \
            workers, the numbers of all.
            """,
        answers: [
            Operation.Answer(
                status: 200,
                description: "The metrics.",
                content: [Operation.Content(mediaType: "text/plain", schema: .text("Metrics, in lines."))]
            ),
            FailureForm.mlflow.answer(404, "The program sends its metrics elsewhere."),
        ]
    )

    /// `GET /openapi.json`
    static let document = Operation(
        id: "getDocument",
        method: .get,
        path: "/openapi.json",
        tag: .server,
        summary: "This description",
        description: "The server's OpenAPI document.",
        answers: [
            Operation.Answer(
                status: 200,
                description: "The document.",
                content: [.json(.dictionary("An OpenAPI document, version 3.1."))]
            )
        ],
        isOpen: true
    )

    /// `GET /docs`
    static let page = Operation(
        id: "getPage",
        method: .get,
        path: "/docs",
        tag: .server,
        summary: "This description, to read and to try",
        description: "A page that shows the OpenAPI document and sends requests. Needs nothing but this server.",
        answers: [
            Operation.Answer(
                status: 200,
                description: "The page.",
                content: [Operation.Content(mediaType: "text/html", schema: .text("The page."))]
            )
        ],
        isOpen: true
    )
}
