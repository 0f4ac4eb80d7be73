import AgentJSON

extension ServerDescription {
    /// The parts of messages, and the annotations of texts.
    static let contentSchemas: Components = [
        "InputPart": .typed(
            "One part of a message to the agent; `type` tells which.",
            as: [
                "input_text": "InputTextPart",
                "input_image": "InputImagePart",
                "input_file": "InputFilePart",
                "output_text": "OutputTextPart",
            ]
        ),
        "InputTextPart": .object(
            "Text.",
            [
                "type": .constant("input_text"),
                "text": .text("The text."),
            ],
            required: ["type", "text"]
        ),
        "InputImagePart": .object(
            "An image, by its address or its file. Handed to the agent as it is.",
            [
                "type": .constant("input_image"),
                "image_url": .text("Where the image is; a `data:` URL holds it.").orNull,
                "file_id": .text("The file that holds the image.").orNull,
                "detail": .text("How closely to look: `low`, `high` or `auto`.").orNull,
            ],
            required: ["type"]
        ),
        "InputFilePart": .object(
            "A file, by its id, its address or its content. Handed to the agent as it is.",
            [
                "type": .constant("input_file"),
                "file_id": .text("The file's id.").orNull,
                "file_url": .text("Where the file is.").orNull,
                "file_data": .text("The file itself, as a `data:` URL.").orNull,
                "filename": .text("The file's name.").orNull,
            ],
            required: ["type"]
        ),
        "OutputPart": .typed(
            "One part of a message of the agent; `type` tells which.",
            as: [
                "output_text": "OutputTextPart",
                "refusal": "RefusalPart",
            ]
        ),
        "OutputTextPart": .object(
            "Text of the agent.",
            [
                "type": .constant("output_text"),
                "text": .text("The text."),
                "annotations": .array("Where the text comes from.", of: .reference("TextAnnotation")),
            ],
            required: ["type", "text"]
        ),
        "RefusalPart": .object(
            "The agent declines to answer.",
            [
                "type": .constant("refusal"),
                "refusal": .text("The reason, in the agent's words."),
            ],
            required: ["type", "refusal"]
        ),
        "TextAnnotation": .typed(
            "A remark on a text; `type` tells which.",
            as: [
                "url_citation": "WebCitation",
                "file_citation": "FileCitation",
                "file_path": "FilePathAnnotation",
            ]
        ),
        "WebCitation": .object(
            "A web page that the text rests on.",
            [
                "type": .constant("url_citation"),
                "url": .text("The page's address."),
                "title": .text("The page's title."),
                "start_index": .integer("Where in the text the citation begins.").orNull,
                "end_index": .integer("Where in the text the citation ends.").orNull,
            ],
            required: ["type", "url", "title"]
        ),
        "FileCitation": .object(
            "A file that the text rests on.",
            [
                "type": .constant("file_citation"),
                "file_id": .text("The file's id."),
                "index": .integer("Where in the text the citation stands."),
            ],
            required: ["type", "file_id", "index"]
        ),
        "FilePathAnnotation": .object(
            "A file that the agent made.",
            [
                "type": .constant("file_path"),
                "file_id": .text("The file's id."),
                "index": .integer("Where in the text the path stands."),
            ],
            required: ["type", "file_id", "index"]
        ),
    ]
}
