import TestSupport
import Testing

@testable import AgentServer

@Suite("The event loop of a connection")
struct EventLoopTests {
    /// Parts of a message that take a while to read.
    private static func parts(_ type: JSON, _ count: Int = 5_000) -> JSON {
        .array(Array(repeating: ["type": type, "text": "some words"], count: count))
    }

    private static let message: JSON = ["role": "user", "content": parts("input_text")]

    /// How long it takes to read such a message: what is held up for that long has read one.
    private static let readingTime: UInt64 = {
        let bytes = message.encoded()
        return processorTime { _ = try? JSON(parsing: bytes) }
    }()

    private func server() throws -> BareServer {
        try BareServer(
            ClosureAgent { request, response in
                guard let count = Int(request.lastUserText) else { return try await response.text("short") }
                var item: JSONObject = ["type": "message", "role": "assistant"]
                item["content"] = Self.parts("output_text", count)
                try await response.item(Item(item))
            })
    }

    /// The status of an answer, and for how long the request held up the event loop at once.
    private func measure(
        _ server: BareServer, _ method: String, _ target: String, _ body: JSON? = nil
    ) async -> (status: Int, held: UInt64) {
        let executor = MeasuringExecutor()
        let client = ClientPresence(executor: executor)
        let body = body?.encoded() ?? []
        let status = await Task(executorPreference: executor) {
            let answer = await server.send(method, target, bytes: body, client: client)
            while await answer.frames?.next() != nil {}
            return answer.status
        }.value
        return (status, await executor.longest)
    }

    @Test("is not held up by what requests refer to, or bring", arguments: [true, false])
    func responses(inputIsLong: Bool) async throws {
        let server = try server()
        let made = await server.send("POST", "/responses", ["input": inputIsLong ? [Self.message] : "5000"])
        let id = try #require(made.json["id"]?.stringValue)
        let item = made.json["output"]?[0]?["id"] ?? .null
        let conversation: JSON = ["items": [Self.message]]
        var requests: [(String, String, JSON?)] = [
            ("POST", "/responses", ["input": "x", "previous_response_id": .string(id)]),
            ("POST", "/responses", ["input": [["type": "item_reference", "id": item]]]),
            ("POST", "/responses/input_tokens", ["input": "x", "previous_response_id": .string(id)]),
            ("POST", "/responses/compact", ["model": "m", "previous_response_id": .string(id)]),
            ("GET", "/responses/\(id)/input_items?limit=1", nil),
        ]
        if inputIsLong {
            requests.append(("POST", "/responses", ["input": [Self.message]]))
            requests.append(("POST", "/responses/input_tokens", ["input": [Self.message]]))
            requests.append(("POST", "/conversations", conversation))
        }
        for (method, target, body) in requests {
            let (status, held) = await measure(server, method, target, body)
            #expect(status == 200)
            #expect(held < Self.readingTime / 2, "\(method) \(target)")
        }
    }

    @Test("is not held up by replays", arguments: [true, false])
    func replays(isStream: Bool) async throws {
        let server = try server()
        // Each part makes four events of it.
        let body: JSON = ["input": "1000", "stream": .bool(isStream)]
        let made = await server.send("POST", "/responses", body)
        let id = try #require(isStream ? firstResponseID(in: await made.rest()) : made.json["id"]?.stringValue)
        let (status, held) = await measure(server, "GET", "/responses/\(id)?stream=true")
        #expect(status == 200)
        #expect(held < Self.readingTime / 2)
    }

    @Test("is not held up by long conversations")
    func conversations() async throws {
        let server = try server()
        let made = await server.send("POST", "/conversations", ["items": [Self.message]])
        let id = try #require(made.json["id"]?.stringValue)
        let requests: [(String, String, JSON?)] = [
            ("GET", "/conversations/\(id)/items", nil),
            ("POST", "/conversations/\(id)/items", ["items": [Self.message]]),
            ("POST", "/responses", ["input": "x", "conversation": .string(id)]),
        ]
        for (method, target, body) in requests {
            let (status, held) = await measure(server, method, target, body)
            #expect(status == 200)
            #expect(held < Self.readingTime / 2, "\(method) \(target)")
        }
    }

    @Test("is not held up by the end of a response whose client has gone")
    func clientGone() async throws {
        let started = Signal()
        let agent = ClosureAgent { _, _ in
            started.set()
            try await waitForCancellation(telling: Signal())
        }
        let server = try BareServer(agent)
        let executor = MeasuringExecutor()
        let client = ClientPresence(executor: executor)
        let body: JSON = ["input": [Self.message], "stream": true]
        let bytes = body.encoded()
        await Task(executorPreference: executor) {
            let answer = await server.send("POST", "/responses", bytes: bytes, client: client)
            await started.wait()
            client.leave()
            _ = await answer.next()
        }.value
        await server.site.invoker.registry.waitForEndings()
        #expect(await executor.longest < Self.readingTime / 2)
    }
}
