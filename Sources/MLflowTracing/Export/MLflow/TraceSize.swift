import AgentJSON

/// The sizes that MLflow shows of a trace: how long its spans would be as JSON, in the form in which it keeps them.
struct TraceSize {
    private(set) var spans: [Int] = []

    /// Counts a span.
    mutating func add(_ span: FinishedSpan, attributes: [(String, WireValue)]) {
        // Everything that is always there, the ids among it.
        var size = Self.fixedSize + (span.parent == nil ? 4 : 14)
        size += Self.text(span.name) + Self.digits(span.start) + Self.digits(span.end)
        size += (span.failure == nil ? 14 : 17) + Self.text(span.failure ?? "")
        for (key, value) in attributes { size += Self.text(key) + 2 + 2 + value.nestedSize }
        size += Self.separators(attributes.count)
        for event in span.events {
            size +=
                Self.eventSize + Self.text(event.name) + Self.digits(event.time)
                + JSON.object(event.attributes).encoded(as: .mlflowEvent).count
        }
        size += Self.separators(span.events.count)
        spans.append(size)
    }

    /// The statistics, and the size of everything.
    ///
    /// - Parameter info: How long the trace's information is.
    func statistics(info: Int) -> (total: Int, json: JSONObject) {
        let sizes = spans.sorted()
        let total = sizes.reduce(0, +) + info + 2 * max(0, sizes.count - 1)
        return (
            total,
            [
                "total_size_bytes": JSON(integerLiteral: total), "num_spans": JSON(integerLiteral: sizes.count),
                "max": JSON(integerLiteral: sizes.last ?? 0),
                "p25": JSON(integerLiteral: Self.percentile(0.25, of: sizes)),
                "p50": JSON(integerLiteral: Self.percentile(0.5, of: sizes)),
                "p75": JSON(integerLiteral: Self.percentile(0.75, of: sizes)),
            ]
        )
    }

    private static func percentile(_ fraction: Double, of sizes: [Int]) -> Int {
        guard let last = sizes.indices.last else { return 0 }
        let at = fraction * Double(last)
        let low = Int(at)
        let share = at - Double(low)
        return Int(Double(sizes[low]) * (1 - share) + Double(sizes[min(low + 1, last)]) * share)
    }

    private static func text(_ text: String) -> Int { TextSize.quoted(text) }

    private static func digits(_ number: UInt64) -> Int { String(number).utf8.count }

    private static func separators(_ count: Int) -> Int { 2 * max(0, count - 1) }

    private static let fixedSize = """
        {"trace_id": "AAAAAAAAAAAAAAAAAAAAAA==", "span_id": "AAAAAAAAAAA=", "parent_span_id": , "name": , \
        "start_time_unix_nano": , "end_time_unix_nano": , "events": [], "status": {"code": "", "message": }, \
        "attributes": {}, "links": []}
        """.utf8.count

    private static let eventSize = #"{"name": , "time_unix_nano": , "attributes": }"#.utf8.count
}
