public import AgentJSON

/// One event of a streamed response.
///
/// A thin view over the event's JSON object; any type of event may pass, known to this package or not.
public struct StreamEvent: Sendable, Hashable {
    /// The event as it was sent, or will be.
    public var json: JSONObject

    /// Wraps an event's JSON object as it is.
    public init(_ json: JSONObject) {
        self.json = json
    }

    /// What kind of event this is, `response.output_text.delta` for example; `""` where it has no type.
    public var type: String { json["type"]?.stringValue ?? "" }

    /// The item of an event that carries one.
    public var item: Item? { json["item"]?.objectValue.map(Item.init) }
}

extension StreamEvent {
    /// A further piece of a message's text.
    public static func outputTextDelta(_ delta: String, itemID: String) -> StreamEvent {
        StreamEvent([
            "type": .string(outputTextDeltaType), "item_id": .string(itemID), "delta": .string(delta),
        ])
    }

    /// An item that is complete.
    public static func outputItemDone(_ item: Item) -> StreamEvent {
        StreamEvent(["type": .string(outputItemDoneType), "item": .object(item.json)])
    }

    /// A citation or the like that was added to a message's text.
    public static func outputTextAnnotationAdded(_ annotation: JSONObject, index: Int, itemID: String) -> StreamEvent {
        StreamEvent([
            "type": "response.output_text.annotation.added", "item_id": .string(itemID),
            "annotation_index": .number(JSONNumber(index)), "annotation": .object(annotation),
        ])
    }

    /// `response.output_text.delta`
    public static let outputTextDeltaType = "response.output_text.delta"
    /// `response.output_item.done`
    public static let outputItemDoneType = "response.output_item.done"
    /// `response.completed`
    public static let completedType = "response.completed"
}
