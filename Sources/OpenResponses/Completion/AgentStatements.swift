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
        if status == "incomplete", !isIncomplete { fields["incomplete_details"] = Self.unknownReason }
        failure = status == "failed" ? Self.fault(response["error"]) : nil
        for (key, value) in response where !Self.ownKeys.contains(key) && !value.isNull { fields[key] = value }
    }

    /// An error that the agent reports in an event or a response.
    static func fault(_ error: JSON?) -> OutputFault {
        let error = error?["error"]?.objectValue.map(JSON.object) ?? error
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
                guard let setting = envelope.settings[key] else {
                    snapshot.overrides[key] = value
                    break
                }
                if envelope.defaults.contains(key), setting.isScalar, setting.hasKind(of: value) {
                    snapshot.overrides[key] = value
                }
            }
        }
        let own = fields["metadata"]?.objectValue ?? [:]
        if !own.isEmpty || !labels.isEmpty {
            var metadata = envelope.settings["metadata"]?.objectValue ?? [:]
            for (key, value) in own { metadata[key] = value }
            for (key, value) in labels { metadata[key] = value }
            snapshot.overrides["metadata"] = .object(metadata)
        }
        if let customOutputs { snapshot.overrides["custom_outputs"] = .object(customOutputs) }
    }

    private var details: JSON {
        let details = fields["incomplete_details"] ?? .null
        return details["reason"]?.stringValue == nil ? Self.unknownReason : details
    }
}

extension JSON {
    fileprivate var isScalar: Bool {
        switch self {
        case .bool, .number, .string: true
        case .null, .array, .object: false
        }
    }

    fileprivate func hasKind(of other: JSON) -> Bool {
        switch (self, other) {
        case (.bool, .bool), (.number, .number), (.string, .string): true
        default: false
        }
    }
}
