import AgentJSON

extension StreamCompleter {
    // MARK: Finding

    /// The type of an item that the agent yields.
    func itemType(_ item: JSONObject) throws(OutputFault) -> String {
        guard let type = item["type"]?.stringValue, !type.isEmpty else {
            throw OutputFault("The agent yielded an item without a type")
        }
        guard
            KnownTypes.isStandardItem(type) && type != "item_reference" || KnownTypes.isItem(type)
                || KnownTypes.isExtension(type)
        else {
            throw OutputFault("The agent yielded an item of the unknown type '\(type)'")
        }
        return type
    }

    /// Where the latest item of a type is that the agent knows by an id, open or not.
    func knownPosition(_ agentID: String, type: String) -> Int? {
        positions[agentID]?.first { items[$0].type == type }
    }

    /// Where an item is that is open under an id of the agent; without an id, the latest one of the type.
    ///
    /// - Parameter callID: What the agent calls the call, where it is one: it tells calls without ids apart.
    func openPosition(_ agentID: String, type: String, callID: String? = nil) -> Int? {
        if agentID.isEmpty {
            return openItems.last {
                items[$0].type == type && (callID == nil || items[$0].agentCallID == callID)
            }
        }
        guard let position = knownPosition(agentID, type: type), items[position].isOpen else { return nil }
        return position
    }

    // MARK: Opening

    /// Whether an item becomes part of the output; calls may be unwanted, and with them their outputs.
    mutating func admits(_ item: JSONObject, type: String, agentID: String) throws(OutputFault) -> Bool {
        let callID = item["call_id"]?.stringValue ?? ""
        switch type {
        case _ where ItemForm.isToolCall(type):
            let name = item["name"]?.stringValue ?? ""
            if name.isEmpty, type == "function_call" {
                throw OutputFault("The agent yielded a function call without a name")
            }
            if try calls.admit(name, agentID: callID) { return true }
            if !agentID.isEmpty { leftOutItems.insert(agentID) }
            return false
        case "function_call_output", "custom_tool_call_output":
            return !calls.isLeftOut(callID)
        default:
            return true
        }
    }

    /// Opens an item and says so.
    ///
    /// - Returns: Its position.
    mutating func openItem(
        _ item: JSONObject, type: String, agentID: String, extras: JSONObject? = nil
    ) throws(OutputFault) -> Int {
        let agentCallID = item["call_id"]?.stringValue
        var callID = agentCallID
        switch ItemForm.callKind(item, type: type) {
        case .call:
            let name = item["name"]?.stringValue ?? ""
            callID = calls.open(agentCallID ?? "", name: ItemForm.isToolCall(type) ? name : nil)
        case .output:
            callID = agentCallID.map { calls.answer($0, isUnique: type == "shell_call_output") }
            guard callID?.isEmpty == false else {
                throw OutputFault("The agent yielded a function's output without a call_id")
            }
        case nil: break
        }
        releaseHeld()
        let position = items.count
        let id = publicID(for: agentID, type: type)
        let head = try ItemForm.head(item, type: type, id: id, callID: callID)
        items.append(OutputItem(id: id, type: type, agentCallID: agentCallID, given: item, head: head))
        openItems.append(position)
        if !agentID.isEmpty {
            // One position of each type, the latest first.
            let others = positions[agentID]?.filter { items[$0].type != type } ?? []
            positions[agentID] = [position] + others
        }
        emit("response.output_item.added", extras: extras) { event in
            event.append(uncheckedKey: "output_index", value: .number(JSONNumber(position)))
            event.append(uncheckedKey: "item", value: .object(head))
        }
        return position
    }

    // MARK: Finishing

    /// Finishes an item as the agent gives it. What was streamed already stays; the agent's word decides the rest.
    mutating func finishItem(
        at position: Int, as item: JSONObject, extras: JSONObject? = nil
    ) throws(OutputFault) {
        switch items[position].type {
        case "message":
            try reconcile(item["content"], at: position, .content)
        case "reasoning":
            // The list that is open first: the other one would close it with what has come so far.
            let isContentOpen = items[position].openPlace == .content
            if isContentOpen { try reconcile(item["content"], at: position, .content) }
            try reconcile(item["summary"], at: position, .summary)
            if !isContentOpen { try reconcile(item["content"], at: position, .content) }
        case "function_call":
            sayArguments(ItemForm.arguments(item), at: position)
        default: break
        }
        var finished = try finishedItem(item, at: position)
        if finished["status"] == "incomplete" {
            if position == items.count - 1 {
                openItems.removeAll { $0 == position }
                items[position].phase = .held(finished, extras: extras)
                return
            }
            finished = Self.released(finished)
        }
        sayDone(finished, at: position, extras: extras)
    }

    /// The item as its `done` event shows it.
    private func finishedItem(_ item: JSONObject, at position: Int) throws(OutputFault) -> JSONObject {
        let state = items[position]
        var finished: JSONObject
        switch state.type {
        case "message":
            finished = [
                "type": "message", "id": .string(state.id), "status": ItemForm.status(item),
                "role": state.head["role"] ?? "assistant", "content": Self.list(state.content),
            ]
            if let phase = ItemForm.phase(item) ?? state.head["phase"] { finished["phase"] = phase }
        case "function_call":
            finished = [
                "type": "function_call", "id": .string(state.id), "status": ItemForm.status(item),
                "call_id": state.head["call_id"] ?? "", "name": state.head["name"] ?? "",
                "arguments": .string(state.arguments),
            ]
        case "reasoning":
            finished = ["type": "reasoning", "id": .string(state.id), "summary": Self.list(state.summary)]
            if !state.content.isEmpty { finished["content"] = Self.list(state.content) }
            if item["status"]?.stringValue == "incomplete" { finished["status"] = "incomplete" }
            if rules.includesEncryptedContent, let encrypted = item["encrypted_content"]?.stringValue {
                finished["encrypted_content"] = .string(encrypted)
            }
        default:
            return try ItemForm.whole(
                item, type: state.type, id: state.id, callID: state.head["call_id"]?.stringValue
            )
        }
        let own = finished
        for (key, value) in item where !own.contains(key) && !Self.omitted.contains(key) && !value.isNull {
            finished.append(uncheckedKey: key, value: value)
        }
        return finished
    }

    private static func list(_ parts: [OutputPart]) -> JSON {
        .array(parts.map { .object($0.finished ?? $0.json()) })
    }

    /// Members of an item that are not passed on as they are.
    private static let omitted: Set<String> = [
        "content", "summary", "status", "encrypted_content", "call_id", "name", "arguments", "phase", "role",
    ]

    private mutating func sayDone(_ item: JSONObject, at position: Int, extras: JSONObject? = nil) {
        if let index = openItems.lastIndex(of: position) { openItems.remove(at: index) }
        items[position].phase = .done(item)
        emit("response.output_item.done", extras: extras) { event in
            event.append(uncheckedKey: "output_index", value: .number(JSONNumber(position)))
            event.append(uncheckedKey: "item", value: .object(item))
        }
    }

    /// An incomplete item is the last one. When another one follows, it counts as complete.
    private mutating func releaseHeld() {
        guard let position = items.indices.last, case .held(let item, let extras) = items[position].phase else {
            return
        }
        sayDone(Self.released(item), at: position, extras: extras)
    }

    /// An incomplete item as one that is complete. Reasoning has no status then.
    private static func released(_ item: JSONObject) -> JSONObject {
        var item = item
        item["status"] = item["type"] == "reasoning" ? nil : "completed"
        return item
    }

    /// Closes what the agent has left open, at its end.
    ///
    /// - Parameter isIncomplete: Whether the response is; then its last item is, too, where it is open.
    mutating func closeItems(isIncomplete: Bool) throws(OutputFault) {
        for position in openItems {
            if !isIncomplete, items[position].isCutShort {
                throw OutputFault("The agent ended within the arguments of a call")
            }
            try finishItem(at: position, as: closed(at: position, isIncomplete: isIncomplete))
        }
        sayHeldDone()
    }

    /// Closes what is open when the response is wanted no more, whatever rule it breaks.
    mutating func closeItemsAsCancelled() {
        for position in openItems {
            do {
                try finishItem(at: position, as: closed(at: position, isIncomplete: true))
            } catch {
                // Without what the agent opened it with: what is shown already is ours, and breaks no rule.
                try? finishItem(at: position, as: items[position].head)
            }
        }
        sayHeldDone()
    }

    /// An item that was left open, with the status that it gets.
    private func closed(at position: Int, isIncomplete: Bool) -> JSONObject {
        // What the agent opened with is all it gave of an item of which nothing came after.
        var item = items[position].isBlank ? items[position].given : items[position].head
        if isIncomplete, position == items.count - 1 {
            if items[position].head["status"] != nil || item["type"] == "reasoning" { item["status"] = "incomplete" }
        } else if item["status"] != nil {
            item["status"] = "completed"
        }
        return item
    }

    private mutating func sayHeldDone() {
        if let last = items.indices.last, case .held(let item, let extras) = items[last].phase {
            sayDone(item, at: last, extras: extras)
        }
    }

    // MARK: Arguments

    /// Takes a piece of a call's arguments.
    mutating func writeArguments(_ piece: String, at position: Int, extras: JSONObject? = nil) {
        guard !items[position].hasSaidArguments else { return }
        items[position].arguments += piece
        let id = items[position].id
        emit("response.function_call_arguments.delta", extras: extras) { event in
            event.append(uncheckedKey: "item_id", value: .string(id))
            event.append(uncheckedKey: "output_index", value: .number(JSONNumber(position)))
            event.append(uncheckedKey: "delta", value: .string(piece))
        }
    }

    /// Says the arguments as a whole; what of them was not streamed goes ahead as a piece.
    ///
    /// - Parameter arguments: The agent's word; `nil` where it only says that this was all.
    mutating func sayArguments(_ arguments: String?, at position: Int, extras: JSONObject? = nil) {
        guard !items[position].hasSaidArguments else { return }
        let streamed = items[position].arguments
        let arguments = arguments ?? (streamed.isEmpty ? "{}" : streamed)
        if let rest = arguments.suffix(after: streamed), !rest.isEmpty { writeArguments(rest, at: position) }
        items[position].arguments = arguments
        items[position].hasSaidArguments = true
        let id = items[position].id
        emit("response.function_call_arguments.done", extras: extras) { event in
            event.append(uncheckedKey: "item_id", value: .string(id))
            event.append(uncheckedKey: "output_index", value: .number(JSONNumber(position)))
            event.append(uncheckedKey: "arguments", value: .string(arguments))
        }
    }
}

extension OutputItem {
    /// Whether this is a call whose arguments have begun and not come to their end.
    fileprivate var isCutShort: Bool {
        guard type == "function_call", !hasSaidArguments, !arguments.isEmpty else { return false }
        return (try? JSON(parsing: arguments)) == nil
    }
}

extension String {
    /// What follows a beginning of this text; `nil` where it does not begin so. By bytes: `hasPrefix` compares
    /// characters, and a piece may end within one.
    func suffix(after beginning: String) -> String? {
        guard utf8.starts(with: beginning.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(beginning.utf8.count), as: UTF8.self)
    }
}
