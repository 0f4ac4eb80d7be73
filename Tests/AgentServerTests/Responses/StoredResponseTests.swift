import AgentServer
import AgentServerTesting
import Synchronization
import TestSupport
import Testing

@Suite("Stored responses")
struct StoredResponseTests {
    @Test("are given back as they were sent, with or without the prefix")
    func retrieved() async {
        let server = TestAgentServer(ClosureAgent())
        let made = await server.create(["input": "Ada"])
        for prefix in ["", "/v1"] {
            let stored = await server.get("\(prefix)/responses/\(made.responseID)")
            #expect(stored.status == 200)
            #expect(stored.bytes == made.bytes)
        }
        let streamed = await server.createStream(["input": "Ada"])
        #expect(await server.get("/responses/\(streamed.responseID)").json == streamed.final)
    }

    @Test("are replayed with the same events and numbers")
    func replayed() async {
        let agent = ClosureAgent { _, response in
            try await response.reasoning("why")
            for number in 0..<300 { try await response.text("\(number) ") }
            try await response.functionCall(name: "f", arguments: #"{"a":1}"#)
        }
        let server = TestAgentServer(agent)
        let streamed = await server.createStream(["input": "x"])
        let path = "/responses/\(streamed.responseID)?stream=true"
        #expect(await server.get(path).bytes == streamed.bytes)
        for after in [0, 1, 63, 64, 65, 200, streamed.events.count - 2] {
            let rest = await server.get("\(path)&starting_after=\(after)")
            #expect(rest.events == Array(streamed.events[(after + 1)...]))
            #expect(rest.isDone)
        }
        let nothing = await server.get("\(path)&starting_after=\(streamed.events.count - 1)")
        #expect(nothing.text == "data: [DONE]\n\n")
        #expect(await server.get("\(path)&starting_after=99999").text == "data: [DONE]\n\n")
        #expect(await server.get("\(path)&starting_after=x").errorParam == "starting_after")
    }

    @Test("that nobody saw come are replayed as if they had been streamed")
    func replayOfWhole() async {
        let server = TestAgentServer(ClosureAgent())
        let made = await server.create(["input": "Ada"])
        let replay = await server.get("/responses/\(made.responseID)?stream=true")
        #expect(replay.types.first == "response.created")
        #expect(replay.types.last == "response.completed")
        #expect(replay.final == made.json)
        #expect(replay.events.compactMap { $0["sequence_number"]?.intValue } == Array(replay.events.indices))
        let rest = await server.get("/responses/\(made.responseID)?stream=true&starting_after=3")
        #expect(rest.events == Array(replay.events.dropFirst(4)))
    }

    @Test("answer HEAD as they do GET, but for the body")
    func head() async throws {
        try await withLiveServer(ClosureAgent()) { port in
            let body = #"{"input": "Ada"}"#
            let made = try await RawAnswer.get(
                "/responses", method: "POST", port: port, headers: "Content-Length: \(body.utf8.count)\r\n", body: body
            )
            let id = try #require(JSON(parsing: made.body)["id"]?.stringValue)
            try await RawClient.with(port: port) { client in
                try await client.send(
                    "HEAD /responses/\(id)?stream=true HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
                )
                let head = try await client.read(until: "\r\n\r\n").lowercased()
                #expect(head.contains("content-type: text/event-stream"))
                #expect(try await client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(try await client.read(until: "}") == #"{"status":"healthy"}"#)
            }
        }
    }

    @Test("that are deleted within a replay cut it off, without its end")
    func deletedWithinReplay() async throws {
        let agent = ClosureAgent { _, response in
            for _ in 0..<60 { try await response.text(String(repeating: "x", count: 10_000)) }
        }
        let server = try BareServer(agent)
        let streamed = await server.send("POST", "/responses", ["input": "x", "stream": true]).rest()
        let id = try #require(firstResponseID(in: streamed))
        let replay = await server.send("GET", "/responses/\(id)?stream=true")
        let first = try #require(await replay.next())
        #expect(first.count < streamed.count)
        #expect(await server.send("DELETE", "/responses/\(id)").status == 200)
        #expect(await replay.rest() == [])
    }

    @Test("are not there where the request or the server says so")
    func unstored() async {
        let server = TestAgentServer(ClosureAgent())
        let made = await server.create(["input": "Ada", "store": false])
        #expect(made.json["store"] == false)
        let answer = await server.get("/responses/\(made.responseID)")
        #expect(answer.status == 404)
        #expect(answer.errorCode == "response_not_found")
        var configuration = AgentServer.Configuration()
        configuration.store.location = "none"
        let forgetful = TestAgentServer(ClosureAgent(), configuration: configuration)
        let other = await forgetful.create(["input": "Ada", "store": true])
        #expect(other.json["store"] == false)
        #expect(await forgetful.get("/responses/\(other.responseID)").status == 404)
    }

    @Test("can be deleted, once")
    func deleted() async {
        let server = TestAgentServer(ClosureAgent())
        let made = await server.create(["input": "Ada"])
        let path = "/responses/\(made.responseID)"
        let answer = await server.send("DELETE", path)
        #expect(answer.json == ["id": .string(made.responseID), "object": "response", "deleted": true])
        #expect(await server.get(path).status == 404)
        #expect(await server.send("DELETE", path).status == 404)
    }

    @Test("that were made in the foreground cannot be cancelled")
    func cancelled() async {
        let server = TestAgentServer(ClosureAgent())
        let made = await server.create(["input": "Ada"])
        #expect(await server.send("POST", "/responses/\(made.responseID)/cancel").status == 400)
        #expect(await server.send("POST", "/responses/resp_missing/cancel").status == 404)
    }

    @Test("list their input in pages")
    func inputItems() async {
        let server = TestAgentServer(ClosureAgent())
        let input: JSON = .array((0..<5).map { ["role": "user", "content": .string("\($0)")] })
        let made = await server.create(["input": input])
        let path = "/responses/\(made.responseID)/input_items"
        let first = await server.get("\(path)?order=asc&limit=3").json
        #expect(first["object"] == "list")
        #expect(first["has_more"] == true)
        let texts = first["data"]?.arrayValue?.compactMap { $0["content"]?[0]?["text"]?.stringValue }
        #expect(texts == ["0", "1", "2"])
        #expect(first["first_id"] == first["data"]?[0]?["id"])
        let last = first["last_id"]?.stringValue ?? ""
        let rest = await server.get("\(path)?order=asc&limit=3&after=\(last)").json
        #expect(rest["data"]?.arrayValue?.compactMap { $0["content"]?[0]?["text"]?.stringValue } == ["3", "4"])
        #expect(rest["has_more"] == false)
        #expect(await server.get(path).json["data"]?[0]?["content"]?[0]?["text"] == "4")
        #expect(await server.get("\(path)?limit=0").errorParam == "limit")
        #expect(await server.get("\(path)?after=msg_none").errorParam == "after")
    }

    @Test("list no log probabilities of a client's that are none")
    func inputLogprobs() async {
        let server = TestAgentServer(ClosureAgent())
        let token: JSON = ["token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []]
        let lists: [(JSON, JSON?)] = [
            ("odd", nil), (5, nil), (["a": 1], nil), ([5, ["token": "a"], token], [token]), ([token], [token]),
        ]
        let parts = lists.map { ["type": "output_text", "text": "a", "logprobs": $0.0] as JSON }
        let history: JSON = ["role": "assistant", "content": .array(parts)]
        let made = await server.create(["input": [history, ["role": "user", "content": "b"]]])
        #expect(made.status == 200)
        let items = await server.get("/responses/\(made.responseID)/input_items?order=asc").json["data"]
        let kept = items?[0]?["content"]?.arrayValue ?? []
        #expect(kept.map { $0["logprobs"] } == lists.map(\.1))
    }

    @Test("belong to whom they were made for")
    func principals() async {
        var configuration = AgentServer.Configuration()
        configuration.access.trustsForwardedUser = true
        let server = TestAgentServer(MemoryAgent(), configuration: configuration)
        let ada = ["x-forwarded-user": "ada"], bob = ["x-forwarded-user": "bob"]
        let made = await server.create(["input": "secret"], headers: ada)
        let path = "/responses/\(made.responseID)"
        #expect(await server.send("GET", path, headers: ada).status == 200)
        for (method, suffix) in [("GET", ""), ("DELETE", ""), ("GET", "/input_items"), ("POST", "/cancel")] {
            #expect(await server.send(method, path + suffix, headers: bob).status == 404)
        }
        let next: JSON = ["input": "go on", "previous_response_id": .string(made.responseID)]
        #expect(await server.create(next, headers: bob).errorCode == "previous_response_not_found")
        #expect(await server.create(next, headers: ada).outputText == "secret|secret|go on")
    }

    @Test("are stored as cancelled, with what they had, when the client of a stream goes")
    func clientGone() async throws {
        let stuck = Signal()
        let seen = Signal()
        let agent = ClosureAgent { request, response in
            guard request.lastUserText == "stay" else { return try await response.text("fine") }
            try await response.text("half")
            try await response.functionCall(name: "f", arguments: "{}")
            try await response.text("then")
            stuck.set()
            try await waitForCancellation(telling: Signal())
        }
        let server = TestAgentServer(agent)
        let ids = Mutex("")
        let call = Task {
            let body: JSON = ["input": "stay", "stream": true]
            return await server.send("POST", "/responses", body: body.encoded()) { event in
                if let id = event["response"]?["id"]?.stringValue {
                    ids.withLock { $0 = id }
                    seen.set()
                }
            }
        }
        await seen.wait()
        await stuck.wait()
        call.cancel()
        _ = await call.value
        let id = ids.withLock { $0 }
        var stored = await server.get("/responses/\(id)")
        try await waitWhile {
            stored = await server.get("/responses/\(id)")
            return stored.status == 404
        }
        #expect(stored.json["status"] == "cancelled")
        #expect(stored.json["incomplete_details"] == ["reason": "cancelled"])
        let output = stored.json["output"]?.arrayValue ?? []
        #expect(output.compactMap { $0["type"] } == ["message", "function_call", "message"])
        #expect(output.compactMap { $0["status"] } == ["completed", "completed", "incomplete"])
        #expect(output.last?["content"]?[0]?["text"] == "then")
        let replay = await server.get("/responses/\(id)?stream=true")
        #expect(replay.final == stored.json)
        #expect(replay.events.filter { $0["type"] == "response.output_item.done" }.compactMap { $0["item"] } == output)
    }
}
