import AgentJSON

/// A request of OTLP to `/v1/traces`: the spans of many traces.
package struct SpanBatch {
    private var spans = ProtobufWriter()
    package private(set) var count = 0
    private let resource: [(key: String, value: String)]

    /// - Parameter resource: What is said of the process.
    package init(resource: [(key: String, value: String)]) {
        self.resource = resource
    }

    /// About how many bytes the request has.
    package var size: Int { spans.bytes.count }

    /// Adds a span with its attributes in the order in which they are given.
    package mutating func add(
        _ span: FinishedSpan, of trace: TraceID, kind: UInt64 = 0, attributes: some Sequence<(String, WireValue)>
    ) {
        count += 1
        spans.message(2) { message in
            message.id(1, trace.high, trace.low)
            message.id(2, span.id.value)
            if let parent = span.parent { message.id(4, parent.value) }
            message.text(5, span.name)
            if kind > 0 { message.number(6, kind) }
            message.fixed64(7, span.start)
            message.fixed64(8, span.end)
            for (key, value) in attributes { message.attribute(9, key, value) }
            for event in span.events {
                message.message(11) { inner in
                    inner.fixed64(1, event.time)
                    inner.text(2, event.name)
                    for (key, value) in event.attributes { inner.attribute(3, key, typed: value) }
                }
            }
            for link in span.links {
                message.message(13) { inner in
                    inner.id(1, link.trace.high, link.trace.low)
                    inner.id(2, link.span.value)
                    for (key, value) in link.attributes { inner.attribute(4, key, typed: value) }
                }
            }
            message.message(15) { status in
                if let failure = span.failure { status.text(2, failure) }
                status.number(3, span.failure == nil ? 1 : 2)
            }
        }
    }

    /// The bytes of the request.
    package func encoded() -> [UInt8] {
        var request = ProtobufWriter()
        request.reserveCapacity(spans.bytes.count + 256)
        request.message(1) { resourceSpans in
            resourceSpans.message(1) { message in
                for (key, value) in resource { message.attribute(1, key, .text(value)) }
            }
            resourceSpans.data(2, spans.bytes)
        }
        return request.bytes
    }
}

extension ProtobufWriter {
    fileprivate mutating func attribute(_ field: UInt8, _ key: String, _ value: WireValue) {
        message(field) { message in
            message.text(1, key)
            // Nothing is an attribute without a value.
            if case .null = value { return }
            message.message(2) { inner in
                switch value {
                case .null: break
                case .text(let text): inner.text(1, text)
                case .json(let bytes): inner.data(1, bytes)
                case .bool(let flag): inner.number(2, flag ? 1 : 0)
                case .integer(let integer): inner.number(3, UInt64(bitPattern: integer))
                case .double(let double): inner.double(4, double)
                }
            }
        }
    }

    /// An attribute of an event, which tracking servers do not unwrap: arrays keep their type.
    fileprivate mutating func attribute(_ field: UInt8, _ key: String, typed value: JSON) {
        message(field) { message in
            message.text(1, key)
            if !value.isNull { message.message(2) { $0.anyValue(value, levels: 16) } }
        }
    }

    private mutating func anyValue(_ value: JSON, levels: Int) {
        switch WireValue(value) {
        case .null: break
        case .text(let text): text.isEmpty ? data(1, [UInt8]()) : self.text(1, text)
        case .bool(let flag): number(2, flag ? 1 : 0)
        case .integer(let integer): number(3, UInt64(bitPattern: integer))
        case .double(let value): double(4, value)
        case .json(let bytes):
            guard levels > 0, let elements = value.arrayValue else { return data(1, bytes) }
            message(5) { array in
                for element in elements { array.message(1) { $0.anyValue(element, levels: levels - 1) } }
            }
        }
    }
}
