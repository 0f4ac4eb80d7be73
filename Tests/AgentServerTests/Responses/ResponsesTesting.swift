import AgentServer
import AgentServerTesting
import Testing

extension TestAgentServer {
    /// Asks for a response.
    func create(_ body: JSON, headers: [String: String] = [:]) async -> TestAnswer {
        await send("POST", "/responses", headers: headers, body: body.encoded())
    }

    /// Asks for a response as a stream.
    func createStream(_ body: JSON, headers: [String: String] = [:]) async -> TestAnswer {
        var body = body.objectValue ?? [:]
        body["stream"] = true
        return await send("POST", "/responses", headers: headers, body: body.encoded())
    }

    /// Sends a body to a path.
    func post(_ target: String, _ body: JSON = [:]) async -> TestAnswer {
        await send("POST", target, body: body.encoded())
    }

    /// Asks for anything that is stored.
    func get(_ target: String) async -> TestAnswer {
        await send("GET", target)
    }
}

extension TestAnswer {
    /// The id of a response, whole or streamed.
    var responseID: String {
        json["id"]?.stringValue ?? events.first?["response"]?["id"]?.stringValue ?? ""
    }

    /// The types of a stream's events, in order.
    var types: [String] { events.compactMap { $0["type"]?.stringValue } }

    /// The response that ends a stream.
    var final: JSON { events.last?["response"] ?? .null }

    /// The code of an error.
    var errorCode: String? { json["error"]?["code"]?.stringValue }

    /// The place that an error names.
    var errorParam: String? { json["error"]?["param"]?.stringValue }
}

/// Echoes the whole conversation as it sees it: the texts of all messages, joined by `|`.
struct MemoryAgent: ResponsesAgent {
    func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        try await response.text(request.input.map(\.text).joined(separator: "|"))
    }
}

/// The id of the response that a stream tells of.
func firstResponseID(in stream: [UInt8]) -> String? {
    let text = String(decoding: stream, as: UTF8.self)
    let data = text.split(separator: "\n").first { $0.hasPrefix("data: ") }?.dropFirst("data: ".count)
    return (try? JSON(parsing: Array((data ?? "").utf8)))?["response"]?["id"]?.stringValue
}
