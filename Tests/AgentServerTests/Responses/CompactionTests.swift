import AgentServerTesting
import Testing

@testable import AgentServer

@Suite("A conversation")
struct CompactionTests {
    @Test("can be compacted, and comes back whole")
    func compaction() async {
        let server = TestAgentServer(MemoryAgent())
        let first = await server.create(["input": "a"])
        let body: JSON = ["model": "m", "input": "b", "previous_response_id": .string(first.responseID)]
        let window = await server.post("/v1/responses/compact", body)
        #expect(window.json["object"] == "response.compaction")
        #expect(window.json["output"]?.arrayValue?.compactMap { $0["type"] } == ["message", "message", "compaction"])
        // The openai client's model of it requires this one, too.
        #expect(window.json["usage"]?["input_tokens_details"] == ["cached_tokens": 0, "cache_write_tokens": 0])
        var input = window.json["output"]?.arrayValue ?? []
        input.append(["role": "user", "content": "c"])
        #expect(await server.create(["input": .array(input)]).outputText == "a|a|b|c")
        let refused = await server.post("/responses/compact", ["input": "x"])
        #expect(refused.errorParam == "model")
    }

    @Test("can be compacted and counted by the agent itself")
    func ownCompaction() async {
        struct Summariser: ResponsesAgent {
            func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
                let summary = request.input.first { $0.type == "compaction" }?.json["encrypted_content"]
                try await response.text(summary?.stringValue ?? "nothing")
            }
            func compact(_ request: AgentRequest) async throws -> String? { "\(request.input.count) items" }
            func countInputTokens(of request: AgentRequest) async throws -> Int { 1000 + request.input.count }
        }
        let server = TestAgentServer(Summariser())
        let window = await server.post("/responses/compact", ["model": "m", "input": "b"])
        #expect(await server.create(["input": window.json["output"] ?? []]).outputText == "1 items")
        let count = await server.post("/responses/input_tokens", ["input": "x"])
        #expect(count.json == ["object": "response.input_tokens", "input_tokens": 1001])
        let estimate = await TestAgentServer(MemoryAgent()).post(
            "/responses/input_tokens", ["input": "some words to count"])
        #expect(estimate.json["input_tokens"]?.intValue ?? 0 > 0)
    }

    /// A compaction item that holds these items, or whatever else.
    private func compaction(_ held: JSON) -> JSON {
        ["type": "compaction", "encrypted_content": .string("asc1." + Base64URL.encode(held.encoded()))]
    }

    private func message(_ text: String, id: String) -> JSON {
        ["type": "message", "role": "user", "id": .string(id), "content": .string(text)]
    }

    @Test("comes back once, whatever of it comes with it")
    func overlaps() async {
        let server = TestAgentServer(MemoryAgent())
        let first = compaction([message("a", id: "m1"), message("b", id: "m2")])
        let second = compaction([message("a", id: "m1"), message("b2", id: "m2"), message("c", id: "m3")])
        let input: JSON = [message("old", id: "m2"), first, second, message("d", id: "m4"), message("x", id: "m1")]
        #expect(await server.create(["input": input]).outputText == "a|b2|c|d|x")
        // What comes after a compaction is no part of it.
        let later: JSON = [message("x", id: "m3"), first, message("c", id: "m3"), first]
        #expect(await server.create(["input": later]).outputText == "x|c|a|b")
    }

    @Test("comes back in time in proportion to its size, however many compactions it has", .timeLimit(.minutes(5)))
    func manyCompactions() async {
        let count = 20_000
        let empty = compaction([])
        let messages = (0..<count).map { message("x", id: "m\($0)") }
        let body: JSON = ["input": .array(messages + Array(repeating: empty, count: count)), "store": false]
        let agent = ClosureAgent { request, response in try await response.text("\(request.input.count)") }
        #expect(await TestAgentServer(agent).create(body).outputText == "\(count)")
    }

    @Test(
        "does not come back where a client could not have sent it",
        arguments: [
            [["type": "message", "role": "alien", "content": 5]], [["type": "message", "role": "user"]], [5], "text",
            [:],
            [["type": "item_reference", "id": "msg_1"]], [["role": "user", "content": "fine"], ["type": "nope"]],
        ] as [JSON])
    func forged(held: JSON) async {
        let agent = ClosureAgent { request, response in
            try await response.text(request.input.map(\.type).joined(separator: "|"))
        }
        let input: JSON = [compaction(held), message("x", id: "m1")]
        #expect(await TestAgentServer(agent).create(["input": input]).outputText == "compaction|message")
    }

    @Test("is not compacted where it could not come back")
    func unsendable() async {
        let agent = ClosureAgent { _, response in
            // Longer than what a client may say.
            try await response.text(String(repeating: "x", count: 10_485_761))
        }
        let server = TestAgentServer(agent)
        let first = await server.create(["input": "a"])
        let body: JSON = ["model": "m", "previous_response_id": .string(first.responseID)]
        let refused = await server.post("/responses/compact", body)
        #expect(refused.status == 400)
        #expect(refused.errorParam == "previous_response_id")
    }
}
