import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The agent whose traces are recorded in `Conformance/tracing/golden`: the same names, spans and texts as the original's.
///
/// What it does is said by the words in `custom_inputs.do`. `AGENT_TYPE=plain` in the environment serves the agent without
/// a type.
@main
enum GoldenAgent {
    static func main() async throws {
        let isPlain = getenv("AGENT_TYPE").map { String(cString: $0) } == "plain"
        let server = AgentServer(agentType: isPlain ? nil : .responsesAgent)
        try server.invoke("non_streaming") { (request: JSON) in try invoke(GoldenRequest(request, isPlain: isPlain)) }
        try server.stream("streaming") { (request: JSON, events: EventWriter) in
            try await stream(GoldenRequest(request, isPlain: isPlain), to: events)
        }
        try await server.run()
    }

    private static func invoke(_ request: GoldenRequest) throws -> JSON {
        if request.asks("session") {
            AgentContext.current?.trace.update { trace in
                trace.session = "sess-1"
                trace.user = "alice"
                trace.tags["team"] = "blue"
                trace.metadata["app.version"] = "7"
                trace.clientRequestID = "req-77"
            }
        }
        if request.asks("tool_error") { try breakTool() }
        if request.asks("caught_error") {
            do { try breakTool() } catch {
                // The agent goes on.
            }
        }
        if request.asks("root_error") { throw RuntimeError(description: "root broke") }
        if request.asks("bad_result") { return ["nonsense": 1] }
        if request.asks("children") { work(request.text) }
        if request.isPlain { return ["echo": .string(request.text), "n": 1] }
        return ["output": [message("echo: \(request.text)")], "custom_outputs": ["n": 1]]
    }

    private static func stream(_ request: GoldenRequest, to events: EventWriter) async throws {
        if request.asks("children") { work(request.text) }
        if request.isPlain {
            try await events.send(["part": "echo: "] as JSON)
            try await events.send(["part": .string(request.text)] as JSON)
            return
        }
        try await events.send(delta("echo: "))
        if request.asks("stream_error") { throw RuntimeError(description: "stream broke") }
        try await events.send(delta(request.text))
        if request.asks("slow") {
            for _ in 0..<100 {
                // The contract's slow stream: time that the client is to see pass.
                try await Task.sleep(for: .milliseconds(100))
                try await events.send(delta("."))
            }
        }
        try await events.send(
            ["type": "response.output_item.done", "item": message("echo: \(request.text)")] as JSON
        )
    }

    /// Spans: a tool, and a model with a retriever below it.
    private static func work(_ text: String) {
        withSpan("lookup_weather", type: .tool, inputs: ["city": .string(text)]) { span in
            span.setOutputs(["temp_c": 21.5, "ok": true, "note": "günstig ☀", "none": nil])
        }
        withSpan("chat_model", type: .llm) { span in
            span.set("temperature", 0.5)
            span.set("n", 3)
            span.set("flag", true)
            span.set("stop", ["a", "b"])
            span.setInputs(["model": "my-model", "messages": [["role": "user", "content": .string(text)]]])
            withSpan("inner_retriever", type: .retriever, inputs: "plain text input") { inner in
                inner.addEvent("note", attributes: ["k": "v", "n": 1])
                inner.setOutputs([["page_content": "doc", "metadata": ["doc_uri": "u"], "id": "1"]])
            }
            span.setTokenUsage(TokenUsage(input: 11, output: 7))
            span.setOutputs(
                ["choices": [["message": ["role": "assistant", "content": .string("echo: \(text)")]]]]
            )
        }
    }

    private static func breakTool() throws {
        try withSpan("bad_tool", type: .tool, inputs: ["x": 1]) { _ in
            throw ValueError(description: "tool broke: \"x\"")
        }
    }

    private static func delta(_ piece: String) -> JSON {
        ["type": "response.output_text.delta", "item_id": "msg_1", "delta": .string(piece)]
    }

    private static func message(_ text: String) -> JSON {
        [
            "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
            "content": [["type": "output_text", "text": .string(text), "annotations": []]],
        ]
    }
}

/// What the agent reads of a request.
private struct GoldenRequest {
    let text: String
    let words: [String]
    let isPlain: Bool

    init(_ request: JSON, isPlain: Bool) {
        self.isPlain = isPlain
        let words: JSON?
        if isPlain {
            text = request["text"]?.stringValue ?? ""
            words = request["do"]
        } else {
            let content = request["input"]?.arrayValue?.last?["content"]
            text = content?.stringValue ?? content?[0]?["text"]?.stringValue ?? ""
            words = request["custom_inputs"]?["do"]
        }
        self.words = (words?.arrayValue ?? []).compactMap(\.stringValue)
    }

    func asks(_ word: String) -> Bool { words.contains(word) }
}

private struct RuntimeError: Error, CustomStringConvertible {
    var description: String
}

private struct ValueError: Error, CustomStringConvertible {
    var description: String
}
