import AgentJSON

extension ServerDescription {
    /// Parts of items as a request may hold them.
    static let newPartSchemas: Components = [
        "NewMessagePart": .any(
            "One part of a message. Agents may give out messages of anybody, with parts of any of these types.",
            of: [
                .reference("NewText"), .reference("NewImage"), .reference("NewFile"), .reference("Video"),
                .reference("NewOutputText"), .reference("Refusal"), .reference("ReasoningText"),
                .reference("ExtensionPart"),
            ]
        ),
        "FunctionOutputPart": .any(
            "One part of what a function returned.",
            of: [
                .reference("NewText"), .reference("NewImage"), .reference("NewFile"), .reference("Video"),
                .reference("ExtensionPart"),
            ]
        ),
        "NewReasoningPart": .any(
            "One part of reasoning, or of its summary.",
            of: [
                .reference("NewText"), .reference("NewOutputText"), .reference("ReasoningText"),
                .reference("ExtensionPart"),
            ]
        ),
        "NewText": .object(
            "Text.",
            ["type": .constant("input_text"), "text": .text("The text.", upTo: longestText)],
            required: ["type", "text"]
        ),
        "NewImage": .object(
            "An image.",
            [
                "type": .constant("input_image"),
                "image_url": .text("Where the image is; a `data:` URL holds it.", upTo: 20_971_520).orNull,
                "detail": imageDetail.orNull,
                "file_id": noFile,
            ],
            required: ["type"]
        ),
        "NewFile": .object(
            "A file, by its address or its content.",
            [
                "type": .constant("input_file"),
                "filename": .text("The file's name.").orNull,
                "file_data": .text("The file itself, as a `data:` URL.", upTo: 33_554_432).orNull,
                "file_url": .text("Where the file is.").orNull,
                "file_id": noFile,
            ],
            required: ["type"]
        ),
        "NewOutputText": .object(
            "Text of the agent.",
            [
                "type": .constant("output_text"),
                "text": .text("The text.", upTo: longestText),
                "annotations": .array("Where the text comes from.", of: .reference("NewAnnotation")).orNull,
            ],
            required: ["type", "text"]
        ),
        "NewAnnotation": .any(
            "A remark on a text.",
            of: [
                .object(
                    "A web page that the text rests on.",
                    [
                        "type": .constant("url_citation"),
                        "url": .text("The page's address.").orNull,
                        "title": .text("The page's title.").orNull,
                        "start_index": .integer("Where in the text the citation begins.", atLeast: 0).orNull,
                        "end_index": .integer("Where in the text the citation ends.", atLeast: 0).orNull,
                    ],
                    required: ["type"]
                ),
                .reference("OtherAnnotation"),
            ]
        ),
        "OtherAnnotation": .object(
            "A remark of any other kind. Handed on as it is.",
            ["type": .text(except: ["url_citation"], "The kind of remark, `file_citation` for example.")],
            required: ["type"]
        ),
        "Refusal": .object(
            "The agent declines to answer.",
            [
                "type": .constant("refusal"),
                "refusal": .text("The reason, in the agent's words.", upTo: longestText),
            ],
            required: ["type", "refusal"]
        ),
        "ReasoningText": .object(
            "Text of reasoning, or of its summary.",
            [
                "type": .choice(["reasoning_text", "summary_text", "text"], "What it belongs to."),
                "text": .text("The text.", upTo: longestText),
            ],
            required: ["type", "text"]
        ),
        "Video": .object(
            "A video.",
            ["type": .constant("input_video"), "video_url": .text("Where the video is.")],
            required: ["type", "video_url"]
        ),
        "ExtensionPart": .object(
            "A part of somebody's own. Handed on as it is.", ["type": extensionType], required: ["type"]
        ),
    ]

    /// How closely an image is to be looked at.
    static let imageDetail = Schema.choice(["low", "high", "auto"], "How closely to look.")

    private static let noFile = Schema.text(
        "A file's id, in items that an agent has made. This server keeps no files: send the data, or a URL."
    ).orNull
}
