import AgentJSON

extension ServerDescription {
    /// Items as the server gives them out.
    static let standardItemSchemas: Components = [
        "Item": .any("One item of a response.", of: items),
        "KeptItem": .any("One item as it is kept.", of: items + [.reference("ItemReference")]),
        "Message": .object(
            "A message.",
            [
                "type": .constant("message"),
                "id": itemID,
                "status": itemStatus,
                "role": .choice(["user", "assistant", "system", "developer"], "Who speaks."),
                "content": .array("The parts of the message, in order.", of: .reference("Part")),
                "phase": .choice(["commentary", "final_answer"], "Whether it was said on the way, or in the end."),
            ],
            required: ["type", "id", "status", "role", "content"]
        ),
        "FunctionCall": .object(
            "The agent asks for a call of a function. The client answers with an item `function_call_output`.",
            [
                "type": .constant("function_call"),
                "id": itemID,
                "status": itemStatus,
                "call_id": callID,
                "name": .text("The function's name."),
                "arguments": .text("The arguments: a JSON document as text."),
            ],
            required: ["type", "id", "status", "call_id", "name", "arguments"]
        ),
        "FunctionOutput": .object(
            "What a function returned.",
            [
                "type": .constant("function_call_output"),
                "id": itemID,
                "status": itemStatus,
                "call_id": callID,
                "output": .any(
                    "The output, as text or in parts.",
                    of: [.text("The whole output."), .array("The parts, in order.", of: .reference("Part"))]
                ),
            ],
            required: ["type", "id", "status", "call_id", "output"]
        ),
        "Reasoning": .object(
            "How the agent came to its answer.",
            [
                "type": .constant("reasoning"),
                "id": itemID,
                "status": itemStatus,
                "summary": .array("A summary, in parts.", of: .reference("Part")),
                "content": .array("The reasoning itself, in parts.", of: .reference("Part")),
                "encrypted_content": .text("The reasoning in a form that only its maker reads."),
            ],
            required: ["type", "id", "summary"]
        ),
        "Compaction": .object(
            "What stands for a longer conversation.",
            [
                "type": .constant("compaction"),
                "id": itemID,
                "status": itemStatus,
                "encrypted_content": .text("The conversation, in a form that only the server reads."),
            ],
            required: ["type", "id", "encrypted_content"]
        ),
        "HostedItem": .object(
            "An item as OpenAI's servers make them. Its other fields are handed on as they are.",
            ["type": hostedType, "id": itemID], required: ["type", "id"]
        ),
        "ExtensionItem": .object(
            "An item of somebody's own. Its other fields are handed on as they are.",
            [
                "type": extensionType,
                "id": itemID,
                "status": .text("How far the item has come."),
            ],
            required: ["type", "id", "status"]
        ),
    ]

    private static let items = [
        Schema.reference("Message"), .reference("FunctionCall"), .reference("FunctionOutput"), .reference("Reasoning"),
        .reference("Compaction"), .reference("HostedItem"), .reference("ExtensionItem"),
    ]

    static let itemID = Schema.text("The item's id.")

    /// Parts of items as the server gives them out.
    static let standardPartSchemas: Components = [
        "Part": .any(
            "One part of an item.",
            of: [
                .reference("OutputText"), .reference("Refusal"), .reference("NewText"), .reference("Image"),
                .reference("File"), .reference("Video"), .reference("ReasoningText"), .reference("ExtensionPart"),
            ]
        ),
        "OutputText": .object(
            "Text of the agent.",
            [
                "type": .constant("output_text"),
                "text": .text("The text."),
                "annotations": .array("Where the text comes from.", of: .reference("Annotation")),
                "logprobs": .array("The tokens of the text, with how likely they were.", of: .reference("LikelyToken")),
            ],
            required: ["type", "text", "annotations"]
        ),
        "Annotation": .any(
            "A remark on a text.",
            of: [
                .object(
                    "A web page that the text rests on.",
                    [
                        "type": .constant("url_citation"),
                        "url": .text("The page's address."),
                        "title": .text("The page's title."),
                        "start_index": .integer("Where in the text the citation begins."),
                        "end_index": .integer("Where in the text the citation ends."),
                    ],
                    required: ["type", "url", "title", "start_index", "end_index"]
                ),
                .reference("OtherAnnotation"),
            ]
        ),
        "LikelyToken": .object(
            "A token, with how likely it was.",
            [
                "token": .text("The token."),
                "logprob": .number("The logarithm of its probability."),
                "bytes": .array("Its bytes.", of: .integer("A byte.")),
            ],
            required: ["token", "logprob"]
        ),
        "Image": .object(
            "An image.",
            [
                "type": .constant("input_image"),
                "image_url": .text("Where the image is; a `data:` URL holds it.").orNull,
                "detail": imageDetail,
            ],
            required: ["type", "image_url", "detail"]
        ),
        "File": .object(
            "A file, by its address or its content.",
            [
                "type": .constant("input_file"),
                "filename": .text("The file's name."),
                "file_data": .text("The file itself, as a `data:` URL.").orNull,
                "file_url": .text("Where the file is."),
            ],
            required: ["type"]
        ),
    ]
}
