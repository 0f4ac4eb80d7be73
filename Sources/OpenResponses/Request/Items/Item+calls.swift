extension Item {
    /// Finds an output of a function that answers no call.
    ///
    /// Only functions are looked at: what answers other calls (`custom_tool_call_output`, …) is theirs to check.
    /// References must have been replaced by the items they name.
    ///
    /// - Parameters:
    ///   - newInput: The items of the request.
    ///   - context: The items before them, oldest first.
    /// - Returns: The position in the new input of the first output without a call before it; `nil` where there is none.
    public static func orphanOutput(in newInput: [Item], context: [Item]) -> Int? {
        guard let first = newInput.firstIndex(where: { $0.type == "function_call_output" }) else { return nil }
        var calls: Set<String> = []
        for item in context where item.type == "function_call" {
            if let id = item.callID { calls.insert(id) }
        }
        for (index, item) in newInput.enumerated() {
            guard let id = item.callID else { continue }
            if item.type == "function_call" { calls.insert(id) }
            if index >= first, item.type == "function_call_output", !calls.contains(id) { return index }
        }
        return nil
    }
}
