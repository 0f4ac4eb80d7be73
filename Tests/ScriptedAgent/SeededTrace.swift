import AgentJSON
import MLflowTracing

/// A trace that is made up, span by span. Times are milliseconds after its beginning.
struct SeededTrace {
    var spans: [FinishedSpan]
    var annotations = TraceAnnotations()
    private let start: UInt64

    init(_ name: String, at start: UInt64, for duration: Int) {
        self.start = start
        spans = [
            FinishedSpan(
                id: .random(), parent: nil, name: name, type: .unknown, start: start,
                end: start + UInt64(duration) * TraceSeeds.millisecond)
        ]
    }

    var finished: FinishedTrace { FinishedTrace(id: .random(), spans: spans, annotations: annotations) }

    /// Adds a span. Its place among the spans.
    mutating func add(_ name: String, _ type: SpanType, in parent: Int, _ from: Int, _ to: Int) -> Int {
        spans.append(
            FinishedSpan(
                id: .random(), parent: spans[parent].id, name: name, type: type,
                start: start + UInt64(from) * TraceSeeds.millisecond, end: start + UInt64(to) * TraceSeeds.millisecond))
        return spans.count - 1
    }

    mutating func io(_ span: Int, _ inputs: JSON?, _ outputs: JSON?) {
        spans[span].attributes[SpanKey.inputs] = inputs
        spans[span].attributes[SpanKey.outputs] = outputs
    }

    mutating func use(_ span: Int, _ usage: TokenUsage, _ model: String) {
        spans[span].attributes[SpanKey.tokenUsage] = .object(usage.json)
        spans[span].attributes[SpanKey.model] = .string(model)
    }

    mutating func fail(_ span: Int, _ type: String, _ message: String) {
        spans[span].failure = "\(type): \(message)"
        spans[span].events.append(
            FinishedSpan.Event(
                name: "exception", time: spans[span].end,
                attributes: [
                    "exception.type": .string(type), "exception.message": .string(message),
                    "exception.stacktrace": .string(
                        "\(type): \(message)\n    in book(_:) at TripPlanner/Booking.swift:88\n    in respond(to:writing:) at TripPlanner/TripPlanner.swift:31"
                    ),
                ]))
    }
}
