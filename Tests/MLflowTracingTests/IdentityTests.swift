import MLflowTracing
import Testing

@Suite("Ids of traces and spans")
struct IdentityTests {
    @Test("are written as MLflow does, and read again")
    func texts() throws {
        let trace = TraceID(high: 0x0171_CD89_97DA_37C8, low: 0x9CE2_31D9_3AEA_7ADF)
        #expect(trace.text == "tr-0171cd8997da37c89ce231d93aea7adf")
        #expect(TraceID(trace.text) == trace)
        #expect(TraceID(trace.hex.uppercased()) == trace)
        #expect(TraceID("tr-0171cd8997da37c89ce231d93aea7ad") == nil)
        #expect(TraceID("tr-0171cd8997da37c89ce231d93aea7adg") == nil)
        #expect(TraceID("tr-00000000000000000000000000000000") == nil)
        #expect(SpanID(value: 0x7F92).hex == "0000000000007f92")
        #expect(SpanID("0000000000007f92") == SpanID(value: 0x7F92))
        #expect(SpanID("0000000000000000") == nil)
    }

    @Test("of kept traces have a root where several calls share a trace's id")
    func references() throws {
        let trace = TraceID(high: 0, low: 0xFF)
        let (bare, whole) = (TraceReference(trace), TraceReference(trace, root: SpanID(value: 0x7F92)))
        #expect(bare.text == trace.text)
        #expect(whole.text == "\(trace.text):0000000000007f92")
        for reference in [bare, whole] {
            #expect(TraceReference(reference.text) == reference)
            #expect(TraceReference(reference.text.dropFirst(3)) == reference)
        }
        for text in ["", ":", "x", "\(trace.text):", "\(trace.text):7f92", "\(whole.text):1", ":0000000000007f92"] {
            #expect(TraceReference(text) == nil)
        }
    }

    @Test(
        "traceparent is read as the standard says",
        arguments: [
            ("00-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01", true),
            ("00-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-00", true),
            ("01-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01-more", true),
            ("00-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01-more", false),
            ("ff-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01", false),
            ("00-0171CD8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01", false),
            ("00-00000000000000000000000000000000-7f92f9511a9b2e6b-01", false),
            ("00-0171cd8997da37c89ce231d93aea7adf-0000000000000000-01", false),
            ("00-tr-0171cd8997da37c89ce231d93aea7a-7f92f9511a9b2e6b-01", false),
            ("", false),
        ]
    )
    func traceParents(header: String, isValid: Bool) {
        #expect((TraceParent(header) != nil) == isValid)
    }

    @Test("traceparent is written with what was read")
    func roundTrip() throws {
        let parent = try #require(TraceParent("00-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01"))
        #expect(parent.isSampled)
        #expect(parent.header == "00-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-03")
    }

    @Test("sampling looks at the low half, unsigned, as MLflow does")
    func sampling() {
        #expect(TraceID(high: .max, low: 0x7FFF_FFFF_FFFF_FFFF).isSampled(ratio: 0.5))
        #expect(!TraceID(high: 0, low: 0x8000_0000_0000_0000).isSampled(ratio: 0.5))
        #expect(TraceID(high: 0, low: .max).isSampled(ratio: 1))
        #expect(!TraceID(high: 1, low: 0).isSampled(ratio: 0))
    }
}
