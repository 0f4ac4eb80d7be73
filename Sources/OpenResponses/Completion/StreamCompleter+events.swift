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
        // Most events are of this kind.
        if let text = TextEvent.ofType[type] { return try take(text, json) }
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
            try part(json, in: .content, isDone: type == "response.content_part.done")
        case "response.reasoning_summary_part.added", "response.reasoning_summary_part.done":
            try part(json, in: .summary, isDone: type == "response.reasoning_summary_part.done")
        case "response.function_call_arguments.delta", "response.function_call_arguments.done":
            arguments(json, isDone: type == "response.function_call_arguments.done")
        case "response.output_text.annotation.added":
            if let annotation = json["annotation"], !annotation.isNull,
                let position = try position(json, type: "message", partType: "output_text", isDone: true)
            {
                try annotate(annotation, at: position, extras: json.extras)
            }
        default:
            try pass(json, type)
        }
    }

    // MARK: Kinds of events

    private mutating func take(_ event: TextEvent, _ json: JSONObject) throws(OutputFault) {
        let index = json[event.place == .summary ? "summary_index" : "content_index"]?.intValue
        if event.isDone {
            let text = json["text"]?.stringValue ?? json["refusal"]?.stringValue
            guard let position = try position(json, type: event.itemType, partType: event.partType, isDone: true) else {
                return
            }
            if items[position].isBlank, let text {
                write(text, to: position, event.place, type: event.partType, agentIndex: index)
            }
            if isOpenPart(event.partType, at: position, event.place, agentIndex: index) {
                sayText(text, at: position, extras: json.extras)
            }
        } else {
            guard let piece = json["delta"]?.stringValue else {
                throw OutputFault("The agent yielded an event \(json["type"]?.stringValue ?? "") without a delta")
            }
            guard let position = try position(json, type: event.itemType, partType: event.partType) else { return }
            write(
                piece, to: position, event.place, type: event.partType, agentIndex: index,
                logprobs: PartForm.logprobs(json["logprobs"]), extras: json.extras
            )
        }
    }

    /// Where the item of an event is; opened where the agent has not done that.
    ///
    /// - Parameters:
    ///   - partType: The type of the part that the event speaks of.
    ///   - isDone: Whether the event ends something: one that comes after the end of its item is late, and
    ///     opens nothing. `nil` is returned then.
    private mutating func position(
        _ json: JSONObject, type: String, partType: String, isDone: Bool = false
    ) throws(OutputFault) -> Int? {
        let agentID = json["item_id"]?.stringValue ?? ""
        if let position = openPosition(agentID, type: type) { return position }
        // Reasoning can be part of a message.
        if let position = positions[agentID]?.first, items[position].isOpen,
            items[position].openPart?.type == partType
        {
            return position
        }
        if isDone, agentID.isEmpty ? items.last?.type == type : knownPosition(agentID, type: type) != nil { return nil }
        return try openItem(["type": .string(type)], type: type, agentID: agentID)
    }

    private mutating func itemAdded(_ json: JSONObject) throws(OutputFault) {
        guard let item = json["item"]?.objectValue else { return }
        let type = try itemType(item)
        let agentID = item["id"]?.stringValue ?? ""
        guard agentID.isEmpty || openPosition(agentID, type: type) == nil else { return }
        // A call that has no name yet is shown when it is finished.
        if ItemForm.isToolCall(type), item["name"]?.stringValue ?? "" == "" { return }
        guard try admits(item, type: type, agentID: agentID) else { return }
        _ = try openItem(item, type: type, agentID: agentID, extras: json.extras)
    }

    private mutating func part(
        _ json: JSONObject, in place: OutputItem.Place, isDone: Bool
    ) throws(OutputFault) {
        let part = json["part"]?.objectValue ?? [:]
        let index = json[place == .summary ? "summary_index" : "content_index"]?.intValue
        let isReasoning = place == .summary || part["type"] == "reasoning_text"
        let position: Int
        if let agentID = json["item_id"]?.stringValue, !agentID.isEmpty, place == .content,
            openPosition(agentID, type: "reasoning") == nil, let message = openPosition(agentID, type: "message")
        {
            position = message
        } else {
            let itemType = isReasoning ? "reasoning" : "message"
            guard let found = try self.position(json, type: itemType, partType: "", isDone: isDone) else { return }
            position = found
        }
        let type = try PartForm.type(
            part, in: place, of: items[position].type, isAssistants: items[position].isAssistants
        )
        let isOpen = isOpenPart(type, at: position, place, agentIndex: index)
        if isDone {
            if !isOpen {
                // A part that is closed already, by one that came after it, is not opened again.
                let isKnown = items[position][place].contains { $0.isMeant(by: index) && $0.type == type }
                guard !isKnown else { return }
                openPart(type, at: position, place, agentIndex: index, given: part)
            }
            return try closePart(at: position, as: part, extras: json.extras)
        }
        // Said twice, or begun by its text already.
        if isOpen, items[position].openPart?.text.isEmpty == false || index != nil { return }
        openPart(type, at: position, place, agentIndex: index, given: part, extras: json.extras)
        if let names = EventNames.ofPart[type], let text = try PartForm.text(part, names), !text.isEmpty {
            write(text, to: position, place, type: type, agentIndex: index)
        }
    }

    private mutating func arguments(_ json: JSONObject, isDone: Bool) {
        // Those of a call that is not shown yet, or not at all, come with the finished item.
        guard let position = openPosition(json["item_id"]?.stringValue ?? "", type: "function_call") else { return }
        if isDone {
            sayArguments(ItemForm.arguments(json), at: position, extras: json.extras)
        } else {
            writeArguments(json["delta"]?.stringValue ?? "", at: position, extras: json.extras)
        }
    }

    /// The end of a response of the agent's own. Its items count where they did not come on their own.
    private mutating func takeEnd(_ response: JSONObject, _ type: String) throws(OutputFault) {
        var response = response
        response["status"] = .string(String(type.dropFirst("response.".count)))
        let hadItems = items.count > countAtEnd
        for value in response["output"]?.arrayValue ?? [] {
            guard let item = value.objectValue else { continue }
            let agentID = item["id"]?.stringValue ?? ""
            let type = try itemType(item)
            if agentID.isEmpty ? hadItems : knownPosition(agentID, type: type) != nil {
                if let position = openPosition(agentID, type: type, callID: item["call_id"]?.stringValue) {
                    try finishItem(at: position, as: item)
                }
                continue
            }
            try self.item(item)
        }
        countAtEnd = items.count
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
                    : "The agent yielded an event of the unknown type \(type.quoted)"
            )
        }
        let agentID = json["item_id"]?.stringValue
        let position = agentID.flatMap { positions[$0]?.first }
        if let agentID, position == nil, leftOutItems.contains(agentID) { return }
        let id = position.map { JSON.string(items[$0].id) }
        let index = position.map { JSON.number(JSONNumber($0)) }
        emit(type) { event in
            for (key, value) in json where !Self.ownKeys.contains(key) {
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
        // The keys alone: decoding all the values, which most events have none of, took a fifth of an event's time.
        for key in keys where !isStandard(key) {
            guard let value = self[key] else { continue }
            extras = extras ?? [:]
            extras?.append(uncheckedKey: key, value: value)
        }
        return extras
    }
}

/// Whether the standard's events have such a member: those we set ourselves.
private func isStandard(_ key: String) -> Bool {
    switch key {
    case "type", "sequence_number", "item_id", "output_index", "content_index", "delta", "logprobs", "obfuscation",
        "summary_index", "annotation_index", "text", "refusal", "arguments", "part", "item", "annotation", "response",
        "error":
        true
    default: false
    }
}
