import AgentJSON
import TestSupport
import Testing

/// The whole server in front of a scripted upstream, both as processes of their own.
struct ModelServer: Sendable {
    /// The format in which the upstream is asked; it offers no other.
    enum API: String, CaseIterable, Sendable {
        case chat, responses
    }

    struct NotThere: Error {
        var what: String
    }

    static let model = "the-model"
    static let key = "sk-front-door"

    let port: Int
    let upstream: Int

    /// Starts both for the length of a test.
    ///
    /// - Parameters:
    ///   - refusing: Fields of a request that the upstream does not know.
    ///   - demandsReasoning: Whether the upstream refuses calls without the reasoning before them.
    ///   - options: More options of the server.
    ///   - built: The server's program.
    static func with(
        _ api: API, refusing: [String] = [], demandsReasoning: Bool = false, options: [String] = [],
        built: String = "agent-server",
        _ body: (ModelServer) async throws -> Void
    ) async throws {
        var refusals = refusing.flatMap { ["--refuses", $0] }
        if demandsReasoning { refusals.append("--demands-reasoning") }
        let upstream = try AgentProcess(["--api", api.rawValue] + refusals, built: "scripted-upstream")
        defer { upstream.terminate() }
        let place = try await upstream.port()
        try await with(upstream: place, options: options, built: built, body)
    }

    /// Starts both, the server with tools of its own.
    static func withTools(
        _ api: API, options: [String] = [], _ body: (ModelServer) async throws -> Void
    ) async throws {
        try await with(api, options: options, built: "tool-agent", body)
    }

    /// Starts the server in front of a port.
    static func with(
        upstream: Int, options: [String] = [], built: String = "agent-server",
        _ body: (ModelServer) async throws -> Void
    ) async throws {
        let server = try AgentProcess(
            [
                "--port", "0", "--store", "memory:", "--model-url", "http://127.0.0.1:\(upstream)/v1", "--model", model,
                "--model-key-env", "FRONT_DOOR_KEY",
            ] + options, environment: ["FRONT_DOOR_KEY": key], built: built)
        defer { server.terminate() }
        try await body(ModelServer(port: server.port(), upstream: upstream))
    }

    // MARK: Asking

    /// Asks for a response.
    func respond(_ text: String, stream: Bool = false, _ members: JSONObject = [:]) async throws -> RawAnswer {
        var body: JSONObject = ["input": .string(text), "stream": .bool(stream)]
        for (key, value) in members { body[key] = value }
        return try await post("/v1/responses", .object(body))
    }

    /// Invokes the agent in MLflow's words.
    func invoke(_ text: String, stream: Bool = false) async throws -> RawAnswer {
        let message: JSONObject = ["role": "user", "content": .string(text)]
        return try await post("/invocations", ["input": [.object(message)], "stream": .bool(stream)])
    }

    private func post(_ target: String, _ json: JSON) async throws -> RawAnswer {
        try await RawAnswer.get(
            target, method: "POST", port: port,
            headers: "x-mlflow-return-trace-id: true\r\nContent-Length: \(json.encoded().count)\r\n",
            body: String(decoding: json.encoded(), as: UTF8.self))
    }

    // MARK: Looking

    /// The calls of the upstream whose bodies hold a text, in their order.
    func calls(of text: String) async throws -> [JSON] {
        let all = try await RawAnswer.get("/calls", port: upstream).json.arrayValue ?? []
        return all.filter { $0["body"]?.description.contains(text) == true }
    }

    /// The call whose client has gone, and whose text holds a token; waits for it.
    func call(_ stage: String, _ token: String) async throws -> JSON {
        let all = try await RawAnswer.get("/calls?\(stage)=\(token)", port: upstream).json.arrayValue ?? []
        guard let call = all.last(where: { $0["body"]?.description.contains(token) == true }) else {
            throw NotThere(what: "a call of \(token)")
        }
        return call
    }

    /// The trace of an answer, as soon as it has ended.
    func trace(of answer: RawAnswer) async throws -> JSON {
        let ids = answer.events.compactMap { $0["trace_id"]?.stringValue }
        guard let id = answer.json["metadata"]?["trace_id"]?.stringValue ?? ids.first else {
            throw NotThere(what: "a trace's id")
        }
        return try await trace("/traces/\(id)")
    }

    /// The newest trace, as soon as it has ended.
    func lastTrace() async throws -> JSON {
        let list = try await RawAnswer.get("/traces?limit=1", port: port).json
        guard let id = list["first_id"]?.stringValue else { throw NotThere(what: "a trace") }
        return try await trace("/traces/\(id)")
    }

    private func trace(_ target: String) async throws -> JSON {
        var trace: JSON = [:]
        try await waitWhile {
            trace = try await RawAnswer.get(target, port: port).json
            return trace["state"]?.stringValue ?? "IN_PROGRESS" == "IN_PROGRESS"
        }
        return trace
    }
}

extension RawAnswer {
    /// The events of a stream, without the end's mark.
    var events: [JSON] {
        body.split(separator: "\n").compactMap { line in
            line.hasPrefix("data: {") ? try? JSON(parsing: Array(line.dropFirst("data: ".count).utf8)) : nil
        }
    }

    /// The types of the events.
    var kinds: [String] { events.compactMap { $0["type"]?.stringValue } }

    /// The response: the answer itself, or what its stream's last event has.
    var response: JSON { events.last?["response"] ?? json }

    /// The deltas of a stream's text.
    var deltas: [String] {
        events.compactMap { $0["type"] == "response.output_text.delta" ? $0["delta"]?.stringValue : nil }
    }
}

extension JSON {
    /// The items of a response.
    var items: [JSON] { self["output"]?.arrayValue ?? [] }

    /// The text of a response's messages.
    var outputText: String {
        items.flatMap { $0["content"]?.arrayValue ?? [] }
            .compactMap { $0["type"] == "output_text" ? $0["text"]?.stringValue : nil }.joined()
    }

    /// The spans of a trace that are of a type.
    func spans(_ type: String) -> [JSON] {
        (self["spans"]?.arrayValue ?? []).filter { $0["span_type"]?.stringValue == type }
    }
}
