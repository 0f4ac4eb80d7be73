import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import AgentServer

@Suite("The state of a forwarded request")
struct RelayStateTests {
    private func head(_ status: HTTPResponseStatus = .ok, _ headers: HTTPHeaders = [:]) -> HTTPResponseHead {
        HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }

    private func piece(_ size: Int) -> ByteBuffer { ByteBuffer(repeating: 0x20, count: size) }

    /// What an action is, in a word.
    private func name(_ action: RelayState.Action) -> String {
        switch action {
        case .nothing: "nothing"
        case .begin(let head, let body): "begin \(head.status.code) \(body?.readableBytes ?? 0)"
        case .send(let piece): "send \(piece.readableBytes)"
        case .end: "end"
        case .whole(let head, let body): "whole \(head.status.code) \(body.readableBytes)"
        case .switchProtocol: "switch"
        case .again: "again"
        case .fail(let failure): "fail \(failure.reply.status.code)"
        case .breakOff: "break off"
        }
    }

    @Test("sends an answer of unknown or large size as it comes", arguments: [[:], ["content-length": "65537"]])
    func streaming(headers: [String: String]) {
        var state = RelayState(method: .GET, wantsSwitch: false)
        state.sentEnd()
        #expect(name(state.receive(head(.ok, HTTPHeaders(headers.map { ($0, $1) })))) == "begin 200 0")
        #expect(!state.isHolding)
        #expect(name(state.receive(piece(7))) == "send 7")
        #expect(!state.leavesConnectionOpen)
        #expect(name(state.receiveEnd(nil)) == "end")
        #expect(state.leavesConnectionOpen)
    }

    @Test("holds a small answer until it is whole")
    func holding() {
        var state = RelayState(method: .GET, wantsSwitch: false)
        state.sentEnd()
        #expect(name(state.receive(head(.ok, ["content-length": "65536"]))) == "nothing")
        #expect(state.isHolding)
        for _ in 0..<2 { #expect(name(state.receive(piece(32_768))) == "nothing") }
        #expect(name(state.receiveEnd(nil)) == "whole 200 65536")
        #expect(state.leavesConnectionOpen)
    }

    @Test("lets go of a small answer that takes long, and of nothing else")
    func lettingGo() {
        var state = RelayState(method: .GET, wantsSwitch: false)
        #expect(name(state.letGo()) == "nothing")
        _ = state.receive(head(.ok, ["content-length": "9"]))
        _ = state.receive(piece(4))
        #expect(name(state.letGo()) == "begin 200 4")
        #expect(name(state.letGo()) == "nothing")
        #expect(name(state.receive(piece(5))) == "send 5")
        #expect(name(state.lose(.closed, isReused: false)) == "break off")
    }

    @Test(
        "expects no body where there can be none",
        arguments: [(.HEAD, .ok), (.GET, .noContent), (.GET, .notModified)] as [(HTTPMethod, HTTPResponseStatus)])
    func bodiless(method: HTTPMethod, status: HTTPResponseStatus) {
        var state = RelayState(method: method, wantsSwitch: false)
        #expect(name(state.receive(head(status, ["content-length": "100000000"]))) == "nothing")
        #expect(name(state.receiveEnd(nil)) == "whole \(status.code) 0")
    }

    @Test("leaves the connection open only when both sides are through, and the app means to go on")
    func keepingOpen() {
        for (isSent, headers, expected) in [
            (true, [:], true), (false, [:], false), (true, ["connection": "close"], false),
        ] as [(Bool, HTTPHeaders, Bool)] {
            var state = RelayState(method: .POST, wantsSwitch: false)
            if isSent { state.sentEnd() }
            _ = state.receive(head(.ok, headers))
            _ = state.receiveEnd(nil)
            #expect(state.leavesConnectionOpen == expected)
        }
    }

    @Test("asks again, once, where a connection was used before and nothing can have happened")
    func again() {
        for method in [.GET, .HEAD, .OPTIONS, .PUT, .DELETE] as [HTTPMethod] {
            var state = RelayState(method: method, wantsSwitch: false)
            state.sentEnd()
            #expect(name(state.lose(.closed, isReused: true)) == "again")
            #expect(!state.isRequestSent)
            #expect(name(state.lose(.closed, isReused: true)) == "fail 502")
        }
    }

    @Test("does not ask again otherwise")
    func notAgain() {
        for (method, failure, isReused, hasBody) in [
            (.POST, .closed, true, false), (.PATCH, .closed, true, false), (.GET, .closed, false, false),
            (.GET, .garbage, true, false), (.GET, .slow(.seconds(1)), true, false), (.PUT, .closed, true, true),
        ] as [(HTTPMethod, ProxyFailure, Bool, Bool)] {
            var state = RelayState(method: method, wantsSwitch: false)
            if hasBody { state.sentBody() }
            #expect(name(state.lose(failure, isReused: isReused)) == "fail 502")
            #expect(name(state.lose(failure, isReused: isReused)) == "nothing")
            #expect(!state.leavesConnectionOpen)
        }
    }

    @Test("says that a held answer is not whole, and breaks off one that has begun")
    func losing() {
        var held = RelayState(method: .GET, wantsSwitch: false)
        _ = held.receive(head(.ok, ["content-length": "9"]))
        #expect(name(held.lose(.closed, isReused: true)) == "fail 502")

        var streaming = RelayState(method: .GET, wantsSwitch: false)
        _ = streaming.receive(head())
        #expect(name(streaming.lose(.slow(.seconds(1)), isReused: true)) == "break off")
        #expect(name(streaming.receive(piece(1))) == "nothing")
        #expect(name(streaming.receiveEnd(nil)) == "nothing")
        #expect(!streaming.leavesConnectionOpen)
    }

    @Test("changes the protocol when the client has asked, and only then")
    func switching() {
        var asked = RelayState(method: .GET, wantsSwitch: true)
        #expect(name(asked.receive(head(.switchingProtocols))) == "nothing")
        #expect(name(asked.receiveEnd(nil)) == "switch")

        var refused = RelayState(method: .GET, wantsSwitch: true)
        _ = refused.receive(head(.badRequest, ["content-length": "0"]))
        #expect(name(refused.receiveEnd(nil)) == "whole 400 0")

        var unasked = RelayState(method: .GET, wantsSwitch: false)
        unasked.sentEnd()
        #expect(name(unasked.receive(head(.switchingProtocols))) == "fail 502")
        #expect(!unasked.leavesConnectionOpen)

        var lost = RelayState(method: .GET, wantsSwitch: true)
        _ = lost.receive(head(.switchingProtocols))
        #expect(name(lost.lose(.closed, isReused: true)) == "fail 502")
    }
}
