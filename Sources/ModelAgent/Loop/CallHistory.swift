import AgentServer

/// Calls of functions in a conversation that goes on.
enum CallHistory {
    /// The items with an output for each call: endpoints refuse conversations in which one is missing. It is where a response was
    /// cut off or cancelled. A call that was itself cut off is left out.
    static func answered(_ items: [Item]) -> [Item] {
        let outputs = Set(items.filter { $0.type == "function_call_output" }.compactMap(\.callID))
        var result: [Item] = []
        result.reserveCapacity(items.count)
        for item in items {
            guard item.type == "function_call", let id = item.callID, !outputs.contains(id) else {
                result.append(item)
                continue
            }
            if item.json["status"]?.stringValue == "incomplete" { continue }
            result.append(item)
            result.append(.functionCallOutput(callID: id, output: "The call was not answered"))
        }
        return result
    }
}
