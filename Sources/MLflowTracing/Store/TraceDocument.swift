import AgentJSON

/// What is kept of a trace beside its row: an object with `trace_metadata`, `tags` and `spans`, in MLflow's words.
///
/// Attributes are the values themselves, not their texts. `end_time_unix_nano` is null where a span goes on.
package enum TraceDocument {
    /// Beyond this, long values are cut.
    static let sizeLimit = 16 << 20
    /// What is left of a value that is cut, in Unicode scalars.
    static let cutLimit = 4096

    /// - Parameters:
    ///   - trace: A trace that is prepared.
    ///   - end: The time until which spans that go on have been recorded; `nil` where the trace is over.
    static func encode(_ trace: FinishedTrace, end: UInt64?) -> [UInt8] {
        let whole = document(trace, end: end) { $0 }.encoded()
        return whole.count <= sizeLimit ? whole : document(trace, end: end, value: cut).encoded()
    }

    private static func document(
        _ trace: FinishedTrace, end: UInt64?, value: (JSON) -> JSON
    ) -> JSONObject {
        var document: JSONObject = [:]
        if let id = trace.annotations.clientRequestID { document["client_request_id"] = .string(id) }
        document["trace_metadata"] = .object(metadata(trace))
        var tags: JSONObject = [:]
        if let root = trace.root { tags["mlflow.traceName"] = .string(root.name) }
        for (key, value) in trace.annotations.tags.sorted(by: { $0.key < $1.key }) { tags[key] = .string(value) }
        document["tags"] = .object(tags)
        if trace.droppedSpans > 0 { document["dropped_spans"] = JSON(integerLiteral: trace.droppedSpans) }
        if let status = trace.publicStatus { document["public_status"] = value(.string(status)) }
        document["spans"] = .array(trace.spans.map { .object(span($0, end: end, value: value)) })
        return document
    }

    private static func metadata(_ trace: FinishedTrace) -> JSONObject {
        let annotations = trace.annotations
        var metadata: JSONObject = ["mlflow.trace_schema.version": "3"]
        if let usage = trace.usage {
            metadata["mlflow.trace.tokenUsage"] = .string(SafeValue.text(of: .object(usage.json)))
        }
        if let session = annotations.session { metadata["mlflow.trace.session"] = .string(session) }
        if let user = annotations.user { metadata["mlflow.trace.user"] = .string(user) }
        for (key, value) in annotations.metadata.sorted(by: { $0.key < $1.key }) { metadata[key] = .string(value) }
        return metadata
    }

    private static func span(_ span: FinishedSpan, end: UInt64?, value: (JSON) -> JSON) -> JSONObject {
        let isOpen = span.end == end
        var status: JSONObject = ["code": span.failure != nil ? "ERROR" : isOpen ? "UNSET" : "OK"]
        if let failure = span.failure { status["message"] = value(.string(failure)) }
        var object: JSONObject = [
            "span_id": .string(span.id.hex),
            "parent_span_id": span.parent.map { .string($0.hex) } ?? .null,
            "name": .string(span.name),
            "span_type": .string(span.type.rawValue),
            "start_time_unix_nano": .number(JSONNumber(span.start)),
            "end_time_unix_nano": isOpen ? .null : .number(JSONNumber(span.end)),
            "status": .object(status),
            "attributes": .object(members(span.attributes, value)),
            "events": .array(
                span.events.map { event in
                    [
                        "name": .string(event.name), "time_unix_nano": .number(JSONNumber(event.time)),
                        "attributes": .object(members(event.attributes, value)),
                    ]
                }
            ),
        ]
        if !span.links.isEmpty {
            object["links"] = .array(
                span.links.map { link in
                    [
                        "trace_id": .string(link.trace.text), "span_id": .string(link.span.hex),
                        "attributes": .object(members(link.attributes, value)),
                    ]
                }
            )
        }
        return object
    }

    private static func members(_ object: JSONObject, _ value: (JSON) -> JSON) -> JSONObject {
        JSONObject(object.map { ($0.key, value($0.value)) })
    }

    /// A value that is short, or the beginning of its text.
    private static func cut(_ value: JSON) -> JSON {
        let text = value.stringValue ?? SafeValue.text(of: value)
        return text.utf8.count <= cutLimit ? value : .string(text.cut(to: cutLimit))
    }
}
