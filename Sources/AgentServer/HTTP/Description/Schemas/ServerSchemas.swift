import AgentJSON

extension ServerDescription {
    /// What a plain agent takes and gives: any JSON object.
    static let plainAgentSchemas: Components = [
        "InvocationRequest": .object(
            "Any JSON object; its meaning is the agent's. The agent does not see the field `stream`.",
            ["stream": .flag("Whether the answer comes as a stream of events.").orNull]
        ),
        "InvocationResponse": .dictionary("Any JSON object; its meaning is the agent's."),
        "InvocationEvent": .dictionary("Any JSON object; its meaning is the agent's."),
        "FailureNotice": failureNotice,
    ]

    /// What the server says of itself.
    static func serverSchemas(_ facts: Facts) -> Components {
        [
            "ErrorDetail": .object(
                "Why a call was not answered.",
                ["detail": .text("What happened.")],
                required: ["detail"]
            ),
            "Health": .object("The server's state.", ["status": .constant("healthy")], required: ["status"]),
            "AgentInfo": agentInfoSchema(facts),
        ]
    }

    private static func agentInfoSchema(_ facts: Facts) -> Schema {
        var members: [(key: String, value: Schema)] = [
            (key: "name", value: .text("The name of the app; `DATABRICKS_APP_NAME` where that is set.")),
            (key: "use_case", value: .constant("agent")),
            (key: "mlflow_version", value: .text("The version of MLflow that this server answers like.")),
        ]
        if facts.servesResponsesAgent { members.append((key: "agent_api", value: .constant("responses"))) }
        return .object("What is served here.", members: members, required: members.map(\.key))
    }
}
