import AgentJSON

/// An item of a stream as far as it was seen.
struct ItemState {
    struct Part {
        var type: String
        /// The part as it was opened.
        var opened: JSONObject
        var text = ""
        /// The text as a whole, once said.
        var said: String?
        var notes: [JSON] = []
        var done: JSONObject?
    }

    var opened: JSONObject
    var content: [Part] = []
    var summary: [Part] = []
    var arguments = ""
    var saidArguments: String?
    var done: JSONObject?

    var isPartOpen: Bool { (content + summary).contains { $0.done == nil } }
}

extension StreamRules {
    /// The events between the first two and the last.
    mutating func checkOrder(_ event: JSONObject) {
        let type = event["type"]?.stringValue ?? ""
        guard eventShapes[type] != nil else { return }
        let index = event["output_index"]?.intValue ?? -1
        if type == "response.output_item.added" {
            let count = items.count
            need(index == count, "Item \(index) is added as number \(count)")
            let item = event["item"]?.objectValue ?? [:]
            checkAdded(item)
            items.append(ItemState(opened: item))
            return
        }
        guard items.indices.contains(index), items[index].done == nil else {
            need(false, "\(type) for item \(index), which is not open")
            return
        }
        if type == "response.output_item.done" {
            checkDone(event["item"]?.objectValue ?? [:], items[index])
            items[index].done = event["item"]?.objectValue
            return
        }
        let state = items[index]
        need(event["item_id"] == state.opened["id"], "\(type) names another item than \(index)")
        if type.hasPrefix("response.function_call_arguments.") {
            checkArguments(event, index)
        } else {
            let (isSummary, isPartOpen) = (event.contains("summary_index"), items[index].isPartOpen)
            var parts = isSummary ? items[index].summary : items[index].content
            let at = event[isSummary ? "summary_index" : "content_index"]?.intValue ?? -1
            checkPart(event, type, at, &parts, isPartOpen)
            if isSummary { items[index].summary = parts } else { items[index].content = parts }
        }
    }

    private mutating func checkAdded(_ item: JSONObject) {
        if let status = item["status"] { need(status == "in_progress", "An item is added as \(status)") }
        switch item["type"]?.stringValue {
        case "message": need(item["content"] == [], "A message is added with content")
        case "reasoning": need(item["summary"] == [] && !item.contains("content"), "Reasoning is added with parts")
        case "function_call":
            need(item["arguments"] == "", "A call is added with arguments")
            need(item["name"]?.stringValue?.isEmpty == false, "A call is added without a name")
        default: break
        }
    }

    private mutating func checkArguments(_ event: JSONObject, _ index: Int) {
        let state = items[index]
        need(state.opened["type"] == "function_call", "Arguments of an item that is no call")
        need(state.saidArguments == nil, "Arguments after their end")
        if let delta = event["delta"]?.stringValue {
            items[index].arguments += delta
        } else {
            let arguments = event["arguments"]?.stringValue ?? ""
            items[index].saidArguments = arguments
            let isSum = arguments.utf8.elementsEqual(state.arguments.utf8)
            need(isSum || allowsContradictions, "Arguments are not the sum of their pieces")
        }
    }

    /// The events by which the text of a part of a type comes.
    private static let texts: [String: (name: String, key: String)] = [
        "output_text": ("output_text", "text"), "refusal": ("refusal", "refusal"),
        "reasoning_text": ("reasoning", "text"), "summary_text": ("reasoning_summary_text", "text"),
    ]

    private mutating func checkPart(
        _ event: JSONObject, _ type: String, _ at: Int, _ parts: inout [ItemState.Part], _ isPartOpen: Bool
    ) {
        if type.hasSuffix("_part.added") {
            need(!isPartOpen, "A part is added while another is open")
            need(at == parts.count, "Part \(at) is added as number \(parts.count)")
            let part = event["part"]?.objectValue ?? [:]
            let partType = part["type"]?.stringValue ?? ""
            if let text = Self.texts[partType] {
                need(part[text.key] == "", "A part is added with text")
                need(part["annotations"]?.arrayValue?.isEmpty != false, "A part is added with annotations")
            }
            need(
                type.contains("summary") == (partType == "summary_text") || partType.contains(":"), "\(partType) there")
            parts.append(ItemState.Part(type: partType, opened: part))
            return
        }
        guard at >= 0, at == parts.count - 1, parts[at].done == nil else {
            need(false, "\(type) for part \(at), which is not open")
            return
        }
        let text = Self.texts[parts[at].type]
        if type.hasSuffix("_part.done") {
            let part = event["part"]?.objectValue ?? [:]
            need(part["type"]?.stringValue == parts[at].type, "A part changes its type")
            if let text {
                need(parts[at].said != nil, "A part is done before its text")
                need(part[text.key]?.stringValue == parts[at].said, "A part has another text than was said")
                need(part["annotations"]?.arrayValue ?? [] == parts[at].notes, "A part has other annotations")
            }
            parts[at].done = part
        } else if type == "response.output_text.annotation.added" {
            need(parts[at].type == "output_text", "An annotation of \(parts[at].type)")
            need(event["annotation_index"]?.intValue == parts[at].notes.count, "An annotation's index")
            parts[at].notes.append(event["annotation"] ?? .null)
        } else {
            let isDone = type.hasSuffix(".done")
            need(type == "response.\(text?.name ?? "?").\(isDone ? "done" : "delta")", "\(type) of \(parts[at].type)")
            need(parts[at].said == nil, "Text after its end")
            guard isDone else {
                parts[at].text += event["delta"]?.stringValue ?? ""
                return
            }
            let said = event[text?.key ?? "text"]?.stringValue ?? ""
            parts[at].said = said
            let isSum = said.utf8.elementsEqual(parts[at].text.utf8)
            need(isSum || allowsContradictions, "A text is not the sum of its pieces")
        }
    }

    private mutating func checkDone(_ item: JSONObject, _ state: ItemState) {
        for key in ["id", "type", "call_id", "name", "role"] {
            need(item[key] == state.opened[key], "The \(key) of an item changes")
        }
        need(item["status"] != "in_progress", "An item is done in progress")
        need(!state.isPartOpen, "An item is done while a part is open")
        func parts(_ list: [ItemState.Part]) -> JSON { .array(list.compactMap { $0.done.map(JSON.object) }) }
        switch item["type"]?.stringValue {
        case "message":
            need(item["status"]?.stringValue != nil, "A message without a status")
            need(item["content"] == parts(state.content), "The content is not that of the events")
        case "reasoning":
            need(item["summary"] == parts(state.summary), "The summary is not that of the events")
            need(item["content"] ?? [] == parts(state.content), "The content is not that of the events")
        case "function_call":
            need(state.saidArguments != nil, "A call is done before its arguments")
            need(item["arguments"]?.stringValue == state.saidArguments, "A call has other arguments than were said")
        default:
            need(state.content.isEmpty && state.summary.isEmpty, "An item without pieces has parts")
        }
    }
}
