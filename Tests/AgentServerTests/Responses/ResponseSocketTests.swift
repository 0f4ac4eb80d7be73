import AgentServer
import Synchronization
import TestSupport
import Testing

@Suite("Responses over a WebSocket")
struct ResponseSocketTests {
    /// One connection to a server of its own.
    private func withSocket(
        _ agent: some ResponsesAgent, change: (inout AgentServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (inout RawClient.Conversation) async throws -> Void
    ) async throws {
        var configuration = AgentServer.Configuration()
        change(&configuration)
        try await withLiveServer(agent, configuration: configuration) { port in
            try await RawClient.with(port: port) { client in
                try await client.send(WebSocketServer.handshake("/v1/responses"))
                #expect(try await client.readHead().hasPrefix("http/1.1 101 "))
                try await body(&client)
            }
        }
    }

    @Test("come as the events of a stream, with numbers of their own for each turn")
    func turns() async throws {
        try await withSocket(MemoryAgent()) { client in
            for text in ["a", "b"] {
                try await client.ask(["input": .string(text), "stream": true])
                let events = try await client.turn()
                #expect(events.first?["type"] == "response.created")
                #expect(events.last?["response"]?["output"]?[0]?["content"]?[0]?["text"] == .string(text))
                #expect(events.compactMap { $0["sequence_number"]?.intValue } == Array(events.indices))
            }
        }
    }

    @Test("are answered one after the other, however they come")
    func queue() async throws {
        try await withSocket(MemoryAgent()) { client in
            for number in 0..<5 { try await client.ask(["input": .string("\(number)")]) }
            for number in 0..<5 {
                let final = try await client.turn().last?["response"]
                #expect(final?["output"]?[0]?["content"]?[0]?["text"] == .string("\(number)"))
            }
        }
    }

    @Test("can be continued in memory without being stored, until a turn fails")
    func memory() async throws {
        try await withSocket(MemoryAgent()) { client in
            try await client.ask(["input": "a", "store": false])
            let first = try await client.turn().last?["response"]?["id"] ?? .null
            try await client.ask(["input": "b", "store": false, "previous_response_id": first])
            let second = try await client.turn().last?["response"]
            #expect(second?["output"]?[0]?["content"]?[0]?["text"] == "a|a|b")
            // The latest one alone is remembered.
            try await client.ask(["input": "c", "previous_response_id": first])
            let gone = try await client.turn()
            #expect(gone.last?["type"] == "error")
            #expect(gone.last?["status"] == 400)
            #expect(gone.last?["error"]?["code"] == "previous_response_not_found")
            let id = second?["id"] ?? .null
            let orphan: JSON = [["type": "function_call_output", "call_id": "call_none", "output": "y"]]
            try await client.ask(["input": orphan, "store": false, "previous_response_id": id])
            #expect(try await client.turn().last?["error"]?["param"] == "input[0].call_id")
            try await client.ask(["input": "d", "store": false, "previous_response_id": id])
            #expect(try await client.turn().last?["error"]?["code"] == "previous_response_not_found")
        }
    }

    @Test("that are stored can be continued later, whatever they continued that was not")
    func storedAfterUnstored() async throws {
        // Each connection has an id of the last response, for the next one.
        let last = Mutex(JSON.null)
        @Sendable func turns(_ client: inout RawClient.Conversation, _ bodies: [JSONObject]) async throws -> String {
            var text = ""
            for var body in bodies {
                body["previous_response_id"] = last.withLock { $0 }
                try await client.ask(body)
                let response = try await client.turn().last?["response"]
                #expect(response?["status"] == "completed")
                last.withLock { $0 = response?["id"] ?? .null }
                text = response?["output"]?[0]?["content"]?[0]?["text"]?.stringValue ?? ""
            }
            return text
        }
        try await withLiveServer(MemoryAgent()) { port in
            for (bodies, expected) in [
                (
                    [["input": "a", "store": false], ["input": "b", "store": false], ["input": "c"], ["input": "d"]],
                    "a|a|b|a|a|b|c|a|a|b|a|a|b|c|d"
                ),
                (
                    [["input": "e"]],
                    "a|a|b|a|a|b|c|a|a|b|a|a|b|c|d|a|a|b|a|a|b|c|a|a|b|a|a|b|c|d|e"
                ),
            ] as [([JSONObject], String)] {
                try await RawClient.with(port: port) { client in
                    try await client.send(WebSocketServer.handshake("/v1/responses"))
                    #expect(try await client.readHead().hasPrefix("http/1.1 101 "))
                    #expect(try await turns(&client, bodies) == expected)
                }
            }
        }
    }

    @Test("are remembered until a turn fails that names them, whatever else fails meanwhile")
    func failedTurns() async throws {
        let agent = ClosureAgent { request, response in
            guard request.lastUserText != "fail" else { throw AgentError("as asked") }
            try await MemoryAgent().respond(to: request, writing: response)
        }
        try await withSocket(agent) { client in
            try await client.ask(["input": "a", "store": false])
            let first = try await client.turn().last?["response"]?["id"] ?? .null
            let failing: [JSONObject] = [
                ["input": 42], ["input": "x", "conversation": "conv_none"],
                ["input": "x", "previous_response_id": "resp_none"], ["input": "fail"],
            ]
            for body in failing {
                try await client.ask(body)
                #expect(try await client.turn().last?["response"]?["status"] != "completed")
            }
            try await client.ask(["input": "b", "store": false, "previous_response_id": first])
            let second = try await client.turn().last?["response"]
            #expect(second?["output"]?[0]?["content"]?[0]?["text"] == "a|a|b")
            let id = second?["id"] ?? .null
            try await client.ask(["input": "fail", "store": false, "previous_response_id": id])
            #expect(try await client.turn().last?["type"] == "response.failed")
            try await client.ask(["input": "c", "store": false, "previous_response_id": id])
            #expect(try await client.turn().last?["error"]?["code"] == "previous_response_not_found")
        }
    }

    @Test("can be continued in memory until they are too long, like stored ones")
    func longMemory() async throws {
        try await withSocket(MemoryAgent()) {
            $0.limits.bodyBytes = 3_000
        } _: { client in
            var previous: JSON?
            var codes: [String] = []
            for _ in 0..<4 where codes.isEmpty {
                var message: JSONObject = ["input": .string(String(repeating: "x", count: 500)), "store": false]
                if let previous { message["previous_response_id"] = previous }
                try await client.ask(message)
                let last = try await client.turn().last
                previous = last?["response"]?["id"]
                if let code = last?["error"]?["code"]?.stringValue { codes.append(code) }
            }
            #expect(codes == ["context_length_exceeded"])
            try await client.ask(["input": "still open"])
            #expect(try await client.turn().last?["type"] == "response.completed")
        }
    }

    @Test("that cannot be had are answered with an error, and the connection stays")
    func errors() async throws {
        try await withSocket(MemoryAgent()) { client in
            try await client.send(.text("{nope"))
            #expect(try await client.turn().last?["error"]?["code"] == "invalid_json")
            try await client.send(.text(#"{"type":"response.nope"}"#))
            #expect(try await client.turn().last?["error"]?["param"] == "type")
            try await client.ask(["input": 42])
            #expect(try await client.turn().last?["error"]?["param"] == "input")
            try await client.send(RawFrame(2, [1, 2, 3]))
            #expect(try await client.turn().last?["type"] == "error")
            try await client.ask(["input": "still open"])
            #expect(try await client.turn().last?["type"] == "response.completed")
        }
    }

    @Test("count as one request of their principal each, and beyond the limit nothing is run")
    func rate() async throws {
        let runs = Counter()
        let agent = ClosureAgent { _, response in
            runs.add(1)
            try await response.text("hi")
        }
        try await withSocket(agent) { configuration in
            // The handshake is one.
            configuration.access.rateLimit = 3
        } _: { client in
            for _ in 0..<2 {
                try await client.ask(["input": "x"])
                #expect(try await client.turn().last?["type"] == "response.completed")
            }
            for _ in 0..<2 {
                try await client.ask(["input": "x"])
                let refused = try await client.turn()
                #expect(refused.count == 1)
                #expect(refused.last?["type"] == "error")
                #expect(refused.last?["status"] == 429)
                #expect(refused.last?["error"]?["type"] == "too_many_requests")
                #expect(refused.last?["error"]?["code"] == "rate_limit_exceeded")
                #expect(refused.last?["error"]?["param"] == .null)
            }
        }
        #expect(runs.value == 2)
    }

    @Test("that fail end in response.failed alone")
    func failed() async throws {
        let agent = ClosureAgent { _, response in
            try await response.text("half")
            throw AgentError("broken")
        }
        try await withSocket(agent) { client in
            try await client.ask(["input": "x"])
            let events = try await client.turn()
            #expect(events.last?["type"] == "response.failed")
            #expect(!events.contains { $0["type"] == "error" })
            #expect(events.compactMap { $0["sequence_number"]?.intValue } == Array(events.indices))
        }
    }

    @Test("end with the time that a connection has")
    func lifetime() async throws {
        try await withSocket(MemoryAgent()) { configuration in
            configuration.limits.webSocketLifetime = .zero
        } _: { client in
            let error = try await client.turn().last
            #expect(error?["error"]?["code"] == "websocket_connection_limit_reached")
            #expect(try await client.nextFrame()?.closeCode == 1000)
        }
    }

    @Test("cancel the agent when the client goes")
    func clientGone() async throws {
        let started = Signal()
        let cancelled = Signal()
        let agent = ClosureAgent { _, _ in
            started.set()
            try await waitForCancellation(telling: cancelled)
        }
        try await withSocket(agent) { client in
            try await client.ask(["input": "x"])
            await started.wait()
        }
        await cancelled.wait()
    }
}

extension RawClient.Conversation {
    /// Asks for a response.
    fileprivate func ask(_ body: JSONObject) async throws {
        var message: JSONObject = ["type": "response.create"]
        for (key, value) in body { message[key] = value }
        try await send(.text(message.description))
    }

    /// The messages of one turn, up to its terminal event or an error.
    fileprivate mutating func turn() async throws -> [JSON] {
        var events: [JSON] = []
        while let frame = try await nextFrame() {
            guard let event = try? JSON(parsing: frame.payload) else { continue }
            events.append(event)
            switch event["type"]?.stringValue {
            case "error", "response.completed", "response.failed", "response.incomplete": return events
            default: break
            }
        }
        return events
    }
}
