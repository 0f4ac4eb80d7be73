import AgentJSON
import OpenResponses

extension ServerDescription {
    /// The events of a response, one in each frame of its stream.
    static let standardEventSchemas: Components = [
        "ResponseEvent": .any(
            "One event of a response; `type` tells which.",
            of: [
                .reference("ResponseStateEvent"), .reference("ItemEvent"), .reference("PartEvent"),
                .reference("SummaryPartEvent"), .reference("TextEvent"), .reference("RefusalEvent"),
                .reference("SummaryTextEvent"), .reference("AnnotationEvent"), .reference("ArgumentsEvent"),
                .reference("FailureEvent"), .reference("HostedEvent"), .reference("ExtensionEvent"),
            ]
        ),
        "ResponseStateEvent": event(
            """
            The response as a whole: it is there, it waits, the agent is at work, or it has ended. The last one is \
            what the same request answers without a stream.
            """,
            ["created", "queued", "in_progress", "completed", "incomplete", "failed"],
            [(key: "response", value: .reference("Response"))]
        ),
        "ItemEvent": event(
            "An item begins, or is complete. Where it begins, what comes in pieces is still empty.",
            ["output_item.added", "output_item.done"],
            [(key: "output_index", value: outputIndex), (key: "item", value: .reference("Item"))]
        ),
        "PartEvent": event(
            "A part of an item begins, or is complete.",
            ["content_part.added", "content_part.done"],
            place + [(key: "part", value: .reference("Part"))]
        ),
        "SummaryPartEvent": event(
            "A part of a summary of reasoning begins, or is complete.",
            ["reasoning_summary_part.added", "reasoning_summary_part.done"],
            summaryPlace + [(key: "part", value: .reference("Part"))]
        ),
        "TextEvent": event(
            "A further piece (`delta`) of a text or of reasoning, or all of it (`text`).",
            ["output_text.delta", "output_text.done", "reasoning.delta", "reasoning.done"],
            place,
            pieces(
                "text", more: [(key: "logprobs", value: .array("Tokens of the text.", of: .reference("LikelyToken")))]
            )
        ),
        "RefusalEvent": event(
            "A further piece (`delta`) of a refusal, or all of it (`refusal`).",
            ["refusal.delta", "refusal.done"], place, pieces("refusal")
        ),
        "SummaryTextEvent": event(
            "A further piece (`delta`) of a summary of reasoning, or all of it (`text`).",
            ["reasoning_summary_text.delta", "reasoning_summary_text.done"], summaryPlace, pieces("text")
        ),
        "AnnotationEvent": event(
            "A further annotation of a text.",
            ["output_text.annotation.added"],
            place + [
                (key: "annotation_index", value: index("The annotation's place among those of the text.")),
                (key: "annotation", value: .reference("Annotation")),
            ]
        ),
        "ArgumentsEvent": event(
            "A further piece (`delta`) of a call's arguments, or all of them (`arguments`).",
            ["function_call_arguments.delta", "function_call_arguments.done"],
            itemPlace, pieces("arguments")
        ),
        "FailureEvent": .object(
            "The agent failed. What was sent before stays valid; only `response.failed` follows.",
            [
                "type": .constant("error"),
                "sequence_number": sequenceNumber,
                "error": .object(
                    "The error.",
                    [
                        "type": .text("The kind of error, as in an error answer."),
                        "code": .text("The error, for programs."),
                        "message": .text("What happened."),
                        "param": .text("The place of the request that is at fault.").orNull,
                    ],
                    required: ["type", "code", "message", "param"]
                ),
                "code": .text("The same, for clients of MLflow."),
                "message": .text("The same, for clients of MLflow."),
                "param": .text("The same, for clients of MLflow.").orNull,
            ],
            required: ["type", "sequence_number", "error", "code", "message", "param"]
        ),
        "HostedEvent": .object(
            "An event that only OpenAI's servers make, as the agent wrote it.",
            [
                "type": .choice(KnownTypes.foreignEvents, "The kind of event."),
                "sequence_number": sequenceNumber,
            ],
            required: ["type", "sequence_number"]
        ),
        "ExtensionEvent": .object(
            """
            An event of somebody's own. `mlflow:trace` is the server's: it tells the `trace_id` where the request asked \
            for it.
            """,
            ["type": extensionType, "sequence_number": sequenceNumber],
            required: ["type", "sequence_number"]
        ),
    ]

    private typealias Members = [(key: String, value: Schema)]

    /// An event of the standard.
    ///
    /// - Parameters:
    ///   - types: Its types, less what all begin with.
    ///   - members: What it always has.
    ///   - more: What it has depending on its type.
    private static func event(
        _ description: String, _ types: [String], _ members: Members, _ more: Members = []
    ) -> Schema {
        let own: Members = [
            (key: "type", value: .choice(types.map { "response.\($0)" }, "The kind of event.")),
            (key: "sequence_number", value: sequenceNumber),
        ]
        return .object(description, members: own + members + more, required: (own + members).map(\.key))
    }

    /// A piece, or the whole.
    private static func pieces(_ whole: String, more: Members = []) -> Members {
        [(key: "delta", value: .text("The piece.")), (key: whole, value: .text("All of it."))] + more
    }

    private static let sequenceNumber = index("The event's place in the stream, from 0.")
    private static let outputIndex = index("The item's place in the output.")
    private static let itemPlace: Members = [
        (key: "item_id", value: .text("The item.")), (key: "output_index", value: outputIndex),
    ]
    private static let place = itemPlace + [(key: "content_index", value: index("The part's place in the item."))]
    private static let summaryPlace =
        itemPlace + [(key: "summary_index", value: index("The part's place in the summary."))]

    private static func index(_ description: String) -> Schema { .integer(description, atLeast: 0) }
}
