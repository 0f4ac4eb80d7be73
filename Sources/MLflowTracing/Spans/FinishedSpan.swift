public import AgentJSON

/// A span that has ended.
public struct FinishedSpan: Sendable {
    /// Something that happened while a span was open.
    public struct Event: Sendable {
        public var name: String
        /// Nanoseconds since 1970.
        public var time: UInt64
        public var attributes: JSONObject

        public init(name: String, time: UInt64, attributes: JSONObject = [:]) {
            self.name = name
            self.time = time
            self.attributes = attributes
        }
    }

    /// A span of this or of another trace that has to do with this one.
    public struct Link: Sendable {
        public var trace: TraceID
        public var span: SpanID
        public var attributes: JSONObject

        public init(trace: TraceID, span: SpanID, attributes: JSONObject = [:]) {
            self.trace = trace
            self.span = span
            self.attributes = attributes
        }
    }

    public var id: SpanID
    /// The span that this one is a part of; of a root, the caller's span or `nil`.
    public var parent: SpanID?
    public var name: String
    public var type: SpanType
    /// Nanoseconds since 1970.
    public var start: UInt64
    /// Nanoseconds since 1970.
    public var end: UInt64
    /// What the span failed with, `<type>: <text>`; `nil` where it did not.
    public var failure: String?
    /// All attributes but those that follow from the fields (`mlflow.traceRequestId`, `mlflow.spanType`,
    /// `mlflow.spanLogLevel`), in the order in which they were first set.
    public var attributes: JSONObject
    public var events: [Event]
    public var links: [Link]

    public init(
        id: SpanID, parent: SpanID?, name: String, type: SpanType, start: UInt64, end: UInt64, failure: String? = nil,
        attributes: JSONObject = [:], events: [Event] = [], links: [Link] = []
    ) {
        self.id = id
        self.parent = parent
        self.name = name
        self.type = type
        self.start = start
        self.end = end
        self.failure = failure
        self.attributes = attributes
        self.events = events
        self.links = links
    }

    /// How important MLflow takes the span to be (`mlflow.spanLogLevel`).
    package var logLevel: Int { failure != nil || events.contains { $0.name == "exception" } ? 40 : type.logLevel }

    /// The tokens that it used, where it says so.
    package var usage: TokenUsage? { TokenUsage(attributes[SpanKey.tokenUsage]) }

    /// About how many bytes it holds.
    var weight: Int {
        var weight = 256 + 128 * (events.count + links.count)
        for (key, value) in attributes { weight += 64 + key.utf8.count + value.approximateSize }
        for event in events {
            for (_, value) in event.attributes { weight += 64 + value.approximateSize }
        }
        return weight
    }
}

extension JSON {
    /// About how many bytes it holds.
    fileprivate var approximateSize: Int {
        var size = 0
        // A list of its own instead of recursion: no depth can exhaust the stack.
        var pending = [self]
        while let value = pending.popLast() {
            size += MemoryLayout<JSON>.stride
            switch value {
            case .null, .bool, .number: break
            case .string(let text): size += text.utf8.count
            case .array(let elements): pending += elements
            case .object(let object):
                for (key, value) in object {
                    size += key.utf8.count
                    pending.append(value)
                }
            }
        }
        return size
    }
}
