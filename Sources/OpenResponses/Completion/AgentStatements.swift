import AgentJSON

/// What an agent says of its response as a whole: in events of its own, or by its writer.
struct AgentStatements: Sendable {
    private var fields: JSONObject = [:]
    private var customOutputs: JSONObject?
    private var labels: JSONObject = [:]
    private var usages = UsageSum()
    private(set) var failure: OutputFault?

    init() {}

    var isIncomplete: Bool { !(fields["incomplete_details"] ?? .null).isNull }

    mutating func set(_ key: String, _ value: JSON) {
        fields[key] = value
    }

    mutating func label(_ key: String, _ value: JSON) {
        labels[key] = value
    }

    mutating func merge(customOutputs outputs: JSONObject) {
        guard var merged = customOutputs else {
            customOutputs = outputs
            return
        }
        for (key, value) in outputs { merged[key] = value }
        customOutputs = merged
    }

    /// Takes a response object that the agent yields; it may yield several, one for each of its model calls.
    ///
    /// Usages are summed. Of all else the last one counts.
    mutating func take(_ response: JSONObject) {
        usages.add(response["usage"])
        if let outputs = response["custom_outputs"]?.objectValue { merge(customOutputs: outputs) }
        fields["incomplete_details"] = response["incomplete_details"]
        let status = response["status"]?.stringValue
        if !isIncomplete {
            if status == "incomplete" { fields["incomplete_details"] = Self.unknownReason }
            if status == "cancelled" { fields["incomplete_details"] = ["reason": "cancelled"] }
        }
        failure = status == "failed" ? Self.fault(response["error"]) : nil
        for (key, value) in response where !Self.ownKeys.contains(key) && !value.isNull { fields[key] = value }
    }

    /// An error that the agent reports in an event or a response.
    static func fault(_ error: JSON?) -> OutputFault {
        var error = error
        if let nested = error?["error"], !nested.isNull { error = nested }
        return OutputFault(
            error?["message"]?.stringValue ?? error?.stringValue ?? "The agent reported an error",
            code: error?["code"]?.stringValue ?? "model_error"
        )
    }

    static let unknownReason: JSON = ["reason": "max_output_tokens"]

    /// Members that are never the agent's to set.
    private static let ownKeys: Set<String> = [
        "id", "object", "status", "output", "created_at", "completed_at", "error", "usage", "incomplete_details",
        "custom_outputs", "background", "store", "previous_response_id", "conversation", "output_text",
    ]

    /// Fills in what the agent said.
    func complete(_ snapshot: inout ResponseSnapshot, _ envelope: ResponseEnvelope) {
        if let usage = fields["usage"], usage.objectValue != nil {
            var sum = UsageSum()
            sum.add(usage)
            snapshot.usage = sum.json
        } else if usages.isKnown || snapshot.status == "completed" {
            snapshot.usage = usages.json
        }
        if snapshot.status == "incomplete" {
            snapshot.incompleteDetails = details
        }
        for (key, value) in fields {
            switch key {
            case "usage", "incomplete_details", "metadata": break
            case "model":
                if value.stringValue?.isEmpty == false { snapshot.overrides["model"] = value }
            default:
                if Self.ownKeys.contains(key) { break }
                if !envelope.settings.contains(key) || !envelope.given.contains(key) && Self.fits(value, key) {
                    snapshot.overrides[key] = value
                }
            }
        }
        let own = Labels.fitting(fields["metadata"]?.objectValue ?? [:])
        if !own.isEmpty || !labels.isEmpty {
            var metadata = envelope.settings["metadata"]?.objectValue ?? [:]
            let reserved = labels.keys.filter { [metadata] in !metadata.contains($0) }.count
            Labels.merge(own, into: &metadata, reserved: reserved)
            Labels.merge(labels, into: &metadata)
            snapshot.overrides["metadata"] = .object(metadata)
        }
        if let customOutputs { snapshot.overrides["custom_outputs"] = .object(customOutputs) }
    }

    /// Whether a value can take the place of a default. Settings that describe the request alone (its tools, its
    /// instructions, …) stay as they are.
    private static func fits(_ value: JSON, _ key: String) -> Bool {
        switch key {
        case "temperature", "top_p", "presence_penalty", "frequency_penalty": value.numberValue != nil
        case "top_logprobs": value.intValue != nil
        case "parallel_tool_calls": value.boolValue != nil
        case "service_tier": value.stringValue != nil
        case "truncation": ["auto", "disabled"].contains(value.stringValue)
        default: false
        }
    }

    private var details: JSON {
        let details = fields["incomplete_details"] ?? .null
        return details["reason"]?.stringValue == nil ? Self.unknownReason : details
    }
}
