import TestSupport
import Testing

@testable import ModelAgent

@Suite("Server-sent events")
struct ServerSentEventsTests {
    private static func events(_ stream: String) throws -> [String] {
        var parser = ServerSentEvents()
        return try parser.feed(Array(stream.utf8))
    }

    @Test(
        "gives the data of each event",
        arguments: [
            ("data: a\n\ndata: b\n\n", ["a", "b"]),
            ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
            ("data: a\r\rdata: b\r\r", ["a", "b"]),
            ("data:a\n\ndata:  b \n\n", ["a", " b "]),
            ("data: one\ndata: two\n\n", ["one\ntwo"]),
            ("data: one\ndata:\ndata: three\n\n", ["one\n\nthree"]),
            ("data\n\n", [""]),
            ("event: delta\nid: 7\nretry: 10\ndata: a\n\n", ["a"]),
            (": keep-alive\n\ndata: a\n: comment\n\n", ["a"]),
            ("event: ping\n\n\n\ndata: a\n\n", ["a"]),
            ("database: x\n\ndata2: y\n\n", []),
            ("\u{FEFF}data: a\n\ndata: \u{FEFF}b\n\n", ["a", "\u{FEFF}b"]),
            ("data: a\n\ndata: b\n", ["a"]),
            ("data: {\"text\":\"日本 👩‍👩‍👧 é\"}\n\n", ["{\"text\":\"日本 👩‍👩‍👧 é\"}"]),
            ("", []),
            ("\n\n\n", []),
        ] as [(String, [String])]
    )
    func parses(stream: String, expected: [String]) throws {
        #expect(try Self.events(stream) == expected)
    }

    @Test("gives the same events however the bytes are split")
    func splits() throws {
        let stream =
            "\u{FEFF}data: é日👩\r\ndata: two\r\n\r\n: c\r\rdata: x\n\nevent: e\rdata: last\r\r\n\ndata: y\r\n\r\n"
        let bytes = Array(stream.utf8)
        let expected = try Self.events(stream)
        #expect(expected == ["é日👩\ntwo", "x", "last", "y"])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var parser = ServerSentEvents()
                var events = try parser.feed(bytes[..<first])
                events += try parser.feed(bytes[first..<second])
                events += try parser.feed(bytes[second...])
                #expect(events == expected, "split at \(first) and \(second)")
            }
        }
        var parser = ServerSentEvents()
        #expect(try bytes.flatMap { try parser.feed([$0]) } == expected)
    }

    @Test("gives the same events of random bytes however they are split")
    func randomSplits() throws {
        let texts = ["data: ", "data", ":", " ", "x", "\r", "\n", "\r\n", "\n\n", "\r\n\r\n", "é", "\u{FEFF}"]
        let pieces: [[UInt8]] = texts.map { Array($0.utf8) } + [[0xFF], [0xC3]]
        for seed in 0..<2000 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let bytes = (0..<60).flatMap { _ -> [UInt8] in random.pick(pieces) }
            var whole = ServerSentEvents()
            let expected = try whole.feed(bytes)
            var parser = ServerSentEvents()
            var events: [String] = []
            var start = 0
            while start < bytes.count {
                let end = min(start + Int.random(in: 0...5, using: &random), bytes.count)
                events += try parser.feed(bytes[start..<end])
                start = end
            }
            #expect(events == expected, "seed \(seed)")
        }
    }

    @Test(
        "refuses an event that is too large, in one line or in many, with and without an end",
        arguments: [
            "data: 0123456789abcdef0123456789abcdef\n\n", "data: 0123456789abcdef0123456789abcdef",
            "data: 0123456789\ndata: 0123456789\ndata: 0123456789\n\n", ": 0123456789abcdef0123456789abcdef",
        ]
    )
    func limits(stream: String) {
        for size in [1, 7, 100] {
            var parser = ServerSentEvents(limit: 24)
            let bytes = Array(stream.utf8)
            #expect(throws: ModelFailure.self) {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    _ = try parser.feed(bytes[start..<min(start + size, bytes.count)])
                }
            }
        }
    }

    @Test("bounds each event, not the stream")
    func manyEvents() throws {
        var parser = ServerSentEvents(limit: 24)
        for _ in 0..<100 { #expect(try parser.feed(Array("data: 0123456789\n\n".utf8)) == ["0123456789"]) }
    }
}
