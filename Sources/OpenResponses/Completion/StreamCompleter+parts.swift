import AgentJSON

extension StreamCompleter {
    /// Writes a piece of text; opens a part of the type where none is open.
    ///
    /// - Parameter agentIndex: The part's index as the agent counts; `nil` for the one that is open.
    mutating func write(
        _ piece: String, to position: Int, _ place: OutputItem.Place, type: String, agentIndex: Int? = nil,
        logprobs: [JSON] = [], extras: JSONObject? = nil
    ) throws(OutputFault) {
        guard !items[position].isLeftOut else { return }
        try ensurePart(type, at: position, place, agentIndex: agentIndex)
        let last = items[position][place].count - 1
        items[position][place][last].text += piece
        if !logprobs.isEmpty { items[position][place][last].logprobs += logprobs }
        guard makesEvents, let names = items[position][place][last].names else { return }
        let isText = type == "output_text"
        emit(names.delta, position, place, last, extras: extras) { event in
            event.append(uncheckedKey: "delta", value: .string(piece))
            if isText { event.append(uncheckedKey: "logprobs", value: .array(logprobs)) }
        }
    }

    /// Makes sure that a part of this type, and of this index, is open.
    private mutating func ensurePart(
        _ type: String, at position: Int, _ place: OutputItem.Place, agentIndex: Int?
    ) throws(OutputFault) {
        if items[position].openPlace == place, let part = items[position][place].last, part.type == type,
            !part.hasSaidText, agentIndex == nil || part.agentIndex == nil || agentIndex == part.agentIndex
        {
            return
        }
        openPart(type, at: position, place, agentIndex: agentIndex)
    }

    /// Opens a part; closes the one before.
    mutating func openPart(
        _ type: String, at position: Int, _ place: OutputItem.Place, agentIndex: Int?, extras: JSONObject? = nil
    ) {
        guard !items[position].isLeftOut else { return }
        closePart(at: position)
        let part = OutputPart(type: type, agentIndex: agentIndex)
        items[position][place].append(part)
        items[position].openPlace = place
        let event = place == .summary ? "response.reasoning_summary_part.added" : "response.content_part.added"
        emit(event, position, place, items[position][place].count - 1, extras: extras) { event in
            event.append(uncheckedKey: "part", value: .object(part.json("")))
        }
    }

    /// Says the text of the open part as a whole; what of it was not streamed goes ahead as a piece.
    mutating func sayText(_ text: String?, at position: Int, extras: JSONObject? = nil) throws(OutputFault) {
        guard let place = items[position].openPlace, let part = items[position][place].last, !part.hasSaidText,
            let names = part.names
        else { return }
        if let rest = text?.suffix(after: part.text), !rest.isEmpty {
            try write(rest, to: position, place, type: part.type)
        }
        let last = items[position][place].count - 1
        if let text { items[position][place][last].text = text }
        items[position][place][last].hasSaidText = true
        let said = items[position][place][last]
        emit(names.done, position, place, last, extras: extras) { event in
            event.append(uncheckedKey: names.textKey, value: .string(said.text))
            if part.type == "output_text" { event.append(uncheckedKey: "logprobs", value: .array(said.logprobs)) }
        }
    }

    /// Closes the open part with what was streamed of it.
    mutating func closePart(at position: Int) {
        // Without a text of the agent's own nothing can be at fault.
        try? closePart(at: position, as: nil)
    }

    /// Closes the open part as the agent gives it.
    mutating func closePart(
        at position: Int, as given: JSONObject?, extras: JSONObject? = nil
    ) throws(OutputFault) {
        guard let place = items[position].openPlace, let part = items[position][place].last else { return }
        let last = items[position][place].count - 1
        if let given, let names = part.names {
            // The text comes first: an annotation may point behind what was streamed.
            let text = try ItemForm.text(given, names)
            if part.type == "output_text" {
                if let rest = text.suffix(after: part.text), !rest.isEmpty, !part.hasSaidText {
                    try write(rest, to: position, place, type: part.type)
                }
                for annotation in (given["annotations"]?.arrayValue ?? []).dropFirst(part.annotations.count) {
                    annotate(annotation, at: position)
                }
                if let logprobs = given["logprobs"]?.arrayValue, !logprobs.isEmpty, !part.hasSaidText {
                    items[position][place][last].logprobs = logprobs
                }
            }
            try sayText(text, at: position)
        } else {
            try sayText(nil, at: position)
        }
        items[position].openPlace = nil
        let closed = items[position][place][last]
        let finished = closed.names == nil ? given ?? closed.json("") : closed.json(closed.text, extras: given)
        items[position][place][last].finished = finished
        let event = place == .summary ? "response.reasoning_summary_part.done" : "response.content_part.done"
        emit(event, position, place, last, extras: extras) { event in
            event.append(uncheckedKey: "part", value: .object(finished))
        }
    }

    /// Adds a citation or the like to the text part that is open.
    mutating func annotate(_ annotation: JSON, at position: Int, extras: JSONObject? = nil) {
        guard !items[position].isLeftOut else { return }
        if items[position].openPlace != .content || items[position].content.last?.type != "output_text" {
            openPart("output_text", at: position, .content, agentIndex: nil)
        }
        let last = items[position].content.count - 1
        let index = items[position].content[last].annotations.count
        let length = items[position].content[last].text.unicodeScalars.count
        let annotation = ItemForm.annotation(annotation, textLength: length)
        items[position].content[last].annotations.append(annotation)
        emit("response.output_text.annotation.added", position, .content, last, extras: extras) { event in
            event.append(uncheckedKey: "annotation_index", value: .number(JSONNumber(index)))
            event.append(uncheckedKey: "annotation", value: annotation)
        }
    }

    /// Brings the parts that were streamed in line with those of the finished item.
    mutating func reconcile(
        _ parts: [JSONObject], at position: Int, _ place: OutputItem.Place
    ) throws(OutputFault) {
        if items[position].openPlace != nil, items[position].openPlace != place { closePart(at: position) }
        for (index, part) in parts.enumerated() {
            let type = try ItemForm.partType(part, in: place)
            if index < items[position][place].count {
                let streamed = items[position][place][index]
                if streamed.finished != nil { continue }
                if streamed.type == type {
                    try closePart(at: position, as: part)
                    continue
                }
            }
            openPart(type, at: position, place, agentIndex: nil)
            try closePart(at: position, as: part)
        }
        if items[position].openPlace == place { closePart(at: position) }
    }

    /// Adds an event about a part.
    private mutating func emit(
        _ type: String, _ position: Int, _ place: OutputItem.Place, _ part: Int, extras: JSONObject? = nil,
        _ add: (inout JSONObject) -> Void
    ) {
        guard makesEvents else { return }
        let (id, index) = (JSON.string(items[position].id), outputIndex(position))
        emit(type, extras: extras) { event in
            event.append(uncheckedKey: "item_id", value: id)
            event.append(uncheckedKey: "output_index", value: index)
            event.append(
                uncheckedKey: place == .summary ? "summary_index" : "content_index",
                value: .number(JSONNumber(part))
            )
            add(&event)
        }
    }
}
