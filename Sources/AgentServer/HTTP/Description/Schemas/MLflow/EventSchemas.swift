import AgentJSON

extension ServerDescription {
    /// What a `ResponsesAgent` answers to a streamed call, frame by frame.
    static let eventSchemas: Components = [
        "InvocationEvent": .any(
            "One event of the answer, while it is written.",
            of: [
                .reference("TextDeltaEvent"),
                .reference("AnnotationAddedEvent"),
                .reference("ItemDoneEvent"),
                .reference("ResponseCompletedEvent"),
                .reference("ErrorEvent"),
                .reference("OtherEvent"),
            ]
        ),
        "TextDeltaEvent": event(
            "A further piece of a message's text.",
            type: "response.output_text.delta",
            [
                "item_id": .text("The message."),
                "delta": .text("The piece."),
                "content_index": .integer("The part of the message.").orNull,
                "output_index": .integer("The item's place in the output.").orNull,
            ],
            required: ["item_id", "delta"]
        ),
        "AnnotationAddedEvent": event(
            "A further annotation of a message's text.",
            type: "response.output_text.annotation.added",
            [
                "item_id": .text("The message."),
                "annotation": .reference("TextAnnotation"),
                "annotation_index": .integer("The annotation's place among those of the text."),
                "content_index": .integer("The part of the message.").orNull,
                "output_index": .integer("The item's place in the output.").orNull,
            ],
            required: ["item_id", "annotation", "annotation_index"]
        ),
        "ItemDoneEvent": event(
            "An item that is complete.",
            type: "response.output_item.done",
            [
                "item": .reference("OutputItem"),
                "output_index": .integer("The item's place in the output.").orNull,
            ],
            required: ["item"]
        ),
        "ResponseCompletedEvent": event(
            "The whole response.",
            type: "response.completed",
            ["response": .reference("InvocationResponse")],
            required: ["response"]
        ),
        "ErrorEvent": event(
            "The agent reports an error.",
            type: "error",
            [
                "message": .text("What happened."),
                "code": .text("The kind of error.").orNull,
                "param": .text("The field of the request that is at fault.").orNull,
            ],
            required: ["message"]
        ),
        "OtherEvent": .object(
            "An event of any other type, as the agent wrote it.",
            [
                "type": .text(
                    except: [
                        "response.output_text.delta", "response.output_text.annotation.added",
                        "response.output_item.done", "response.completed", "error",
                    ],
                    "The kind of event, `response.function_call_arguments.delta` for example."
                ),
                "custom_outputs": customOutputs,
            ],
            required: ["type"]
        ),
        "TraceNotice": .object(
            "The id of the call's trace, where the request asked for it. Comes last.",
            ["trace_id": .text("The trace's id.")],
            required: ["trace_id"]
        ),
        "FailureNotice": failureNotice,
    ]

    /// The notice that ends a stream whose agent failed.
    static let failureNotice = Schema.object(
        "The agent failed. What was sent before stays valid; nothing but `[DONE]` follows.",
        ["error": .text("What happened.")],
        required: ["error"]
    )

    private static let customOutputs = Schema.dictionary("Anything else the agent says at this point.").orNull

    private static func event(
        _ description: String, type: String, _ members: KeyValuePairs<String, Schema>, required: [String]
    ) -> Schema {
        let all =
            [(key: "type", value: Schema.constant(type))] + members + [(key: "custom_outputs", value: customOutputs)]
        return .object(description, members: all, required: ["type"] + required)
    }
}
