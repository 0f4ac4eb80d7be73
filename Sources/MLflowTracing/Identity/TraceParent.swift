/// Where a span stands, as processes tell each other in the header `traceparent` (W3C Trace Context).
public struct TraceParent: Sendable, Hashable {
    public var trace: TraceID
    public var span: SpanID
    /// Whether the caller keeps its trace.
    public var isSampled: Bool

    public init(trace: TraceID, span: SpanID, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// Reads a header's value: version, trace, span and flags in hexadecimal digits. Later versions may have more.
    ///
    /// - Returns: `nil` where it is not valid; it counts for nothing then, as the standard says.
    public init?(_ header: String) {
        let parts = header.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
        guard parts.count >= 4, parts[0].utf8.count == 2, let version = HexText.value(parts[0].utf8), version != 0xFF,
            version > 0 || parts.count == 4, parts[1].utf8.count == 32,
            !header.utf8.contains(where: { (0x41...0x46).contains($0) }),
            let trace = TraceID(parts[1]), let span = SpanID(parts[2]), parts[3].utf8.count == 2,
            let flags = HexText.value(parts[3].utf8)
        else { return nil }
        self.init(trace: trace, span: span, isSampled: flags & 1 == 1)
    }

    /// The header's value. The flags say that the trace is kept, if it is, and that its id is random.
    public var header: String { "00-\(trace.hex)-\(span.hex)-\(isSampled ? "03" : "02")" }
}
