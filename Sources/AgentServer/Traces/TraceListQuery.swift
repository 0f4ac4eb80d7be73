import MLflowTracing
import OpenResponses

/// What `GET /traces` asks for.
struct TraceListQuery: Sendable {
    var limit = 20
    var after: TraceReference?
    var session: String?
    var state: TraceSummary.State?
    var times: ClosedRange<UInt64> = 0...UInt64(Int64.max)

    /// A field that cannot be used.
    struct Fault: Error {
        var message: String
    }

    /// Reads the query of a URL. Fields other than these are ignored.
    init(_ query: String?) throws(Fault) {
        let fields = QueryFields(query)
        if let text = fields["limit"] {
            guard let number = Int(text), 1...100 ~= number else {
                throw Fault(message: "limit must be an integer from 1 to 100")
            }
            limit = number
        }
        if let text = fields["after"] {
            guard let reference = TraceReference(text) else { throw Fault(message: "after must be the id of a trace") }
            after = reference
        }
        session = fields["session"]?.prefix(scalars: TraceRow.sessionLimit)
        if let text = fields["state"] {
            guard let state = TraceSummary.State(rawValue: text.uppercased()) else {
                throw Fault(message: "state must be OK, ERROR or IN_PROGRESS")
            }
            self.state = state
        }
        let from = try Self.time("from", fields)
        let to = try Self.time("to", fields)
        if let from, let to, from > to { throw Fault(message: "from must not be later than to") }
        times = (from ?? 0)...(to ?? UInt64(Int64.max))
    }

    private static func time(_ name: String, _ fields: QueryFields) throws(Fault) -> UInt64? {
        guard let text = fields[name] else { return nil }
        guard let time = TraceTime.milliseconds(text) else {
            throw Fault(message: "\(name) must be a time (RFC 3339), or milliseconds since 1970")
        }
        return time
    }
}
