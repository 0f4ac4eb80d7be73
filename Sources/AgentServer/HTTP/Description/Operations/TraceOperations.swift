import AgentJSON

extension ServerDescription {
    /// What can be done with traces.
    static let traceOperations = [listTraces, getTrace, tracesPage]

    /// `GET /traces`
    private static let listTraces = Operation(
        id: "listTraces",
        method: .get,
        path: "/traces",
        tag: .traces,
        summary: "What has the agent done?",
        description: """
            The newest traces first, those that go on among them. Everybody sees the traces of calls in their own name; an \
            administrator's key shows all. Where the server asks for no key, it shows traces to its own machine only, and \
            answers others with 403.
            """,
        parameters: [
            query("limit", "How many traces at most.", .integer("Traces.", 1...100).with(["default": 20])),
            query("after", "The `last_id` of the page before.", .text("The `id` of a trace.")),
            query("session", "Traces of one session only.", .text("A session.")),
            query(
                "state", "Traces of one state only.", .choice(["OK", "ERROR", "IN_PROGRESS"], "A state."),
                example: "ERROR"
            ),
            query("from", "The earliest time of a request.", time, example: "2026-01-31T12:00:00Z"),
            query("to", "The latest time of a request.", time),
        ],
        answers: [
            Operation.Answer(
                status: 200, description: "A page of traces.", content: [.json(.reference("TraceList"))],
                links: [Operation.Link(operation: "getTrace", parameters: ["trace_id": "$response.body#/first_id"])]
            ),
            FailureForm.mlflow.answer(400, "A part of the query cannot be used; the answer names it."),
            notKept, unavailable,
        ]
    )

    /// `GET /traces/{trace_id}`
    private static let getTrace = Operation(
        id: "getTrace",
        method: .get,
        path: "/traces/{trace_id}",
        tag: .traces,
        summary: "What happened in a call?",
        description: """
            One trace with its spans, in MLflow's words. One that goes on is shown as it stands. Calls that go on with one \
            caller's trace (`traceparent`) share the caller's id; each of them is found by its own `id`. By the bare \
            `trace_id`, the call is found that began the trace, or the newest of those that the asker may see. Errors of \
            which the client was not told read `Internal error` to everybody but administrators and the machine of a server \
            without keys.
            """,
        parameters: [
            Operation.Parameter(
                place: .path, name: "trace_id",
                description: "The `id` of a trace in a list, or its `trace_id`; with or without `tr-`.",
                schema: .text("A trace's id.")
            )
        ],
        answers: [
            Operation.Answer(status: 200, description: "The trace.", content: [.json(.reference("Trace"))]),
            notKept, unavailable,
        ]
    )

    /// `GET /traces/ui`
    private static let tracesPage = Operation(
        id: "getTracesPage",
        method: .get,
        path: "/traces/ui",
        tag: .traces,
        summary: "Traces, to look at",
        description: """
            A page that shows traces, also while they go on. Needs nothing but this server; asks for a key where the server \
            does.
            """,
        answers: [
            Operation.Answer(
                status: 200, description: "The page.",
                content: [Operation.Content(mediaType: "text/html", schema: .text("The page."))]
            )
        ],
        isOpen: true
    )

    private static let time = Schema.text("RFC 3339, or milliseconds since 1970.")

    private static let notKept = FailureForm.mlflow.answer(404, "There is no such trace, or none are kept here.")

    private static let unavailable = FailureForm.mlflow.storeUnavailable

    private static func query(
        _ name: String, _ description: String, _ schema: Schema, example: JSON = .null
    ) -> Operation.Parameter {
        Operation.Parameter(place: .query, name: name, description: description, schema: schema, example: example)
    }
}
