public import AgentJSON

extension StreamCompleter {
    /// Takes an event that the agent yields.
    ///
    /// - Throws: ``OutputFault`` where the event is an error, or none that a client could understand. ``fail(_:)`` is
    ///   to follow.
    public mutating func add(_ event: StreamEvent) throws(OutputFault) {
        let json = event.json
        if let outputs = json["custom_outputs"]?.objectValue { mergeCustomOutputs(outputs) }
        let type = event.type
        switch type {
        case "response.created", "response.queued", "response.in_progress":
            break
        case "response.completed", "response.incomplete", "response.failed", "response.cancelled":
            try takeEnd(json["response"]?.objectValue ?? [:], type)
        case "error":
            throw AgentStatements.fault(.object(json))
        case "response.output_item.added":
            try itemAdded(json)
        case "response.output_item.done":
            guard let item = json["item"]?.objectValue else {
                throw OutputFault("The agent yielded a finished item that is no object")
            }
            try self.item(item, extras: json.extras)
        case "response.content_part.added", "response.content_part.done":
            try contentPart(json, isDone: type == "response.content_part.done")
        case "response.reasoning_summary_part.added", "response.reasoning_summary_part.done":
            try summaryPart(json, isDone: type == "response.reasoning_summary_part.done")
        case "response.function_call_arguments.delta", "response.function_call_arguments.done":
            arguments(json, isDone: type == "response.function_call_arguments.done")
        case "response.output_text.annotation.added":
            if let annotation = json["annotation"], !annotation.isNull {
                annotate(annotation, at: try messagePosition(json), extras: json.extras)
            }
        default:
            if let text = TextEvent(type) {
                try take(text, json)
            } else {
                try pass(json, type)
            }
        }
    }

    // MARK: Kinds of events

    /// An event that carries text, a piece of it or all.
    private struct TextEvent {
        var place: OutputItem.Place
        var partType: String
        var isDone: Bool

        init?(_ type: String) {
            switch type {
            case "response.output_text.delta": self.init(.content, "output_text", false)
            case "response.output_text.done": self.init(.content, "output_text", true)
            case "response.refusal.delta": self.init(.content, "refusal", false)
            case "response.refusal.done": self.init(.content, "refusal", true)
            // OpenAI's name, and the standard's.
            case "response.reasoning_text.delta", "response.reasoning.delta":
                self.init(.content, "reasoning_text", false)
            case "response.reasoning_text.done", "response.reasoning.done": self.init(.content, "reasoning_text", true)
            case "response.reasoning_summary_text.delta": self.init(.summary, "summary_text", false)
            case "response.reasoning_summary_text.done": self.init(.summary, "summary_text", true)
            default: return nil
            }
        }

        private init(_ place: OutputItem.Place, _ partType: String, _ isDone: Bool) {
            self.place = place
            self.partType = partType
            self.isDone = isDone
        }

        var itemType: String { partType == "reasoning_text" || place == .summary ? "reasoning" : "message" }
    }

    private mutating func take(_ event: TextEvent, _ json: JSONObject) throws(OutputFault) {
        let agentIndex = json[event.place == .summary ? "summary_index" : "content_index"]?.intValue
        let position = try position(json, type: event.itemType)
        if event.isDone {
            guard let open = items[position].openPlace, open == event.place,
                items[position][open].last?.type == event.partType
            else { return }
            let text = json["text"]?.stringValue ?? json["refusal"]?.stringValue
            try sayText(text, at: position, extras: json.extras)
        } else {
            guard let piece = json["delta"]?.stringValue else {
                throw OutputFault("The agent yielded an event \(json["type"]?.stringValue ?? "") without a delta")
            }
            try write(
                piece, to: position, event.place, type: event.partType, agentIndex: agentIndex,
                logprobs: json["logprobs"]?.arrayValue ?? [], extras: json.extras
            )
        }
    }

    /// Where the item of an event is; opened where the agent has not done that.
    private mutating func position(_ json: JSONObject, type: String) throws(OutputFault) -> Int {
        let agentID = json["item_id"]?.stringValue ?? ""
        if let position = openPosition(agentID, type: type) { return position }
        return try openItem(["type": .string(type)], agentID: agentID)
    }

    private mutating func messagePosition(_ json: JSONObject) throws(OutputFault) -> Int {
        try position(json, type: "message")
    }

    private mutating func itemAdded(_ json: JSONObject) throws(OutputFault) {
        guard let item = json["item"]?.objectValue else { return }
        let type = try itemType(item)
        let agentID = item["id"]?.stringValue ?? ""
        guard agentID.isEmpty || openPosition(agentID, type: type) == nil else { return }
        // A call that has no name yet is shown when it is finished.
        if type == "function_call", item["name"]?.stringValue ?? "" == "" { return }
        _ = try openItem(item, agentID: agentID, extras: json.extras)
    }

    private mutating func contentPart(_ json: JSONObject, isDone: Bool) throws(OutputFault) {
        let part = json["part"]?.objectValue ?? [:]
        let type = try ItemForm.partType(part, in: .content)
        let position = try position(json, type: type == "reasoning_text" ? "reasoning" : "message")
        try self.part(part, type, at: position, .content, index: json["content_index"]?.intValue, json, isDone: isDone)
    }

    private mutating func summaryPart(_ json: JSONObject, isDone: Bool) throws(OutputFault) {
        let part = json["part"]?.objectValue ?? [:]
        let type = try ItemForm.partType(part, in: .summary)
        let position = try position(json, type: "reasoning")
        try self.part(part, type, at: position, .summary, index: json["summary_index"]?.intValue, json, isDone: isDone)
    }

    private mutating func part(
        _ part: JSONObject, _ type: String, at position: Int, _ place: OutputItem.Place, index: Int?,
        _ json: JSONObject, isDone: Bool
    ) throws(OutputFault) {
        guard !items[position].isLeftOut else { return }
        guard isDone else {
            openPart(type, at: position, place, agentIndex: index, extras: json.extras)
            if let names = EventNames(partType: type) {
                let text = try ItemForm.text(part, names)
                if !text.isEmpty { try write(text, to: position, place, type: type, agentIndex: index) }
            }
            return
        }
        let isOpen = items[position].openPlace == place && items[position][place].last?.type == type
        if !isOpen {
            // A part that is closed already, by one that came after it, is not opened again.
            let isKnown = items[position][place].contains { $0.agentIndex == index && $0.finished != nil }
            guard !isKnown || index == nil else { return }
            openPart(type, at: position, place, agentIndex: index)
        }
        try closePart(at: position, as: part, extras: json.extras)
    }

    private mutating func arguments(_ json: JSONObject, isDone: Bool) {
        // Those of a call that is not shown yet come with the finished item.
        guard let agentID = json["item_id"]?.stringValue,
            let position = openPosition(agentID, type: "function_call")
        else { return }
        if isDone {
            guard let arguments = json["arguments"]?.stringValue else { return }
            sayArguments(arguments.isEmpty ? "{}" : arguments, at: position, extras: json.extras)
        } else {
            writeArguments(json["delta"]?.stringValue ?? "", at: position, extras: json.extras)
        }
    }

    /// The end of a response of the agent's own. Its items count where they did not come on their own.
    private mutating func takeEnd(_ response: JSONObject, _ type: String) throws(OutputFault) {
        var response = response
        response["status"] = .string(String(type.dropFirst("response.".count)))
        let hadItems = !items.isEmpty
        for value in response["output"]?.arrayValue ?? [] {
            guard let item = value.objectValue else { continue }
            let agentID = item["id"]?.stringValue ?? ""
            if agentID.isEmpty ? hadItems : positions[agentID] != nil {
                if let position = openPosition(agentID, type: item["type"]?.stringValue), !agentID.isEmpty {
                    try finishItem(at: position, as: item)
                }
                continue
            }
            try self.item(item)
        }
        statements.take(response)
    }

    /// Takes a whole response, as a handler returns one.
    public mutating func take(result response: JSONObject) throws(OutputFault) {
        for value in response["output"]?.arrayValue ?? [] {
            guard let item = value.objectValue else {
                throw OutputFault("The agent returned an output item that is no object")
            }
            try self.item(item)
        }
        statements.take(response)
    }

    /// An event that is none of the standard's: one of OpenAI's, which clients know, or an extension.
    private mutating func pass(_ json: JSONObject, _ type: String) throws(OutputFault) {
        guard KnownTypes.isEvent(type) || KnownTypes.isExtension(type) else {
            throw OutputFault(
                type.isEmpty
                    ? "The agent yielded an event without a type"
                    : "The agent yielded an event of the unknown type '\(type)'"
            )
        }
        let position = json["item_id"]?.stringValue.flatMap { positions[$0] }
        if let position, items[position].isLeftOut { return }
        let id = position.map { JSON.string(items[$0].id) }
        let index = position.map { outputIndex($0) }
        emit(type) { event in
            for (key, value) in json where key != "type" && key != "sequence_number" && key != "error" {
                switch key {
                case "item_id": event.append(uncheckedKey: key, value: id ?? value)
                case "output_index": event.append(uncheckedKey: key, value: index ?? value)
                default: event.append(uncheckedKey: key, value: value)
                }
            }
        }
    }
}

extension JSONObject {
    /// The members of an event that the standard does not know; `nil` where there are none. Never `error`: clients
    /// take any event with that for a failure.
    fileprivate var extras: JSONObject? {
        var extras: JSONObject?
        for (key, value) in self where !standardKeys.contains(key) {
            extras = extras ?? [:]
            extras?.append(uncheckedKey: key, value: value)
        }
        return extras
    }
}

/// Members of the standard's events, which we set ourselves.
private let standardKeys: Set<String> = [
    "type", "sequence_number", "item_id", "output_index", "content_index", "summary_index", "annotation_index",
    "delta", "text", "refusal", "arguments", "part", "item", "annotation", "logprobs", "response", "error",
    "obfuscation",
]
