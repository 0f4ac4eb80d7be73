import NIOCore
import Testing

@testable import AgentServer

@Suite("The state of a WebSocket")
struct WebSocketStateTests {
    private typealias Event = WebSocketState.Event

    /// What bytes mean that come in pieces of a size.
    private func events(
        _ bytes: [UInt8], limit: Int = 1000, pieces: Int = .max, _ change: (inout WebSocketState) -> Void = { _ in }
    ) -> [Event] {
        var state = WebSocketState(messageLimit: limit)
        change(&state)
        var events: [Event] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var buffer = ByteBuffer(bytes: rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            while let event = state.next(&buffer) { events.append(event) }
            #expect(buffer.readableBytes == 0)
        }
        return events
    }

    private func masked(_ frames: RawFrame...) -> [UInt8] { frames.flatMap { $0.masked() } }

    private func text(_ text: String) -> Event { .deliver(.text(Array(text.utf8))) }

    @Test("hands messages on, in pieces of whatever size they come", arguments: [1, 2, 3, 7, .max])
    func pieces(size: Int) {
        let long = String(repeating: "0123456789", count: 70)
        let bytes = masked(
            .text("Grüße 👋"), .text(""), RawFrame(2, [0, 255]), .text("a", isLast: false), .ping("p"),
            .more("", isLast: false), .more("b"), .text(long), .pong("unasked"), .close(1000, "bye")
        )
        let expected: [Event] = [
            text("Grüße 👋"), text(""), .deliver(.binary([0, 255])), .ping(Array("p".utf8)), text("ab"), text(long),
            .goodbye(.normal),
        ]
        #expect(events(bytes, pieces: size) == expected)
    }

    @Test("takes lengths of all three forms", arguments: [0, 125, 126, 65535, 65536, 70000])
    func lengths(size: Int) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        #expect(events(masked(RawFrame(2, payload)), limit: size) == [.deliver(.binary(payload))])
    }

    @Test(
        "ends where rules are broken",
        arguments: [
            ("no mask", RawFrame.text("x").unmasked),
            ("reserved bit", [0xC1, 0x80, 0, 0, 0, 0]),
            ("unknown kind", RawFrame(3).masked()),
            ("unknown control frame", RawFrame(11).masked()),
            ("fragment of a ping", RawFrame(9, isLast: false).masked()),
            ("long ping", RawFrame(9, Array(repeating: 0, count: 126)).masked()),
            ("continuation of nothing", RawFrame.more("x").masked()),
            ("message within a message", RawFrame.text("x", isLast: false).masked() + RawFrame.text("y").masked()),
            ("length with a sign", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("half a close code", RawFrame(8, [3]).masked()),
            ("HTTP", Array("GET / HTTP/1.1\r\n\r\n".utf8)),
        ])
    func violations(name: String, bytes: [UInt8]) {
        // What comes afterwards means nothing.
        let found = events(bytes + RawFrame.text("later").masked())
        #expect(found.count == 1)
        guard case .fail(let violation) = found.first else {
            Issue.record("no failure: \(found)")
            return
        }
        #expect(violation.code == .protocolError)
    }

    @Test("bounds a message by what its frames say, before they come", arguments: [1, 2])
    func tooBig(fragments: Int) {
        var state = WebSocketState(messageLimit: 10)
        var bytes = ByteBuffer()
        if fragments == 2 { bytes.writeBytes(RawFrame.text("123456", isLast: false).masked()) }
        // The head alone.
        bytes.writeBytes(
            RawFrame(fragments == 1 ? 1 : 0, Array(repeating: 0, count: fragments == 1 ? 11 : 5)).masked().prefix(6))
        guard case .fail(let violation) = state.next(&bytes) else {
            Issue.record("no failure")
            return
        }
        #expect(violation.code == .messageTooBig)
        #expect(events(masked(.text("1234567890")), limit: 10) == [text("1234567890")])
    }

    @Test(
        "refuses texts that are not UTF-8, whole or in fragments, as soon as it shows",
        arguments: [
            [0xFF], [0x80], [0xC0, 0x80], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5],
            [0xE0, 0x9F, 0x80], [0xF0, 0x8F, 0x80, 0x80], Array("0123456789".utf8) + [0xE2, 0x82],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let whole = RawFrame(1, bytes).masked()
        let fragments = bytes.enumerated().flatMap { index, byte in
            RawFrame(index == 0 ? 1 : 0, [byte], isLast: index == bytes.count - 1).masked()
        }
        for sent in [whole, fragments] {
            guard case .fail(let violation) = events(sent).first else {
                Issue.record("no failure")
                return
            }
            #expect(violation.code == .invalidData)
        }
        #expect(events(RawFrame(2, bytes).masked()) == [.deliver(.binary(bytes))])
    }

    @Test("takes scalars that are split over fragments")
    func splitScalars() {
        let whole = "é€𝄞\u{10FFFF}\u{D7FF}\u{E000}"
        let bytes = Array(whole.utf8)
        let frames = bytes.enumerated().flatMap { index, byte in
            RawFrame(index == 0 ? 1 : 0, [byte], isLast: index == bytes.count - 1).masked()
        }
        #expect(events(frames) == [text(whole)])
    }

    @Test(
        "understands a goodbye",
        arguments: [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999], [true, false])
    func goodbye(code: UInt16, isAnswer: Bool) {
        let found = events(masked(.close(code, "é"), .text("later"))) { if isAnswer { _ = $0.close() } }
        #expect(found == [isAnswer ? .farewell : .goodbye(.init(rawValue: code))])
    }

    @Test("understands a goodbye that says nothing")
    func emptyGoodbye() {
        #expect(events(masked(RawFrame(8))) == [.goodbye(nil)])
    }

    @Test(
        "refuses a goodbye with a code that is none",
        arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535])
    func badGoodbye(code: UInt16) {
        guard case .fail(let violation) = events(masked(.close(code))).first else {
            Issue.record("no failure")
            return
        }
        #expect(violation.code == .protocolError)
    }

    @Test("says goodbye once, and drops what comes before the answer, of whatever size")
    func closing() {
        let found = events(
            masked(.text(String(repeating: "x", count: 5000)), .ping("p"), RawFrame(1, [0xFF]), .close(1000)),
            limit: 100
        ) { state in
            let once = state.close()
            let twice = state.close()
            #expect(once && !twice)
            #expect(!state.isOpen)
        }
        #expect(found == [.farewell])
    }

    @Test("says no goodbye behind the client's")
    func closedByClient() {
        var state = WebSocketState(messageLimit: 10)
        var bytes = ByteBuffer(bytes: masked(.close(1000)))
        let event = state.next(&bytes)
        #expect(event == .goodbye(.normal))
        let isSaid = state.close()
        #expect(!isSaid)
        #expect(state.isOver)
    }

    @Test("takes no more than up to an event")
    func stepwise() {
        var state = WebSocketState(messageLimit: 10)
        let second = masked(.text("b"))
        var bytes = ByteBuffer(bytes: masked(.text("a")) + second)
        let event = state.next(&bytes)
        #expect(event == text("a"))
        #expect(bytes.readableBytes == second.count)
    }
}

@Suite("Frames that the server writes")
struct FrameWriterTests {
    @Test("have a reason that fits, cut between characters")
    func reason() {
        var buffer = ByteBuffer()
        FrameWriter.writeClose(.goingAway, "x" + String(repeating: "é", count: 100), to: &buffer)
        let bytes = Array(buffer.readableBytesView)
        #expect(bytes.prefix(4) == [0x88, 125, 0x03, 0xE9])
        #expect(String(validating: bytes.dropFirst(4), as: UTF8.self) == "x" + String(repeating: "é", count: 61))
    }
}
