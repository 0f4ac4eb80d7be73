import AgentJSON
import AgentServer
import OpenResponses

/// Reads the answer of chat completions: its chunks, or a whole one where the endpoint does not stream.
struct ChatDecoder: AnswerDecoder {
    private var writer = AnswerWriter()
    private var calls = ChatCalls()
    private var completion = ChatCompletion()
    private var hasBegun = false
    /// Whether there were objects that are no chunks.
    private var isForeign = false
    private(set) var isOver = false

    init() {}

    var isComplete: Bool { completion.finishReason != nil }

    mutating func read(_ data: String) throws(ModelFailure) -> [StreamEvent] {
        guard !isOver, !data.isBlank else { return [] }
        if data.utf8.starts(with: "[DONE]".utf8) {
            isOver = true
            return []
        }
        let value: JSON
        do {
            value = try JSON(parsing: data)
        } catch {
            throw ModelFailure(.malformed, "The model wrote what is no JSON: \(ModelFailure.line(data, upTo: 100))")
        }
        if let chunk = (value[0] ?? value).objectValue, ErrorReport.isError(chunk) { throw ErrorReport(value).failure }
        guard let chunk = value.objectValue else {
            throw ModelFailure(.malformed, "The model wrote what is no chunk: \(ModelFailure.line(data, upTo: 100))")
        }
        try take(chunk)
        return writer.takeEvents()
    }

    mutating func finish() throws(ModelFailure) -> (events: [StreamEvent], answer: ModelAnswer) {
        guard let reason = completion.finishReason else {
            throw !hasBegun && isForeign
                ? ModelFailure(.malformed, "The answer is no chat completion")
                : ModelFailure(.broken, "it ended without a finish_reason")
        }
        var answer = ModelAnswer()
        // Gemini shouts, and each has words of its own.
        switch reason.lowercased() {
        case "length", "max_tokens", "max_output_tokens", "model_length", "max_length":
            answer.incompleteReason = "max_output_tokens"
        case "content_filter", "content_filtered", "safety", "sensitive", "recitation", "blocklist",
            "prohibited_content":
            answer.incompleteReason = "content_filter"
        // The endpoint had to stop, and says so in no other way.
        case "error", "abort", "insufficient_system_resource":
            throw ModelFailure(.reported, "The model stopped with '\(reason)'", code: reason)
        default: try calls.finish()
        }
        answer.items = writer.finish(isIncomplete: answer.incompleteReason != nil)
        answer.usage = completion.usage
        answer.model = completion.model
        answer.reasoningKey = completion.reasoningKey
        answer.wire = completion.json(answer.items)
        return (writer.takeEvents(), answer)
    }

    // MARK: Chunks

    private mutating func take(_ chunk: JSONObject) throws(ModelFailure) {
        completion.take(chunk)
        guard let choices = chunk["choices"]?.arrayValue else {
            isForeign = true
            return
        }
        hasBegun = true
        guard let choice = choices.first(where: { ($0["index"]?.intValue ?? 0) == 0 })?.objectValue else { return }
        if ErrorReport.isError(choice) { throw ErrorReport(.object(choice)).failure }
        let logprobs = choice["logprobs"]?["content"]?.arrayValue ?? []
        var reason = choice["finish_reason"]?.stringValue ?? ""
        if let delta = choice["delta"]?.objectValue {
            try take(message: delta, logprobs, isWhole: false)
        } else if let message = choice["message"]?.objectValue {
            try take(message: message, logprobs, isWhole: true)
            if reason.isEmpty { reason = "stop" }
        }
        if !reason.isEmpty { completion.finishReason = reason }
    }

    /// Takes a piece of the message, or all of it.
    private mutating func take(message: JSONObject, _ logprobs: [JSON], isWhole: Bool) throws(ModelFailure) {
        // Some endpoints say it under both names.
        for key in ["reasoning_content", "reasoning"] {
            guard let piece = message[key]?.stringValue, !piece.isEmpty else { continue }
            completion.reasoningKey = key
            writer.write(piece, .reasoning)
            break
        }
        switch message["content"] {
        case .string(let piece): writer.write(piece, logprobs: logprobs)
        case .array(let parts): take(parts: parts, logprobs)
        default: break
        }
        if let piece = message["refusal"]?.stringValue { writer.write(piece, .refusal) }
        for annotation in message["annotations"]?.arrayValue ?? [] {
            if let citation = Self.citation(annotation) { writer.annotate(citation) }
        }
        for (place, call) in (message["tool_calls"]?.arrayValue ?? []).enumerated() {
            try calls.take(CallPiece(call, place: isWhole ? place : nil), &writer)
        }
        if let call = message["function_call"], call.objectValue != nil {
            try calls.take(CallPiece(function: call, index: ChatCalls.functionCallIndex), &writer)
        }
    }

    /// Takes content in parts, in which Mistral and Databricks write the reasoning too.
    private mutating func take(parts: [JSON], _ logprobs: [JSON]) {
        for part in parts {
            switch part["type"]?.stringValue {
            case "text": writer.write(part["text"]?.stringValue ?? "", logprobs: parts.count == 1 ? logprobs : [])
            case "refusal": writer.write(part["refusal"]?.stringValue ?? "", .refusal)
            case "thinking", "reasoning":
                for text in (part["thinking"] ?? part["summary"])?.arrayValue ?? [] {
                    writer.write(text["text"]?.stringValue ?? "", .reasoning)
                }
            default: break
            }
        }
    }

    /// A citation as Open Responses has it: without the object around it.
    private static func citation(_ annotation: JSON) -> JSON? {
        guard annotation["type"] == "url_citation", let given = annotation["url_citation"]?.objectValue else {
            return nil
        }
        var citation: JSONObject = [
            "type": "url_citation", "url": .string(given["url"]?.stringValue ?? ""),
            "title": .string(given["title"]?.stringValue ?? ""),
        ]
        for key in ["start_index", "end_index"] {
            if let index = given[key]?.intValue, index >= 0 { citation[key] = .number(JSONNumber(index)) }
        }
        return .object(citation)
    }
}
