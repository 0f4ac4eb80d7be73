import AgentJSON

// The models of output items and their parts.

extension MLflowValidation.Model {
    static let outputItem = MLflowValidation.Model(
        "OutputItem",
        keepsUnknown: true,
        [.required("type", .text)],
        rules: [("type", .variant(.item))]
    )

    static let outputMessage = MLflowValidation.Model(
        "ResponseOutputMessage",
        [
            .optional("status", .text),
            .required("id", .text),
            .required("content", .list(.model(content))),
            .defaulted("role", .text, "assistant"),
            .defaulted("type", .text, "message"),
        ],
        rules: [("status", .itemStatus), ("role", .assistantRole), ("content", .notEmpty)]
    )

    static let content = MLflowValidation.Model(
        "Content",
        keepsUnknown: true,
        [.required("type", .text)],
        rules: [("type", .variant(.content))]
    )

    static let outputText = MLflowValidation.Model(
        "ResponseOutputText",
        [
            .defaulted("annotations", .list(.model(annotation)), []),
            .required("text", .text),
            .defaulted("type", .text, "output_text"),
        ]
    )

    static let refusal = MLflowValidation.Model(
        "ResponseOutputRefusal",
        [.required("refusal", .text), .defaulted("type", .text, "refusal")]
    )

    static let annotation = MLflowValidation.Model(
        "Annotation",
        keepsUnknown: true,
        [.required("type", .text)],
        rules: [("type", .variant(.annotation))]
    )

    static let urlCitation = MLflowValidation.Model(
        "AnnotationURLCitation",
        [
            .optional("end_index", .integer),
            .optional("start_index", .integer),
            .required("title", .text),
            .defaulted("type", .text, "url_citation"),
            .required("url", .text),
        ]
    )

    static let fileCitation = MLflowValidation.Model(
        "AnnotationFileCitation",
        [.required("file_id", .text), .required("index", .integer), .defaulted("type", .text, "file_citation")]
    )

    static let filePath = MLflowValidation.Model(
        "AnnotationFilePath",
        [.required("file_id", .text), .required("index", .integer), .defaulted("type", .text, "file_path")]
    )

    static let functionCall = MLflowValidation.Model(
        "ResponseFunctionToolCall",
        [
            .optional("status", .text),
            .required("arguments", .text),
            .required("call_id", .text),
            .required("name", .text),
            .defaulted("type", .text, "function_call"),
            .optional("id", .text),
        ],
        rules: [("status", .itemStatus)]
    )

    static let functionCallOutput = MLflowValidation.Model(
        "FunctionCallOutput",
        [
            .optional("status", .text),
            .required("call_id", .text),
            .required("output", .either([.text, .list(.object)])),
            .defaulted("type", .text, "function_call_output"),
        ],
        rules: [("status", .itemStatus)]
    )

    static let reasoningItem = MLflowValidation.Model(
        "ResponseReasoningItem",
        [
            .optional("status", .text),
            .required("id", .text),
            .required("summary", .list(.model(summary))),
            .defaulted("type", .text, "reasoning"),
        ],
        rules: [("status", .itemStatus)]
    )

    static let summary = MLflowValidation.Model(
        "Summary",
        [.required("text", .text), .defaulted("type", .text, "summary_text")]
    )

    static let approvalRequest = MLflowValidation.Model(
        "McpApprovalRequest",
        [
            .optional("status", .text),
            .required("id", .text),
            .required("arguments", .text),
            .required("name", .text),
            .required("server_label", .text),
            .defaulted("type", .text, "mcp_approval_request"),
        ],
        rules: [("status", .itemStatus)]
    )

    static let approvalResponse = MLflowValidation.Model(
        "McpApprovalResponse",
        [
            .optional("status", .text),
            .required("approval_request_id", .text),
            .required("approve", .flag),
            .defaulted("type", .text, "mcp_approval_response"),
            .optional("id", .text),
            .optional("reason", .text),
        ],
        rules: [("status", .itemStatus)]
    )
}
