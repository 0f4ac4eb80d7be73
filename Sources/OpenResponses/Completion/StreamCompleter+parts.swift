import AgentJSON

extension StreamCompleter {
    /// Writes a piece of text; opens a part of the type where none is open.
    ///
    /// - Parameters:
    ///   - type: The part's type, one that has a text.
    ///   - agentIndex: The part's index as the agent counts; `nil` for the one that is open.
    mutating func write(
        _ piece: String, to position: Int, _ place: OutputItem.Place, type: String, agentIndex: Int? = nil,
        logprobs: [JSON] = [], extras: JSONObject? = nil
    ) {
        ensurePart(type, at: position, place, agentIndex: agentIndex)
        let last = items[position][place].count - 1
        items[position][place][last].text += piece
        if !logprobs.isEmpty { items[position][place][last].logprobs += logprobs }
        guard makesEvents, let names = items[position][place][last].names else { return }
        emit(names.delta, position, place, last, extras: extras) { event in
            event.append(uncheckedKey: "delta", value: .string(piece))
            if names.hasLogprobs { event.append(uncheckedKey: "logprobs", value: .array(logprobs)) }
        }
    }

    /// Makes sure that a part of this type, and of this index, is open.
    private mutating func ensurePart(
        _ type: String, at position: Int, _ place: OutputItem.Place, agentIndex: Int?
    ) {
        if isOpenPart(type, at: position, place, agentIndex: agentIndex),
            let last = items[position][place].indices.last, !items[position][place][last].hasSaidText
        {
            if items[position][place][last].agentIndex == nil { items[position][place][last].agentIndex = agentIndex }
            return
        }
        openPart(type, at: position, place, agentIndex: agentIndex)
    }

    /// Whether the open part is the one that an event speaks of.
    func isOpenPart(_ type: String, at position: Int, _ place: OutputItem.Place, agentIndex: Int?) -> Bool {
        guard items[position].openPlace == place, let last = items[position][place].indices.last else { return false }
        return items[position][place][last].type == type && items[position][place][last].isMeant(by: agentIndex)
    }

    /// Opens a part; closes the one before.
    ///
    /// - Parameter given: The part as the agent has it.
    mutating func openPart(
        _ type: String, at position: Int, _ place: OutputItem.Place, agentIndex: Int?, given: JSONObject = [:],
        extras: JSONObject? = nil
    ) {
        closePart(at: position)
        let part = OutputPart(type: type, agentIndex: agentIndex, given: given)
        items[position][place].append(part)
        items[position].openPlace = place
        let event = place == .summary ? "response.reasoning_summary_part.added" : "response.content_part.added"
        emit(event, position, place, items[position][place].count - 1, extras: extras) { event in
            event.append(uncheckedKey: "part", value: .object(part.json()))
        }
    }

    /// Says the text of the open part as a whole; what of it was not streamed goes ahead as a piece.
    ///
    /// - Parameter text: The agent's word; `nil` where it only says that this was all.
    mutating func sayText(_ text: String?, at position: Int, extras: JSONObject? = nil) {
        guard let place = items[position].openPlace, let last = items[position][place].indices.last,
            !items[position][place][last].hasSaidText, let names = items[position][place][last].names
        else { return }
        if let text {
            writeRest(of: text, at: position)
            items[position][place][last].text = text
        }
        items[position][place][last].hasSaidText = true
        let said = items[position][place][last]
        emit(names.done, position, place, last, extras: extras) { event in
            event.append(uncheckedKey: names.textKey, value: .string(said.text))
            if names.hasLogprobs { event.append(uncheckedKey: "logprobs", value: .array(said.logprobs)) }
        }
    }

    /// Streams what a text has beyond what the open part was given.
    private mutating func writeRest(of text: String, at position: Int) {
        guard let place = items[position].openPlace, let part = items[position].openPart, !part.hasSaidText,
            let rest = text.suffix(after: part.text), !rest.isEmpty
        else { return }
        write(rest, to: position, place, type: part.type)
    }

    /// Closes the open part as the agent gives it.
    mutating func closePart(at position: Int, as given: JSONObject, extras: JSONObject? = nil) throws(OutputFault) {
        guard let part = items[position].openPart else { return }
        guard let names = part.names else {
            closePart(at: position, whole: PartForm.whole(given, type: part.type), extras: extras)
            return
        }
        let text = try PartForm.text(given, names)
        if part.type == "output_text" {
            // The text comes first: an annotation may point behind what was streamed.
            if let text { writeRest(of: text, at: position) }
            for annotation in (given["annotations"]?.arrayValue ?? []).dropFirst(part.annotations.count) {
                try annotate(annotation, at: position)
            }
            let logprobs = PartForm.logprobs(given["logprobs"])
            if !logprobs.isEmpty, !part.hasSaidText {
                let last = items[position].content.count - 1
                items[position].content[last].logprobs = logprobs
            }
        }
        sayText(text, at: position)
        closePart(at: position, members: given, extras: extras)
    }

    /// Closes the open part with what was streamed of it.
    ///
    /// - Parameters:
    ///   - whole: The part as it is, where it does not come in pieces.
    ///   - members: Members that the agent's part had beyond the standard's.
    mutating func closePart(
        at position: Int, whole: JSONObject? = nil, members: JSONObject? = nil, extras: JSONObject? = nil
    ) {
        guard let place = items[position].openPlace, let last = items[position][place].indices.last else { return }
        sayText(nil, at: position)
        items[position].openPlace = nil
        let finished = whole ?? items[position][place][last].json(extras: members)
        items[position][place][last].finished = finished
        let event = place == .summary ? "response.reasoning_summary_part.done" : "response.content_part.done"
        emit(event, position, place, last, extras: extras) { event in
            event.append(uncheckedKey: "part", value: .object(finished))
        }
    }

    /// Adds a citation or the like to the text part that is open.
    mutating func annotate(_ annotation: JSON, at position: Int, extras: JSONObject? = nil) throws(OutputFault) {
        if items[position].openPlace != .content || items[position].content.last?.type != "output_text" {
            openPart("output_text", at: position, .content, agentIndex: nil)
        }
        let last = items[position].content.count - 1
        let index = items[position].content[last].annotations.count
        let annotation = try PartForm.annotation(
            annotation, textLength: items[position].content[last].text.unicodeScalars.count
        )
        items[position].content[last].annotations.append(annotation)
        emit("response.output_text.annotation.added", position, .content, last, extras: extras) { event in
            event.append(uncheckedKey: "annotation_index", value: .number(JSONNumber(index)))
            event.append(uncheckedKey: "annotation", value: annotation)
        }
    }

    /// Brings the parts that were streamed in line with those of the finished item.
    mutating func reconcile(_ list: JSON?, at position: Int, _ place: OutputItem.Place) throws(OutputFault) {
        let itemType = items[position].type
        let parts = try PartForm.list(list, textType: itemType == "message" ? "output_text" : "text")
        let isAssistants = items[position].isAssistants
        // A part of the item is the next one of its type that was streamed; one that was not is added.
        let streamed = items[position][place].count
        var next = 0
        for part in parts {
            var type = try PartForm.type(part, in: place, of: itemType, isAssistants: isAssistants)
            func streamedPart() -> Int? {
                (next..<max(next, streamed)).first { items[position][place][$0].type == type }
            }
            var match = streamedPart()
            // What others have said goes by the name that it has in a request, unless it came in pieces.
            if match == nil, !isAssistants, type == "output_text" || type == "input_text" {
                type = type == "output_text" ? "input_text" : "output_text"
                match = streamedPart()
                if match == nil { type = "input_text" }
            }
            if let match {
                next = match + 1
                if items[position][place][match].finished == nil { try closePart(at: position, as: part) }
            } else {
                openPart(type, at: position, place, agentIndex: nil, given: part)
                try closePart(at: position, as: part)
            }
        }
        if items[position].openPlace == place { closePart(at: position) }
    }

    /// Adds an event about a part.
    private mutating func emit(
        _ type: String, _ position: Int, _ place: OutputItem.Place, _ part: Int, extras: JSONObject? = nil,
        _ add: (inout JSONObject) -> Void
    ) {
        guard makesEvents else { return }
        let id = items[position].id
        emit(type, extras: extras) { event in
            event.append(uncheckedKey: "item_id", value: .string(id))
            event.append(uncheckedKey: "output_index", value: .number(JSONNumber(position)))
            event.append(
                uncheckedKey: place == .summary ? "summary_index" : "content_index",
                value: .number(JSONNumber(part))
            )
            add(&event)
        }
    }
}

extension OutputItem {
    /// Whether the assistant speaks, as in all items but messages of other roles.
    var isAssistants: Bool {
        guard let role = head["role"]?.stringValue else { return true }
        return role == "assistant"
    }
}
