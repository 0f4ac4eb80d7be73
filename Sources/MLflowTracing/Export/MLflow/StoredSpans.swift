import AgentJSON

/// Spans in the form of the file that tracking servers without a store of spans keep (`traces.json`).
enum StoredSpans {
    static func json(_ form: TraceForm) -> JSONObject {
        let trace = base64(form.trace.id.high, form.trace.id.low)
        let spans = zip(form.trace.spans, form.attributes).map { span, attributes -> JSON in
            [
                "trace_id": .string(trace),
                "span_id": .string(base64(span.id.value)),
                "parent_span_id": span.parent.map { .string(base64($0.value)) } ?? .null,
                "name": .string(span.name),
                "start_time_unix_nano": number(span.start),
                "end_time_unix_nano": number(span.end),
                "events": .array(
                    span.events.map { event in
                        [
                            "name": .string(event.name), "time_unix_nano": number(event.time),
                            "attributes": .object(event.attributes),
                        ]
                    }
                ),
                "status": [
                    "code": span.failure == nil ? "STATUS_CODE_OK" : "STATUS_CODE_ERROR",
                    "message": .string(span.failure ?? ""),
                ],
                "attributes": .object(JSONObject(attributes.map { ($0.0, .string($0.1.text)) })),
                "links": [],
            ]
        }
        return ["spans": .array(spans)]
    }

    private static func number(_ value: UInt64) -> JSON { JSON(integerLiteral: Int(clamping: value)) }

    private static func base64(_ numbers: UInt64...) -> String {
        Base64.encode(numbers.flatMap { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } })
    }
}

extension WireValue {
    /// The value's JSON text.
    fileprivate var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): SafeValue.text(of: JSON(floatLiteral: value))
        case .text(let text): SafeValue.text(of: .string(text))
        case .json(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }
}
