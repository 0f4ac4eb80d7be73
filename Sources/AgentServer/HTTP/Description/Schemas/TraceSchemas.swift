import AgentJSON

extension ServerDescription {
    /// What is shown of traces.
    static let traceSchemas: Components = [
        "TraceList": .object(
            "A page of traces, the newest first.",
            [
                "object": .constant("list"),
                "data": .array("The traces.", of: .reference("TraceInfo")),
                "first_id": .text("The first trace's id.").orNull,
                "last_id": .text("The last trace's id, for the next page's `after`.").orNull,
                "has_more": .flag("Whether further traces follow."),
            ],
            required: ["object", "data", "first_id", "last_id", "has_more"]
        ),
        "TraceInfo": .object("A trace.", members: traceInfo, required: traceInfo.map(\.key)),
        "Trace": .object(
            "A trace with its spans.",
            members: traceInfo + [
                (key: "client_request_id", value: .text("The client's own id of the request.")),
                (key: "trace_metadata", value: .dictionary("Labels that stay.", of: .text("A label."))),
                (key: "tags", value: .dictionary("Labels that can be changed.", of: .text("A label."))),
                (key: "dropped_spans", value: .integer("Spans that were left out because there were too many.")),
                (
                    key: "public_status",
                    value: .text(
                        "What the client was told of a failure: others than administrators read it as the root's.")
                ),
                (key: "spans", value: .array("The root, then the others as they began.", of: .reference("Span"))),
            ],
            required: traceInfo.map(\.key) + ["trace_metadata", "tags", "spans"]
        ),
        "Span": .object(
            "A step of the agent's work.",
            [
                "span_id": .text("The span's id."),
                "parent_span_id": .text("The span that it is a part of.").orNull,
                "name": .text("What it is called."),
                "span_type": .text("What kind of work it is: `TOOL`, `CHAT_MODEL`, `RETRIEVER` and others."),
                "start_time_unix_nano": .integer("When it began, in nanoseconds since 1970."),
                "end_time_unix_nano": .integer("When it ended; null while it goes on.").orNull,
                "status": .object(
                    "How it ended.",
                    [
                        "code": .choice(["OK", "ERROR", "UNSET"], "`UNSET` while it goes on."),
                        "message": .text("What it failed with, as far as the asker may know."),
                    ],
                    required: ["code"]
                ),
                "attributes": .dictionary("All that is said of it, `mlflow.spanInputs` for example."),
                "events": .array("What happened meanwhile.", of: .reference("SpanEvent")),
                "links": .array("Spans that have to do with it.", of: .dictionary("Its trace, its id, attributes.")),
            ],
            required: [
                "span_id", "parent_span_id", "name", "span_type", "start_time_unix_nano", "end_time_unix_nano",
                "status", "attributes", "events",
            ]
        ),
        "SpanEvent": .object(
            "Something that happened while a span was open.",
            [
                "name": .text("What; `exception` for an error."),
                "time_unix_nano": .integer("When, in nanoseconds since 1970."),
                "attributes": .dictionary("All that is said of it."),
            ],
            required: ["name", "time_unix_nano", "attributes"]
        ),
    ]

    private static let traceInfo: [(key: String, value: Schema)] = [
        (
            key: "id",
            value: .text(
                "What the trace is found by: its `trace_id`; `:` and the 16 digits of its root span follow where it goes on "
                    + "with a caller's trace.")
        ),
        (key: "object", value: .constant("trace")),
        (key: "trace_id", value: .text("The trace's id as MLflow has it: `tr-` and 32 digits.")),
        (key: "name", value: .text("The name of its root span.")),
        (key: "state", value: .choice(["OK", "ERROR", "IN_PROGRESS"], "How it ended, if it has.")),
        (key: "request_time", value: .text("When the request came, in UTC (RFC 3339).")),
        (key: "execution_duration", value: .text("How long it took, as MLflow writes it: `1.5s`.")),
        (key: "execution_duration_ms", value: .integer("The same in milliseconds; so far, while it goes on.")),
        (key: "session", value: .text("The session that it belongs to.").orNull),
        (key: "user", value: .text("The user whom the agent worked for.").orNull),
        (key: "request_preview", value: .text("The last words of the request.").orNull),
        (key: "response_preview", value: .text("The last words of the response.").orNull),
        (
            key: "token_usage",
            value: .object(
                "The tokens of all models.",
                [
                    "input_tokens": .integer("Tokens read."), "output_tokens": .integer("Tokens written."),
                    "total_tokens": .integer("All of them."),
                ],
                required: ["input_tokens", "output_tokens", "total_tokens"]
            ).orNull
        ),
    ]
}
