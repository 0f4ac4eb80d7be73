public import AgentJSON
public import AgentServer

/// What a server answered.
public struct TestAnswer: Sendable {
    /// The HTTP status.
    public let status: Int

    /// The answer's headers.
    public let headers: RequestHeaders

    /// The body.
    public let bytes: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body as JSON; `null` where it is none.
    public var json: JSON { (try? JSON(parsing: bytes)) ?? .null }

    /// The events of a stream, without the `[DONE]` at its end.
    public var events: [JSON] {
        var reader = EventStreamReader()
        return reader.read(bytes)
    }

    /// Whether a stream came to its end: its last frame is `[DONE]`.
    public var isDone: Bool { text.hasSuffix("data: [DONE]\n\n") }

    /// The text that an agent's answer adds up to: that of the finished messages of a response or a stream.
    public var outputText: String {
        let done = events.filter { $0["type"]?.stringValue == StreamEvent.outputItemDoneType }
        let values = json["output"]?.arrayValue ?? done.compactMap { $0["item"] }
        let items = values.compactMap { $0.objectValue.map(Item.init) }
        return items.filter { $0.type == "message" }.map(\.text).joined()
    }
}
