import Testing

@testable import AgentServer

@Suite("Times of traces")
struct TraceTimeTests {
    @Test(
        "are RFC 3339, to the millisecond",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_602_671_725, "2026-11-25T10:31:11.725Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        ] as [(UInt64, String)])
    func texts(milliseconds: UInt64, text: String) {
        #expect(TraceTime.text(milliseconds) == text)
        #expect(TraceTime.milliseconds(text) == milliseconds)
    }

    @Test(
        "are read in other forms too",
        arguments: [
            ("1500", 1500), ("1970-01-01T00:00:01Z", 1000), ("1970-01-01t01:00:01.5+01:00", 1500),
            ("1970-01-01T01:00:01.123456 01:00", 1123), ("1969-12-31T23:00:01-01:00", nil),
            ("1970-01-01T00:00:01-00:30", 1_801_000),
        ] as [(String, UInt64?)])
    func forms(text: String, milliseconds: UInt64?) {
        #expect(TraceTime.milliseconds(text) == milliseconds)
    }

    @Test(
        "are refused where there is no such time",
        arguments: [
            "", "x", "-1", "99999999999999999999", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "2026-01-01T00:00:00Zx",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+1:00",
        ])
    func refusals(text: String) {
        #expect(TraceTime.milliseconds(text) == nil)
    }
}
