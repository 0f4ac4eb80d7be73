import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Testing

@testable import AgentServer

@Suite("The state of a connection")
struct ConnectionStateTests {
    private func head(_ headers: HTTPFields = [:], method: HTTPRequest.Method = .post) -> HTTPRequest {
        HTTPRequest(method: method, scheme: "http", authority: "localhost", path: "/invocations", headerFields: headers)
    }

    /// What an action is, in a word.
    private func name(_ action: ConnectionState.Action) -> String {
        switch action {
        case .nothing: "nothing"
        case .invite: "invite"
        case .answer(let received): "answer \(received.body.count)"
        case .relay(.head): "relay head"
        case .relay(.body(let piece)): "relay \(piece.readableBytes)"
        case .relay(.end): "relay end"
        case .refuse(let refusal): "refuse \(refusal.status.code)"
        case .close: "close"
        }
    }

    private func body(_ size: Int) -> ByteBuffer { ByteBuffer(repeating: 0x20, count: size) }

    @Test("takes a request whole, answers it, and waits for the next one")
    func oneAfterTheOther() {
        var state = ConnectionState(bodyLimit: 10)
        for _ in 0..<2 {
            #expect(state.isIdle)
            #expect(name(state.receive(.head(head()), isLegacy: false)) == "nothing")
            #expect(name(state.receive(.body(body(4)), isLegacy: false)) == "nothing")
            #expect(name(state.receive(.body(body(6)), isLegacy: false)) == "nothing")
            #expect(name(state.receive(.end(nil), isLegacy: false)) == "answer 10")
            #expect(state.isAnswering)
            let isOver = state.answered()
            #expect(!isOver)
        }
    }

    @Test("refuses a body that is too large, drops the rest of it, and closes at its end", arguments: [true, false])
    func largeBody(isAnnounced: Bool) {
        var state = ConnectionState(bodyLimit: 10)
        let headers: HTTPFields = isAnnounced ? [.contentLength: "11"] : [:]
        let first = state.receive(.head(head(headers)), isLegacy: false)
        let second = state.receive(.body(body(11)), isLegacy: false)
        #expect([name(first), name(second)].contains("refuse 413"))
        #expect(state.isLast)
        #expect(name(state.receive(.body(body(1000)), isLegacy: false)) == "nothing")
        #expect(name(state.receive(.end(nil), isLegacy: false)) == "close")
    }

    @Test("does not drop for ever")
    func dropping() {
        var state = ConnectionState(bodyLimit: 10)
        _ = state.receive(.head(head([.contentLength: "1000000000"])), isLegacy: false)
        let large = body(40 * 1024 * 1024)
        #expect(name(state.receive(.body(large), isLegacy: false)) == "nothing")
        #expect(name(state.receive(.body(large), isLegacy: false)) == "close")
    }

    @Test("invites a body only where the client asks and speaks a version that knows the answer")
    func invitation() {
        for (isLegacy, expected) in [(false, "invite"), (true, "nothing")] {
            var state = ConnectionState(bodyLimit: 10)
            let action = state.receive(.head(head([.expect: "100-Continue", .contentLength: "2"])), isLegacy: isLegacy)
            #expect(name(action) == expected)
        }
        var state = ConnectionState(bodyLimit: 1)
        let action = state.receive(.head(head([.expect: "100-continue", .contentLength: "2"])), isLegacy: false)
        #expect(name(action) == "refuse 413")
    }

    @Test("ends with the answer where the client or its version says so")
    func last() {
        for (headers, method, isLegacy) in [
            ([.connection: "close"], .post, false), ([.connection: "TE, Close"], .post, false), ([:], .post, true),
            ([.upgrade: "h2c"], .get, false), ([:], .connect, false),
        ] as [(HTTPFields, HTTPRequest.Method, Bool)] {
            var state = ConnectionState(bodyLimit: 10)
            _ = state.receive(.head(head(headers, method: method)), isLegacy: isLegacy)
            _ = state.receive(.end(nil), isLegacy: isLegacy)
            #expect(state.isLast)
            let isOver = state.answered()
            #expect(isOver)
            #expect(!state.isIdle)
        }
    }

    @Test("says what is no HTTP only where an answer has its place")
    func failures() {
        let refusal = ConnectionState.Refusal(status: .badRequest, text: "no")
        var idle = ConnectionState(bodyLimit: 10)
        #expect(name(idle.fail(refusal)) == "refuse 400")
        #expect(name(idle.fail(refusal)) == "close")

        var answering = ConnectionState(bodyLimit: 10)
        _ = answering.receive(.head(head()), isLegacy: false)
        _ = answering.receive(.end(nil), isLegacy: false)
        #expect(name(answering.fail(refusal)) == "nothing")
        let isOver = answering.answered()
        #expect(isOver)
    }

    @Test("closes at once when the server stops, or with the answer that is under way")
    func stopping() {
        var idle = ConnectionState(bodyLimit: 10)
        #expect(name(idle.drain(.stopping)) == "close")

        var receiving = ConnectionState(bodyLimit: 10)
        _ = receiving.receive(.head(head()), isLegacy: false)
        #expect(name(receiving.drain(.stopping)) == "nothing")
        #expect(name(receiving.receive(.end(nil), isLegacy: false)) == "answer 0")
        let isOver = receiving.answered()
        #expect(isOver)
    }

    @Test("waits for one more request when others take over, and ends with its answer")
    func retiring() {
        var state = ConnectionState(bodyLimit: 10)
        #expect(name(state.drain(.retiring)) == "nothing")
        #expect(name(state.receive(.head(head()), isLegacy: false)) == "nothing")
        #expect(name(state.receive(.end(nil), isLegacy: false)) == "answer 0")
        #expect(state.isLast)
        let isOver = state.answered()
        #expect(isOver)

        var idle = ConnectionState(bodyLimit: 10)
        _ = idle.drain(.retiring)
        #expect(name(idle.drain(.stopping)) == "close")
    }

    @Test("hands a relayed request on part by part, of any size, and waits for the next one")
    func relaying() {
        var state = ConnectionState(bodyLimit: 10)
        for _ in 0..<2 {
            let action = state.receive(.head(head([.contentLength: "100"])), isLegacy: false) { _ in true }
            #expect(name(action) == "relay head")
            #expect(state.isRelayingBody)
            #expect(!state.isAnswering)
            #expect(name(state.receive(.body(body(100)), isLegacy: false)) == "relay 100")
            #expect(name(state.receive(.end(nil), isLegacy: false)) == "relay end")
            #expect(state.isAnswering)
            state.answerBegan()
            let isOver = state.answered()
            #expect(!isOver)
            #expect(state.isIdle)
        }
    }

    @Test("drops the rest of a relayed request that was answered early, and closes at its end")
    func earlyAnswer() {
        var state = ConnectionState(bodyLimit: 10)
        _ = state.receive(.head(head()), isLegacy: false) { _ in true }
        state.answerBegan()
        let isOver = state.answered()
        #expect(!isOver)
        #expect(!state.isIdle)
        #expect(name(state.receive(.body(body(100)), isLegacy: false)) == "nothing")
        #expect(name(state.receive(.end(nil), isLegacy: false)) == "close")
    }

    @Test("ends with an answer that is whole before its request is, and not with another", arguments: [false, true])
    func wholeAnswer(isComplete: Bool) {
        var state = ConnectionState(bodyLimit: 10)
        _ = state.receive(.head(head()), isLegacy: false) { _ in true }
        if isComplete { _ = state.receive(.end(nil), isLegacy: false) }
        state.answerBegan(isWhole: true)
        #expect(state.isLast == !isComplete)
    }

    @Test("refuses a relayed request that breaks off, unless its answer has begun", arguments: [false, true])
    func brokenRelay(isAnswered: Bool) {
        var state = ConnectionState(bodyLimit: 10)
        _ = state.receive(.head(head()), isLegacy: false) { _ in true }
        if isAnswered { state.answerBegan() }
        let refusal = ConnectionState.Refusal(status: .badRequest, text: "no")
        #expect(name(state.fail(refusal)) == (isAnswered ? "close" : "refuse 400"))
    }
}
