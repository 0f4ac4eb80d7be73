package import AgentJSON

/// Checks a whole stream of events against the rules that clients rely on.
///
/// Says what is wrong in the order in which it is found; a stream without faults gives an empty list.
package struct StreamRules {
    /// Whether the agent may have contradicted itself. Its item's own text counts then, and a text need not be the sum
    /// of its pieces; arguments need not be an object.
    var allowsContradictions = false

    private(set) var faults: [String] = []
    var items: [ItemState] = []

    /// The faults of a stream, and of the response object that a synchronous call gives.
    package static func faults(
        _ events: [JSONObject], response: JSONObject?, allowsContradictions: Bool = false
    ) -> [String] {
        var rules = StreamRules(allowsContradictions: allowsContradictions)
        rules.check(events, response)
        return rules.faults
    }

    /// Whether events of a type are among those that the rules describe.
    package static func describes(_ type: String) -> Bool { eventShapes[type] != nil }

    mutating func need(_ isRight: Bool, _ fault: @autoclosure () -> String) {
        if !isRight { faults.append(fault()) }
    }

    private mutating func check(_ events: [JSONObject], _ response: JSONObject?) {
        for (number, event) in events.enumerated() { checkForm(event, number) }
        let types = events.map { $0["type"]?.stringValue ?? "" }
        guard types.count >= 3, types[0] == "response.created", types[1] == "response.in_progress",
            let last = types.last, let terminal = events.last?["response"]?.objectValue
        else {
            faults.append("The stream does not begin and end as it should: \(types)")
            return
        }
        need(
            types.count { ["response.created", "response.in_progress", "response.queued"].contains($0) } == 2,
            "Begins twice")
        need(types.filter { Self.ends[$0] != nil } == [last], "Ends are \(types.filter { Self.ends[$0] != nil })")
        for event in events.prefix(2) {
            let snapshot = event["response"]
            need(snapshot?["status"] == "in_progress", "The first snapshots have a status")
            need(snapshot?["output"] == [] && snapshot?["completed_at"] == .null, "A first snapshot is not empty")
            need(snapshot?["usage"] == .null && snapshot?["error"] == .null, "A first snapshot is not empty")
        }
        let ids = Set(events.compactMap { $0["response"]?["id"]?.stringValue })
        need(ids.count == 1, "The response has the ids \(ids)")
        for event in events[2..<(events.count - 1)] { checkOrder(event) }
        if let error = types.firstIndex(of: "error") {
            need(error == types.count - 2 && last == "response.failed", "No response.failed follows an error")
        }
        checkEnd(terminal, last)
        need(terminal == response, "The response is not the one of the last event")
    }

    static let ends: [String: Set<String>] = [
        "response.completed": ["completed"], "response.failed": ["failed"],
        "response.incomplete": ["incomplete", "cancelled"],
    ]

    /// What is true of each event on its own.
    private mutating func checkForm(_ event: JSONObject, _ number: Int) {
        let type = event["type"]?.stringValue ?? ""
        need(event["sequence_number"]?.intValue == number, "\(type) has another number than \(number)")
        need(Set(event.keys).count == event.count, "\(type) has a member twice")
        if type == "error" {
            let nested = event["error"]
            for key in ["code", "message"] {
                need(nested?[key]?.stringValue != nil && event[key] == nested?[key], "error.\(key)")
            }
            need(nested?["type"]?.stringValue != nil && nested?["param"] == .null && event["param"] == .null, "error")
            return
        }
        need(!event.contains("error"), "\(type) has an error")
        if let shape = eventShapes[type] {
            if let fault = Shape(required: shape).fault(event, type) { faults.append(fault) }
        } else {
            need(type.contains(":") || type.hasPrefix("response."), "The type \(type) is unknown")
        }
    }

    // MARK: The end

    private mutating func checkEnd(_ response: JSONObject, _ end: String) {
        let status = response["status"]?.stringValue ?? ""
        need(Self.ends[end]?.contains(status) == true, "\(end) has the status \(status)")
        let done = items.compactMap(\.done)
        need(response["output"] == .array(done.map(JSON.object)), "The output is not that of the events")
        need(done.count == items.count || ["failed", "cancelled"].contains(status), "Items are never done")
        need(Set(response.keys).count == response.count, "The response has a member twice")

        for item in done.dropLast() { need(item["status"] != "incomplete", "An incomplete item is not the last") }
        if done.last?["status"] == "incomplete" { need(status != "completed", "Completed with an incomplete item") }
        checkIdentities(done)

        let (details, error) = (response["incomplete_details"] ?? .null, response["error"] ?? .null)
        need(error.isNull == (status != "failed"), "\(status) has the error \(error)")
        need(details.isNull == !["incomplete", "cancelled"].contains(status), "\(status) has the details \(details)")
        need(response["completed_at"]?.isNull == (status != "completed"), "completed_at of \(status)")
        if status == "completed" {
            need((response["completed_at"]?.intValue ?? 0) >= (response["created_at"]?.intValue ?? 0), "completed_at")
            need(response["usage"]?.objectValue != nil, "Completed without usage")
            for item in done where item["type"] == "function_call" && !allowsContradictions {
                let arguments = try? JSON(parsing: item["arguments"]?.stringValue ?? "")
                need(arguments?.objectValue != nil, "Arguments that are no object")
            }
        }
        if let usage = response["usage"]?.objectValue {
            let counts = ["input_tokens", "output_tokens", "total_tokens"].map { usage[$0]?.intValue ?? -1 }
            need(counts.allSatisfy { $0 >= 0 } && counts[0] + counts[1] == counts[2], "Usage \(usage)")
        }
    }

    /// Clients tell items apart by these.
    private mutating func checkIdentities(_ done: [JSONObject]) {
        var ids: Set<String> = []
        var identities: Set<[String]> = []
        for item in done {
            let id = item["id"]?.stringValue ?? ""
            need(ids.insert(id).inserted && (1...64).contains(id.count), "The item id '\(id)'")
            let type = item["type"]?.stringValue ?? ""
            let callID = item["call_id"]?.stringValue ?? ""
            if type == "function_call" { need((1...64).contains(callID.count), "The call id '\(callID)'") }
            if type == "function_call_output" { need(!callID.isEmpty, "An output without a call id") }
            let isByCall = ["function_call", "custom_tool_call", "shell_call", "shell_call_output"].contains(type)
            need(identities.insert([type, isByCall ? "" : id, callID]).inserted, "\(type) '\(callID)' comes twice")
        }
    }
}
