/// PLACEHOLDER until the request module's list is merged.
public enum KnownTypes {
    public static func isItem(_ type: String) -> Bool {
        [
            "message", "function_call", "function_call_output", "reasoning", "compaction", "item_reference",
            "web_search_call", "mcp_approval_request", "mcp_call", "mcp_list_tools", "file_search_call",
            "image_generation_call", "code_interpreter_call", "custom_tool_call", "computer_call", "local_shell_call",
        ].contains(type)
    }
    public static func isEvent(_ type: String) -> Bool {
        type.hasPrefix("response.mcp_call.") || type.hasPrefix("response.web_search_call.")
    }
    public static func isExtension(_ type: String) -> Bool {
        guard let colon = type.firstIndex(of: ":") else { return false }
        return colon != type.startIndex && type.index(after: colon) != type.endIndex
    }
}
