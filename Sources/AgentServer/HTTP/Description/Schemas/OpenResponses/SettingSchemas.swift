import AgentJSON
import OpenResponses

extension ServerDescription {
    /// Tools and settings, as requests give them and as responses repeat them.
    static let settingSchemas: Components = [
        "Tool": .any("A tool.", of: [.reference("FunctionTool"), .reference("ExtensionTool")]),
        "FunctionTool": .object(
            "A function of the client.",
            [
                "type": .constant("function"),
                "name": functionName,
                "description": .text("What the function does.").orNull,
                "parameters": .dictionary("A JSON Schema of the arguments.").orNull,
                "strict": .flag("Whether arguments must match the schema exactly.").orNull,
            ],
            required: ["type", "name"]
        ),
        "ExtensionTool": .object(
            "A tool of somebody's own. Its other fields are handed on as they are.",
            ["type": extensionType], required: ["type"]
        ),
        "ToolChoice": .any(
            "Which tools may or must be used.",
            of: [
                .choice(["auto", "none", "required"], "Any, none, or at least one."),
                .reference("FunctionChoice"),
                .reference("AllowedTools"),
            ]
        ),
        "FunctionChoice": .object(
            "This function, which is among the tools.",
            ["type": .constant("function"), "name": .text("The function's name.")],
            required: ["type", "name"]
        ),
        "AllowedTools": .object(
            "No function but these, which are among the tools.",
            [
                "type": .constant("allowed_tools"),
                "tools": .array("The functions.", of: .reference("FunctionChoice")).with([
                    "minItems": 1, "maxItems": 128,
                ]),
                "mode": Schema.choice(["auto", "none", "required"], "Any, none, or at least one.").orNull,
            ],
            required: ["type", "tools"]
        ),
        "TextRequest": .object(
            "How text is to be written.",
            [
                "format": .any(
                    "Its form.",
                    of: [.reference("PlainFormat"), .reference("SchemaFormatRequest"), .reference("ObjectFormat")]
                ).orNull,
                "verbosity": verbosity.orNull,
            ]
        ),
        "TextSettings": .object(
            "How text was to be written.",
            [
                "format": .any(
                    "Its form.",
                    of: [.reference("PlainFormat"), .reference("SchemaFormat"), .reference("ObjectFormat")]
                ),
                "verbosity": verbosity,
            ],
            required: ["format"]
        ),
        "PlainFormat": .object("Plain text.", ["type": .constant("text")], required: ["type"]),
        "ObjectFormat": .object("Any JSON object.", ["type": .constant("json_object")], required: ["type"]),
        "SchemaFormatRequest": .object(
            "JSON of a certain form.",
            [
                "type": .constant("json_schema"),
                "name": .text("The form's name."),
                "description": .text("What it is for.").orNull,
                "schema": .dictionary("A JSON Schema.").orNull,
                "strict": .flag("Whether the answer must match the schema exactly.").orNull,
            ],
            required: ["type", "name"]
        ),
        "SchemaFormat": .object(
            "JSON of a certain form.",
            [
                "type": .constant("json_schema"),
                "name": .text("The form's name."),
                "description": .text("What it is for.").orNull,
                "schema": Schema(["type": "null", "description": "The standard has no place for it in a response."]),
                "strict": .flag("Whether the answer must match the schema exactly."),
            ],
            required: ["type", "name", "description", "schema", "strict"]
        ),
        "ReasoningRequest": .object(
            "How much the agent should reason, and tell of it.", ["effort": effort, "summary": summary]
        ),
        "ReasoningSetting": .object(
            "How much the agent was to reason, and to tell of it.", ["effort": effort, "summary": summary],
            required: ["effort", "summary"]
        ),
    ]

    /// The name of a function.
    static let functionName = Schema.text("The function's name: 1 to 64 letters, digits, `_` or `-`.")
        .with(["pattern": "^[A-Za-z0-9_-]{1,64}$"])

    /// A type that somebody made for themselves.
    static let extensionType = Schema.text("The type, with its maker's prefix: `prefix:name`.")
        .with([
            "pattern": "^[A-Za-z0-9_.-]+:[A-Za-z0-9_.:-]+$",
            "maxLength": .number(JSONNumber(KnownTypes.extensionLimit)),
        ])

    private static let verbosity = Schema.choice(["low", "medium", "high"], "How much to say.")
    private static let effort = Schema.choice(
        ["none", "minimal", "low", "medium", "high", "xhigh"], "How much to reason."
    ).orNull
    private static let summary = Schema.choice(["concise", "detailed", "auto"], "How much of it to tell.").orNull
}
