import AgentJSON
import TestSupport
import Testing

@Suite("A model that fails behind the server", .timeLimit(.minutes(5)))
struct FrontDoorErrorTests {
    /// What a scenario comes to.
    struct Failure: Sendable, CustomTestStringConvertible {
        var text: String
        var status = 500
        var code = "model_error"
        var retryAfter: String?

        var testDescription: String { text }
    }

    private static let failures = [
        Failure(text: "status 429 3600", status: 429, code: "rate_limit_exceeded", retryAfter: "3600"),
        Failure(text: "context", status: 400, code: "context_length_exceeded"),
        Failure(text: "unauthorized"), Failure(text: "status 400"), Failure(text: "status 500"),
        Failure(text: "status 503"), Failure(text: "garbage"), Failure(text: "garbage-after 3"),
        Failure(text: "cut 3"), Failure(text: "error-after 3"), Failure(text: "failed-after 3"),
    ]

    @Test("is a clear error of a synchronous call", arguments: ModelServer.API.allCases, failures)
    func synchronous(api: ModelServer.API, failure: Failure) async throws {
        try await ModelServer.with(api) { server in
            let answer = try await server.respond(failure.text)
            #expect(answer.status == failure.status, "\(answer.body)")
            #expect(answer.json["error"]?["code"]?.stringValue == failure.code)
            #expect(answer["retry-after"] == failure.retryAfter)
            if failure.code == "model_error" { #expect(answer["x-should-retry"] == "false") }
            #expect(try await server.invoke(failure.text).status == failure.status)
        }
    }

    @Test("is the last word of a stream", arguments: ModelServer.API.allCases, failures)
    func streamed(api: ModelServer.API, failure: Failure) async throws {
        try await ModelServer.with(api) { server in
            let answer = try await server.respond(failure.text, stream: true)
            #expect(answer.status == 200, "\(answer.body)")
            #expect(answer.kinds.suffix(2) == ["error", "response.failed"])
            #expect(answer.events.dropLast().last?["code"]?.stringValue == failure.code)
            #expect(answer.response["error"]?["code"]?.stringValue == failure.code)
            // What was said before is shown.
            #expect(answer.deltas.joined() == (failure.text.hasSuffix(" 3") ? "w0 w1 w2" : ""))
            #expect(answer.body.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("shows no key", arguments: ModelServer.API.allCases)
    func key(api: ModelServer.API) async throws {
        try await ModelServer.with(api) { server in
            let answer = try await server.respond("unauthorized")
            #expect(!answer.body.contains(ModelServer.key))
            #expect(try await !server.lastTrace().description.contains(ModelServer.key))
        }
    }

    @Test("is an error where nobody listens")
    func nobody() async throws {
        let place = try ReservedPort()
        defer { place.release() }
        try await ModelServer.with(upstream: place.number) { server in
            let answer = try await server.respond("say hello")
            #expect(answer.status == 500)
            #expect(answer.json["error"]?["code"] == "model_error")
            #expect(answer["x-should-retry"] == "false")
        }
    }

    @Test("is spared what chat completions cannot say, and its client is told where that is")
    func unsupported() async throws {
        try await ModelServer.with(.chat) { server in
            let image: JSON = ["type": "input_image", "file_id": "file-1"]
            let message: JSON = ["role": "user", "content": [["type": "input_text", "text": "look"], image]]
            let answer = try await server.respond("", ["input": [["role": "user", "content": "a"], message]])
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["code"]?.stringValue?.hasPrefix("unsupported") == true)
            #expect(answer.json["error"]?["message"]?.stringValue?.contains("input[1]") == true)
            #expect(try await server.calls(of: "look").isEmpty)
        }
    }
}
