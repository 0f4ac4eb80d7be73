import AgentJSON
import AgentServer
import OpenResponses

/// Makes items, and the events that show them, of the pieces in which a model writes: a pure state machine.
///
/// An item that begins closes the one before it. Calls whose arguments are not whole yet stay open beside each other,
/// because endpoints may write several at the same time.
struct AnswerWriter: Sendable {
    /// Events that nobody has taken yet.
    private var events: [StreamEvent] = []
    /// The items in the order in which they began; `nil` for those that are open.
    private var items: [JSONObject?] = []
    private var message: OpenMessage?
    private var reasoning: OpenReasoning?
    private var calls: [OpenCall] = []
    /// White space that would begin an item, and does if more follows: before a call, say, it means nothing.
    private var held: (kind: Kind, text: String, logprobs: [JSON])?
    /// Annotations of a text that has not begun.
    private var heldAnnotations: [JSON] = []

    /// More white space than this is what the model says.
    private static let mostHeld = 1024

    /// What a piece of text is of.
    enum Kind {
        case text, refusal, reasoning
    }

    init() {}

    mutating func takeEvents() -> [StreamEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    // MARK: Texts

    /// Takes a piece of text.
    mutating func write(_ piece: String, _ kind: Kind = .text, logprobs: [JSON] = []) {
        guard !piece.isEmpty else { return }
        guard !isOpen(kind) else { return add(piece, kind, logprobs) }
        var (text, logprobs) = (piece, logprobs)
        if let held, held.kind == kind { (text, logprobs) = (held.text + text, held.logprobs + logprobs) }
        if piece.isBlank, text.utf8.count <= Self.mostHeld {
            held = (kind, text, logprobs)
        } else {
            add(text, kind, logprobs)
        }
    }

    private func isOpen(_ kind: Kind) -> Bool { kind == .reasoning ? reasoning != nil : message != nil }

    private mutating func add(_ piece: String, _ kind: Kind, _ logprobs: [JSON]) {
        held = nil
        kind == .reasoning ? think(piece) : say(piece, isRefusal: kind == .refusal, logprobs)
    }

    private mutating func think(_ piece: String) {
        if reasoning == nil {
            let position = begin()
            reasoning = OpenReasoning(position: position)
            if let reasoning { open(["type": "reasoning", "id": .string(reasoning.id), "summary": []]) }
        }
        reasoning?.text += piece
        guard let id = reasoning?.id else { return }
        emit("response.reasoning_text.delta", id, contentIndex: 0, piece)
    }

    private mutating func say(_ piece: String, isRefusal: Bool, _ logprobs: [JSON]) {
        if message == nil {
            let position = begin()
            message = OpenMessage(position: position)
            if let message {
                open([
                    "type": "message", "id": .string(message.id), "status": "in_progress", "role": "assistant",
                    "content": [],
                ])
            }
        }
        message?.add(piece, isRefusal: isRefusal, logprobs)
        guard let message else { return }
        let type = isRefusal ? "response.refusal.delta" : StreamEvent.outputTextDeltaType
        emit(type, message.id, contentIndex: message.parts.count - 1, piece, logprobs)
        guard !isRefusal, !heldAnnotations.isEmpty else { return }
        let annotations = heldAnnotations
        heldAnnotations = []
        for annotation in annotations { annotate(annotation) }
    }

    /// Takes an annotation of the text that is open, or of the next one.
    mutating func annotate(_ annotation: JSON) {
        guard let id = message?.id, let last = message?.parts.indices.last, message?.parts[last].isRefusal == false
        else {
            heldAnnotations.append(annotation)
            return
        }
        let index = message?.parts[last].annotations.count ?? 0
        message?.parts[last].annotations.append(annotation)
        events.append(
            StreamEvent([
                "type": "response.output_text.annotation.added", "item_id": .string(id),
                "content_index": .number(JSONNumber(last)), "annotation_index": .number(JSONNumber(index)),
                "annotation": annotation,
            ])
        )
    }

    // MARK: Calls

    /// Begins a call.
    ///
    /// - Returns: The number by which its pieces name it.
    mutating func beginCall(name: String, callID: String) -> Int {
        closeTexts()
        held = nil
        for index in calls.indices where !calls[index].isClosed && calls[index].arguments.isJSONObject {
            closeCall(index)
        }
        let call = OpenCall(position: items.count, name: name, callID: callID)
        items.append(nil)
        calls.append(call)
        open([
            "type": "function_call", "id": .string(call.id), "status": "in_progress", "call_id": .string(callID),
            "name": .string(name), "arguments": "",
        ])
        return calls.count - 1
    }

    /// Takes a piece of a call's arguments.
    mutating func addArguments(_ piece: String, toCall index: Int) throws(ModelFailure) {
        guard !piece.isEmpty else { return }
        guard !calls[index].isClosed else {
            if piece.isBlank { return }
            throw ModelFailure(.malformed, "The model went on with a call that had ended")
        }
        calls[index].arguments += piece
        emit("response.function_call_arguments.delta", calls[index].id, piece)
    }

    /// Notes what belongs to a call beside its arguments, unless it has ended.
    mutating func setExtra(_ extra: JSON, ofCall index: Int) { calls[index].extra = extra }

    /// What a call's arguments are so far.
    func arguments(ofCall index: Int) -> String { calls[index].arguments }

    // MARK: Ends

    /// Closes what is open.
    ///
    /// - Parameter isIncomplete: Whether the model had to stop: then the item that began last is not whole.
    /// - Returns: All items.
    mutating func finish(isIncomplete: Bool) -> [Item] {
        // White space is all there is.
        if items.isEmpty, let held { add(held.text, held.kind, held.logprobs) }
        closeTexts(isIncomplete: isIncomplete)
        for index in calls.indices { closeCall(index, isIncomplete: isIncomplete) }
        return items.compactMap { $0.map(Item.init) }
    }

    /// Makes room for an item that is no call.
    private mutating func begin() -> Int {
        closeTexts()
        for index in calls.indices { closeCall(index) }
        items.append(nil)
        return items.count - 1
    }

    private mutating func closeTexts(isIncomplete: Bool = false) {
        if let reasoning {
            self.reasoning = nil
            close(reasoning.position, as: reasoning.item(isIncomplete: isIncomplete))
        }
        if let message {
            self.message = nil
            close(message.position, as: message.item(isIncomplete: isIncomplete))
        }
    }

    private mutating func closeCall(_ index: Int, isIncomplete: Bool = false) {
        guard !calls[index].isClosed else { return }
        calls[index].isClosed = true
        let isLast = calls[index].position == items.count - 1
        close(calls[index].position, as: calls[index].item(isIncomplete: isIncomplete && isLast))
    }

    private mutating func close(_ position: Int, as item: JSONObject) {
        items[position] = item
        events.append(.outputItemDone(Item(item)))
    }

    // MARK: Events

    private mutating func open(_ item: JSONObject) {
        events.append(StreamEvent(["type": "response.output_item.added", "item": .object(item)]))
    }

    private mutating func emit(
        _ type: String, _ id: String, contentIndex: Int? = nil, _ piece: String, _ logprobs: [JSON] = []
    ) {
        var members: [(String, JSON)] = [("type", .string(type)), ("item_id", .string(id))]
        if let contentIndex { members.append(("content_index", .number(JSONNumber(contentIndex)))) }
        members.append(("delta", .string(piece)))
        if !logprobs.isEmpty { members.append(("logprobs", .array(logprobs))) }
        events.append(StreamEvent(JSONObject(uncheckedMembers: members)))
    }
}

extension String {
    /// Whether there is nothing but white space.
    var isBlank: Bool {
        utf8.allSatisfy { $0 == UInt8(ascii: " ") || UInt8(ascii: "\t")...UInt8(ascii: "\r") ~= $0 }
    }

    /// Whether this is the whole text of a JSON object.
    var isJSONObject: Bool {
        !isBlank && (try? JSON(parsing: self))?.objectValue != nil
    }
}
