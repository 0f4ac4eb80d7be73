import AgentJSON

extension StreamCompleter {
    // MARK: Opening

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

    /// Where an item is that is open under an id of the agent.
    ///
    /// - Parameter type: The item's type; `nil` where any will do.
    func openPosition(_ agentID: String, type: String?) -> Int? {
        if agentID.isEmpty {
            // An item without an id can only be the one that is open.
            let open = items.indices.filter { items[$0].isOpen && items[$0].type == type }
            return open.count == 1 ? open.first : nil
        }
        guard let position = positions[agentID], items[position].isOpen || items[position].isLeftOut else { return nil }
        return type == nil || items[position].type == type ? position : nil
    }

    /// The position of an item as clients see it.
    func outputIndex(_ position: Int) -> JSON {
        var index = position
        if hidden > 0 { index -= items[..<position].count { $0.isLeftOut } }
        return .number(JSONNumber(index))
    }

    /// Opens an item and says so.
    ///
    /// - Returns: Its position.
    mutating func openItem(_ item: JSONObject, agentID: String, extras: JSONObject? = nil) throws(OutputFault) -> Int {
        let type = try itemType(item)
        var callID: String?
        let position = items.count
        if type == "function_call" {
            guard let name = item["name"]?.stringValue, !name.isEmpty else {
                throw OutputFault("The agent yielded a function call without a name")
            }
            guard try admitCall(of: name, callID: item["call_id"]?.stringValue ?? "") else {
                items.append(OutputItem(id: "", type: type, head: [:], phase: .leftOut))
                hidden += 1
                if !agentID.isEmpty { positions[agentID] = position }
                return position
            }
            callID = publicCallID(forCall: item["call_id"]?.stringValue ?? "")
        } else if type == "function_call_output", let agentCallID = item["call_id"]?.stringValue {
            unansweredCalls[agentCallID] = nil
            callID = publicCallID(forOutput: agentCallID)
        }
        releaseHeld()
        let id = publicID(for: agentID, type: type)
        let head = try ItemForm.head(item, type: type, id: id, callID: callID)
        items.append(OutputItem(id: id, type: type, head: head))
        if !agentID.isEmpty { positions[agentID] = position }
        let index = outputIndex(position)
        emit("response.output_item.added", extras: extras) { event in
            event.append(uncheckedKey: "output_index", value: index)
            event.append(uncheckedKey: "item", value: .object(head))
        }
        return position
    }

    /// Whether a call may be part of the response.
    private mutating func admitCall(of name: String, callID: String) throws(OutputFault) -> Bool {
        switch rules.verdict(onCallOf: name) {
        case .fine: break
        case .agentsOwn: unansweredCalls[callID] = name
        case .forbidden:
            throw OutputFault("The agent called the function '\(name)', which the request does not allow")
        }
        if hasCall, !rules.allowsParallelCalls, rules.offered.contains(name) {
            leftOutCalls += 1
            return false
        }
        hasCall = true
        return true
    }

    // MARK: Finishing

    /// Finishes an item as the agent gives it. What was streamed already stays; the agent's word decides the rest.
    mutating func finishItem(
        at position: Int, as item: JSONObject, extras: JSONObject? = nil
    ) throws(OutputFault) {
        guard !items[position].isLeftOut else { return }
        switch items[position].type {
        case "message":
            try reconcile(try ItemForm.content(item), at: position, .content)
        case "reasoning":
            try reconcile(try parts(item["summary"]), at: position, .summary)
            try reconcile(try parts(item["content"]), at: position, .content)
        case "function_call":
            sayArguments(ItemForm.arguments(item), at: position)
        default: break
        }
        let finished = try finishedItem(item, at: position)
        if finished["status"] == "incomplete" {
            if position == items.count - 1 {
                items[position].phase = .held(finished)
                return
            }
            var completed = finished
            completed["status"] = "completed"
            sayDone(completed, at: position, extras: extras)
        } else {
            sayDone(finished, at: position, extras: extras)
        }
    }

    private func parts(_ list: JSON?) throws(OutputFault) -> [JSONObject] {
        guard let list, !list.isNull else { return [] }
        guard let parts = list.arrayValue else { throw OutputFault("The agent yielded reasoning that is no list") }
        return parts.compactMap(\.objectValue)
    }

    /// The item as its `done` event shows it.
    private func finishedItem(_ item: JSONObject, at position: Int) throws(OutputFault) -> JSONObject {
        let state = items[position]
        let content = JSON.array(state.content.map { .object($0.finished ?? $0.json($0.text)) })
        var finished: JSONObject
        switch state.type {
        case "message":
            finished = [
                "type": "message", "id": .string(state.id), "status": ItemForm.status(item),
                "role": state.head["role"] ?? "assistant", "content": content,
            ]
        case "function_call":
            finished = [
                "type": "function_call", "id": .string(state.id), "status": ItemForm.status(item),
                "call_id": state.head["call_id"] ?? "", "name": state.head["name"] ?? "",
                "arguments": .string(state.arguments),
            ]
        case "reasoning":
            finished = [
                "type": "reasoning", "id": .string(state.id),
                "summary": .array(state.summary.map { .object($0.finished ?? $0.json($0.text)) }),
            ]
            if !state.content.isEmpty { finished["content"] = content }
            if item["status"]?.stringValue == "incomplete" { finished["status"] = "incomplete" }
            if rules.includesEncryptedContent, let encrypted = item["encrypted_content"], !encrypted.isNull {
                finished["encrypted_content"] = encrypted
            }
        default:
            return try ItemForm.whole(
                item, type: state.type, id: state.id, callID: state.head["call_id"]?.stringValue
            )
        }
        for (key, value) in item where !finished.contains(key) && !Self.omitted.contains(key) && !value.isNull {
            finished.append(uncheckedKey: key, value: value)
        }
        return finished
    }

    /// Members of an item that are not passed on as they are.
    private static let omitted: Set<String> = ["content", "summary", "status", "encrypted_content"]

    private mutating func sayDone(_ item: JSONObject, at position: Int, extras: JSONObject? = nil) {
        items[position].phase = .done(item)
        let index = outputIndex(position)
        emit("response.output_item.done", extras: extras) { event in
            event.append(uncheckedKey: "output_index", value: index)
            event.append(uncheckedKey: "item", value: .object(item))
        }
    }

    /// An incomplete item is the last one. When another one follows, it counts as complete.
    private mutating func releaseHeld() {
        guard let position = items.indices.last, case .held(var item) = items[position].phase else { return }
        if item["status"] != nil { item["status"] = "completed" }
        sayDone(item, at: position)
    }

    /// Closes what the agent has left open, at its end.
    ///
    /// - Parameter isIncomplete: Whether the response is; then its last item is, too, where it is open.
    mutating func closeItems(isIncomplete: Bool) throws(OutputFault) {
        for position in items.indices {
            switch items[position].phase {
            case .held(let item): sayDone(item, at: position)
            case .open:
                var item = items[position].head
                item["status"] = isIncomplete && position == items.count - 1 ? "incomplete" : "completed"
                try close(item, at: position)
            case .done, .leftOut: break
            }
        }
    }

    /// Closes an item with what was streamed of it.
    private mutating func close(_ item: JSONObject, at position: Int) throws(OutputFault) {
        closePart(at: position)
        if items[position].type == "function_call" {
            let arguments = items[position].arguments
            sayArguments(arguments.isEmpty ? "{}" : arguments, at: position)
        }
        sayDone(try finishedItem(item, at: position), at: position)
    }

    // MARK: Arguments

    /// Takes a piece of a call's arguments.
    mutating func writeArguments(_ piece: String, at position: Int, extras: JSONObject? = nil) {
        guard !items[position].isLeftOut, !items[position].hasSaidArguments else { return }
        items[position].arguments += piece
        let (id, index) = (JSON.string(items[position].id), outputIndex(position))
        emit("response.function_call_arguments.delta", extras: extras) { event in
            event.append(uncheckedKey: "item_id", value: id)
            event.append(uncheckedKey: "output_index", value: index)
            event.append(uncheckedKey: "delta", value: .string(piece))
        }
    }

    /// Says the arguments as a whole; what of them was not streamed goes ahead as a piece.
    mutating func sayArguments(_ arguments: String, at position: Int, extras: JSONObject? = nil) {
        guard !items[position].isLeftOut, !items[position].hasSaidArguments else { return }
        if let rest = arguments.suffix(after: items[position].arguments), !rest.isEmpty {
            writeArguments(rest, at: position)
        }
        items[position].arguments = arguments
        items[position].hasSaidArguments = true
        let (id, index) = (JSON.string(items[position].id), outputIndex(position))
        emit("response.function_call_arguments.done", extras: extras) { event in
            event.append(uncheckedKey: "item_id", value: id)
            event.append(uncheckedKey: "output_index", value: index)
            event.append(uncheckedKey: "arguments", value: .string(arguments))
        }
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
