import AgentJSON
import AgentServer
import OpenResponses

/// Reads the answer of the Responses API, whose events go on nearly as they are, or a whole response where the endpoint
/// does not stream.
///
/// What is of the endpoint's response as a whole is taken out: numbers, indexes, and the events of its beginning and
/// end. So is what nobody would understand: types of items and events that neither the standard nor OpenAI has.
struct ResponsesDecoder: AnswerDecoder {
    private var items: [Item] = []
    /// The ids of items that are left out.
    private var leftOut: Set<String> = []
    /// The response that ended the stream.
    private var response: JSONObject?
    private var hasBegun = false
    private var isForeign = false

    init() {}

    var isOver: Bool { response != nil }

    var isComplete: Bool { isOver }

    mutating func read(_ data: String) throws(ModelFailure) -> [StreamEvent] {
        guard response == nil, !data.isBlank, !data.utf8.starts(with: "[DONE]".utf8) else { return [] }
        let value: JSON
        do {
            value = try JSON(parsing: data)
        } catch {
            throw ModelFailure(.malformed, "The model wrote what is no JSON: \(ModelFailure.line(data, upTo: 100))")
        }
        guard let event = value.objectValue else {
            throw ModelFailure(.malformed, "The model wrote what is no event: \(ModelFailure.line(data, upTo: 100))")
        }
        guard let type = event["type"]?.stringValue else {
            if event["output"]?.arrayValue != nil { return try end(with: event) }
            if ErrorReport.isError(event) { throw ErrorReport(value).failure }
            isForeign = true
            return []
        }
        hasBegun = true
        switch type {
        case "response.created", "response.queued", "response.in_progress": return []
        case "response.completed", "response.incomplete", "response.failed", "response.cancelled":
            var response = event["response"]?.objectValue ?? [:]
            // The event's own word: some leave the status as it was.
            response["status"] = .string(String(type.dropFirst("response.".count)))
            return try end(with: response)
        case "error": throw ErrorReport(value).failure
        default: return pass(event, type)
        }
    }

    mutating func finish() throws(ModelFailure) -> (events: [StreamEvent], answer: ModelAnswer) {
        guard var response else {
            throw isForeign && !hasBegun
                ? ModelFailure(.malformed, "The answer is no response")
                : ModelFailure(.broken, "it ended without a response.completed")
        }
        var answer = ModelAnswer()
        answer.items = items
        answer.usage = response["usage"]?.objectValue.map(Usage.init(wire:))
        answer.model = response["model"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        if response["status"] == "incomplete" {
            answer.incompleteReason = response["incomplete_details"]?["reason"]?.stringValue ?? "max_output_tokens"
        }
        if response["output"]?.arrayValue?.isEmpty ?? true {
            response["output"] = .array(items.map { .object($0.json) })
        }
        answer.wire = response
        return ([], answer)
    }

    // MARK: The end

    private mutating func end(with response: JSONObject) throws(ModelFailure) -> [StreamEvent] {
        switch response["status"]?.stringValue {
        case "failed": throw ErrorReport(["error": response["error"] ?? .null]).failure
        case "cancelled": throw ModelFailure(.broken, "The answer was cancelled")
        case "queued", "in_progress": throw ModelFailure(.malformed, "The answer is a response that has not ended")
        default: break
        }
        self.response = response
        guard items.isEmpty else { return [] }
        return (response["output"]?.arrayValue ?? []).flatMap { item in
            pass(["type": .string(StreamEvent.outputItemDoneType), "item": item], StreamEvent.outputItemDoneType)
        }
    }

    // MARK: Events

    private mutating func pass(_ event: JSONObject, _ type: String) -> [StreamEvent] {
        switch type {
        case "response.output_item.added", StreamEvent.outputItemDoneType:
            guard let item = event["item"]?.objectValue.map(Item.init) else { return [] }
            // The model gets it back all the same.
            if type == StreamEvent.outputItemDoneType { items.append(item) }
            guard Self.isKnown(itemType: item.type) else {
                if let id = item.id { leftOut.insert(id) }
                return []
            }
        default:
            guard KnownTypes.isStandardEvent(type) || KnownTypes.isEvent(type) || KnownTypes.isExtension(type) else {
                return []
            }
            if !leftOut.isEmpty, let id = event["item_id"]?.stringValue, leftOut.contains(id) { return [] }
        }
        return [StreamEvent(event.filtered { key, _ in !Self.isOfTheStream(key) })]
    }

    private static func isKnown(itemType type: String) -> Bool {
        KnownTypes.isStandardItem(type) || KnownTypes.isItem(type) || KnownTypes.isExtension(type)
    }

    /// Whether a member says where an event stands in the endpoint's stream.
    private static func isOfTheStream(_ key: String) -> Bool {
        key == "sequence_number" || key == "output_index" || key == "obfuscation"
    }
}

extension Usage {
    /// Reads the object of a response.
    init(wire: JSONObject) {
        let (input, output) = (wire["input_tokens_details"], wire["output_tokens_details"])
        self.init(
            inputTokens: Usage.count(wire["input_tokens"]), outputTokens: Usage.count(wire["output_tokens"]),
            cachedTokens: Usage.count(input?["cached_tokens"]),
            reasoningTokens: Usage.count(output?["reasoning_tokens"]),
            cacheWriteTokens: Usage.count(input?["cache_write_tokens"])
        )
    }
}
