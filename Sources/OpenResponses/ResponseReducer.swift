public import AgentJSON

/// Reduces the events of a stream to the response that a synchronous call returns.
///
/// A pure state machine: finished items are gathered in order; what a `response.completed` event or the agent says
/// of the whole response (usage, metadata, custom outputs) goes beside them. The agent's own word wins.
public struct ResponseReducer: Sendable {
    /// Finished items, in the order in which they were finished.
    public private(set) var output: [JSON] = []
    private var completed: JSONObject?
    private var fields: JSONObject = [:]
    private var customOutputs: JSONObject?

    /// Starts with an empty response.
    public init() {}

    /// Takes the next event.
    public mutating func add(_ event: StreamEvent) {
        switch event.type {
        case StreamEvent.outputItemDoneType:
            if let item = event.json["item"] { output.append(item) }
        case StreamEvent.completedType:
            completed = event.json["response"]?.objectValue ?? completed
        default:
            break
        }
        if let outputs = event.json["custom_outputs"]?.objectValue {
            mergeCustomOutputs(outputs)
        }
    }

    /// Takes a finished item.
    public mutating func add(_ item: Item) {
        output.append(.object(item.json))
    }

    /// Sets a field of the response itself, `usage` for example.
    public mutating func set(_ key: String, _ value: JSON) {
        fields[key] = value
    }

    /// Adds the agent's custom outputs; of equal keys the later one stays.
    public mutating func mergeCustomOutputs(_ outputs: JSONObject) {
        guard var merged = customOutputs else {
            customOutputs = outputs
            return
        }
        for (key, value) in outputs { merged[key] = value }
        customOutputs = merged
    }

    /// Fields beside the output, where the agent gave any.
    public var extras: JSONObject {
        var extras = fields
        if let customOutputs { extras["custom_outputs"] = .object(customOutputs) }
        return extras
    }

    /// The response so far: `output`, and whatever was said beside it.
    ///
    /// Where the agent handed on a whole response (`response.completed`), its fields come first, and its output
    /// counts where no item was finished on its own.
    public var response: JSONObject {
        guard var response = completed else {
            var response: JSONObject = ["output": .array(output)]
            for (key, value) in extras { response[key] = value }
            return response
        }
        if !output.isEmpty || response["output"] == nil { response["output"] = .array(output) }
        for (key, value) in extras { response[key] = value }
        return response
    }
}
