import AgentJSON

// The models of a response and of stream events.

extension MLflowValidation.Model {
    /// What an agent answers with.
    static let response = MLflowValidation.Model(
        "ResponsesAgentResponse",
        responseFields + [.optional("custom_outputs", .object)]
    )

    static let responseFields: [MLflowValidation.Field] = [
        .optional("tool_choice", .either([.text, .model(toolChoiceFunction)])),
        .optional("truncation", .text),
        .optional("id", .text),
        .optional("created_at", .number),
        .optional("error", .model(responseError)),
        .optional("incomplete_details", .model(incompleteDetails)),
        .optional("instructions", .text),
        .optional("metadata", .texts),
        .optional("model", .text),
        .defaulted("object", .text, "response"),
        .required("output", .list(.model(outputItem))),
        .optional("parallel_tool_calls", .flag),
        .optional("temperature", .number),
        .optional("tools", .list(.model(tool))),
        .optional("top_p", .number),
        .optional("max_output_tokens", .integer),
        .optional("previous_response_id", .text),
        .optional("reasoning", .model(reasoningParameters)),
        .optional("status", .text),
        .optional("text", .anything),
        .optional("usage", .model(usage)),
        .optional("user", .text),
    ]

    static let responseError = MLflowValidation.Model(
        "ResponseError",
        [.optional("code", .text), .required("message", .text)]
    )

    static let incompleteDetails = MLflowValidation.Model(
        "IncompleteDetails",
        [.optional("reason", .text)]
    )

    static let usage = MLflowValidation.Model(
        "ResponseUsage",
        [
            .required("input_tokens", .integer),
            .required(
                "input_tokens_details",
                .model(.init("InputTokensDetails", [.required("cached_tokens", .integer)]))
            ),
            .required("output_tokens", .integer),
            .required(
                "output_tokens_details",
                .model(.init("OutputTokensDetails", [.required("reasoning_tokens", .integer)]))
            ),
            .required("total_tokens", .integer),
        ]
    )

    /// One event of a stream. Events of types that are not listed may hold anything.
    static let streamEvent = MLflowValidation.Model(
        "ResponsesAgentStreamEvent",
        keepsUnknown: true,
        [.required("type", .text), .optional("custom_outputs", .object)],
        rules: [("type", .variant(.event))]
    )

    static let textDelta = MLflowValidation.Model(
        "ResponseTextDeltaEvent",
        [
            .optional("content_index", .integer),
            .required("delta", .text),
            .required("item_id", .text),
            .optional("output_index", .integer),
            .defaulted("type", .text, "response.output_text.delta"),
        ]
    )

    static let annotationAdded = MLflowValidation.Model(
        "ResponseTextAnnotationDeltaEvent",
        [
            .required("annotation", .model(annotation)),
            .required("annotation_index", .integer),
            .optional("content_index", .integer),
            .required("item_id", .text),
            .optional("output_index", .integer),
            .defaulted("type", .text, "response.output_text.annotation.added"),
        ]
    )

    static let itemDone = MLflowValidation.Model(
        "ResponseOutputItemDoneEvent",
        [
            .required("item", .model(outputItem)),
            .optional("output_index", .integer),
            .defaulted("type", .text, "response.output_item.done"),
        ]
    )

    static let completed = MLflowValidation.Model(
        "ResponseCompletedEvent",
        [
            .required("response", .model(.init("Response", responseFields))),
            .defaulted("type", .text, "response.completed"),
        ]
    )

    static let errorEvent = MLflowValidation.Model(
        "ResponseErrorEvent",
        [
            .optional("code", .text),
            .required("message", .text),
            .optional("param", .text),
            .defaulted("type", .text, "error"),
        ]
    )
}
