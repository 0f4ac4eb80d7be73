import AgentJSON
import AgentServer
import TestSupport
import Testing

@testable import ModelAgent

@Suite("Metrics of a model behind the server", .timeLimit(.minutes(5)))
struct FrontDoorMetricsTests {
    /// The labels of a series of the model's.
    private static func series(_ name: String, _ label: String = "") -> String {
        "agent_server_model_\(name){\(label.isEmpty ? "" : "\(label),")model=\"\(ModelServer.model)\"}"
    }

    private static func calls(_ outcome: String) -> String {
        "agent_server_model_calls_total{model=\"\(ModelServer.model)\",outcome=\"\(outcome)\"}"
    }

    private static func tokens(_ kind: String) -> String { series("tokens_total", "kind=\"\(kind)\"") }

    private static func tool(_ name: String, _ outcome: String) -> String {
        "agent_server_tool_calls_total{outcome=\"\(outcome)\",tool=\"\(name)\"}"
    }

    @Test("count calls, their times and their tokens, and those of tools", arguments: ModelServer.API.allCases)
    func counts(api: ModelServer.API) async throws {
        try await ModelServer.withTools(api) { server in
            let usage = try await server.respond(#"call add {"a": 1, "b": 2}"#).response["usage"]
            _ = try await server.respond("calls fail {}; unheard-of {}")
            let lines = try await scrape(port: server.port)
            #expect(lines[Self.calls("ok")] == 4)
            #expect(lines[Self.series("call_duration_seconds_count")] == 4)
            #expect(lines[Self.series("first_token_seconds_count")] == 4)
            #expect(lines[Self.series("calls_waiting")] == 0)
            for (kind, key) in [("input", "input_tokens"), ("output", "output_tokens")] {
                let count = try #require(usage?[key]?.intValue)
                #expect(try #require(lines[Self.tokens(kind)]) >= Double(count) && count > 0)
            }
            #expect(lines[Self.tool("add", "ok")] == 1)
            #expect(lines[Self.tool("fail", "failed")] == 1)
            // What a model makes up is no label.
            #expect(lines[Self.tool("other", "unknown")] == 1)
            #expect(lines[#"agent_server_tool_call_duration_seconds_count{tool="add"}"#] == 1)
            #expect(!lines.keys.contains { $0.contains("unheard-of") })
        }
    }

    @Test("tell what calls came to, each try of them", arguments: ModelServer.API.allCases)
    func outcomes(api: ModelServer.API) async throws {
        try await ModelServer.with(api) { server in
            for text in ["unauthorized", "status 429 3600", "garbage", "cut 3", "status-once 503"] {
                _ = try await server.respond(text)
            }
            let lines = try await scrape(port: server.port)
            #expect(lines[Self.calls("refused")] == 1)
            #expect(lines[Self.calls("rate_limited")] == 1)
            #expect(lines[Self.calls("failed")] == 1)
            #expect(lines[Self.calls("ok")] == 1)
            #expect(try #require(lines[Self.calls("broken")]) >= 2)
            let calls = lines.filter { $0.key.hasPrefix("agent_server_model_calls_total") }
            #expect(lines[Self.series("call_duration_seconds_count")] == calls.values.reduce(0, +))
        }
    }

    @Test("tell calls that nobody waits for any more, and those that wait for a place")
    func waiting() async throws {
        try await ModelServer.with(.chat, options: ["--model-concurrency", "1"]) { server in
            try await RawClient.with(port: server.port) { client in
                try await client.send(Self.request("hang leaving"))
                _ = try await server.call("begun", "leaving")
                try await RawClient.with(port: server.port) { other in
                    try await other.send(Self.request("say hello"))
                    try await waitWhile { try await scrape(port: server.port)[Self.series("calls_waiting")] != 1 }
                }
            }
            // Both of them, of which one never had a place.
            try await waitWhile { try await scrape(port: server.port)[Self.calls("cancelled")] != 2 }
            let lines = try await scrape(port: server.port)
            #expect(lines[Self.series("calls_waiting")] == 0)
            #expect(lines[Self.series("call_duration_seconds_count")] == 1)
        }
    }

    @Test("are those of the table in the documentation")
    func documented() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let path = root + "/Sources/AgentServer/Documentation.docc/Metrics.md"
        let text = String(decoding: try #require(TextFile.read(path, limit: 1 << 20)), as: UTF8.self)
        let names = text.matches(of: /\n\| `(agent_server_(model|tool)_[a-z_]+)`/).map { String($0.output.1) }
        #expect(names == ModelMetric.allCases.map(\.rawValue))
    }

    private static func request(_ text: String) -> String {
        let body = #"{"input": "\#(text)", "stream": true}"#
        return "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
