/// The types of items, events and tools by their names.
///
/// Beside the types of the Open Responses standard there are those that only OpenAI defines, which clients know by
/// their plain names: they pass, though the server makes none of them itself. Everybody else's are written
/// `prefix:name`. Any other name is a mistake.
public enum KnownTypes {
    /// Whether items of this type are the standard's own.
    public static func isStandardItem(_ type: String) -> Bool {
        switch type {
        case "message", "function_call", "function_call_output", "reasoning", "compaction": true
        default: false
        }
    }

    /// Whether only OpenAI defines items of this type.
    public static func isItem(_ type: String) -> Bool {
        items.contains(type)
    }

    /// Whether events of this type are the standard's own.
    public static func isStandardEvent(_ type: String) -> Bool {
        standardEvents.contains(type)
    }

    /// Whether only OpenAI defines events of this type.
    public static func isEvent(_ type: String) -> Bool {
        events.contains(type)
    }

    /// How many characters an extension's type may have.
    public static let extensionLimit = 128

    /// Whether a type is an extension of somebody's: `prefix:name`, the prefix of letters, digits, `_`, `.` and `-`, the
    /// name of these and colons.
    ///
    /// Nothing else, for an event's type is the name of its frame, which has no escapes: a line feed in it would begin
    /// another frame.
    public static func isExtension(_ type: String) -> Bool {
        let bytes = type.utf8
        guard bytes.count <= extensionLimit, let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            colon != bytes.startIndex, bytes.index(after: colon) != bytes.endIndex
        else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"): true
            default: byte.isLetterOrDigit
            }
        }
    }

    /// Whether a tool of this type is one that OpenAI's servers run themselves, or understand beside functions.
    static func isForeignTool(_ type: String) -> Bool {
        foreignTools.contains(type)
    }

    /// The types of items that only OpenAI defines.
    package static var foreignItems: [String] { items.sorted() }

    /// The types of events that only OpenAI defines, as clients get to see them.
    package static var foreignEvents: [String] {
        events.subtracting(["response.reasoning_text.delta", "response.reasoning_text.done"]).sorted()
    }

    // What a client orders in the form of an item (`additional_tools`, `compaction_trigger`, `configuration_update`)
    // is not among these: nobody would act on it.
    private static let items: Set<String> = [
        "apply_patch_call", "apply_patch_call_output", "code_interpreter_call", "computer_call",
        "computer_call_output", "custom_tool_call", "custom_tool_call_output", "file_search_call",
        "image_generation_call", "local_shell_call", "local_shell_call_output", "mcp_approval_request",
        "mcp_approval_response", "mcp_call", "mcp_list_tools", "program", "program_output", "shell_call",
        "shell_call_output", "tool_search_call", "tool_search_output", "web_search_call",
    ]

    private static let standardEvents: Set<String> = [
        "error", "response.completed", "response.content_part.added", "response.content_part.done", "response.created",
        "response.failed", "response.function_call_arguments.delta", "response.function_call_arguments.done",
        "response.in_progress", "response.incomplete", "response.output_item.added", "response.output_item.done",
        "response.output_text.annotation.added", "response.output_text.delta", "response.output_text.done",
        "response.queued", "response.reasoning.delta", "response.reasoning.done",
        "response.reasoning_summary_part.added", "response.reasoning_summary_part.done",
        "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done", "response.refusal.delta",
        "response.refusal.done",
    ]

    private static let events: Set<String> = [
        "response.audio.delta", "response.audio.done", "response.audio.transcript.delta",
        "response.audio.transcript.done", "response.code_interpreter_call.completed",
        "response.code_interpreter_call.in_progress", "response.code_interpreter_call.interpreting",
        "response.code_interpreter_call_code.delta", "response.code_interpreter_call_code.done",
        "response.compaction.compacting", "response.custom_tool_call_input.delta",
        "response.custom_tool_call_input.done", "response.file_search_call.completed",
        "response.file_search_call.in_progress", "response.file_search_call.searching",
        "response.image_generation_call.completed", "response.image_generation_call.generating",
        "response.image_generation_call.in_progress", "response.image_generation_call.partial_image",
        "response.mcp_call.completed", "response.mcp_call.failed", "response.mcp_call.in_progress",
        "response.mcp_call_arguments.delta", "response.mcp_call_arguments.done",
        "response.mcp_list_tools.completed", "response.mcp_list_tools.failed",
        "response.mcp_list_tools.in_progress", "response.reasoning_text.delta", "response.reasoning_text.done",
        "response.shell_call_command.added", "response.shell_call_command.delta",
        "response.shell_call_command.done", "response.shell_call_output_content.delta",
        "response.shell_call_output_content.done", "response.web_search_call.completed",
        "response.web_search_call.in_progress", "response.web_search_call.searching",
    ]

    private static let foreignTools: Set<String> = [
        "apply_patch", "code_interpreter", "computer", "computer_use_preview", "custom", "file_search",
        "image_generation", "local_shell", "mcp", "namespace", "programmatic_tool_calling", "shell", "tool_search",
        "web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11",
    ]
}
