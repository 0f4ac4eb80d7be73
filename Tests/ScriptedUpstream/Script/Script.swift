import AgentJSON

/// Reads from the last user message what the model shall do: its first word names it, the rest are its arguments.
struct Script {
    private let request: ModelRequest
    /// The message behind its first word.
    private let rest: String
    private let arguments: [Substring]
    private let name: Substring
    /// Whether a call with this very text has not come before.
    private let isFirst: Bool

    init(_ request: ModelRequest, isFirst: Bool) {
        self.request = request
        self.isFirst = isFirst
        let words = request.text.split(separator: " ", maxSplits: 1)
        name = words.first ?? ""
        rest = words.count > 1 ? String(words[1]) : ""
        arguments = rest.split(separator: " ")
    }

    /// What is to be done.
    var deed: Deed {
        if !request.toolOutputs.isEmpty, name != "loop" {
            return say("Tools said: " + request.toolOutputs.joined(separator: "; "))
        }
        return outage ?? .answer(steps, interval: interval)
    }

    /// Scenarios without an answer.
    private var outage: Deed? {
        switch name {
        case "status": return .refuse(refusal)
        case "status-once": return isFirst ? .refuse(refusal) : say("recovered")
        case "context":
            return .refuse(
                Refusal(
                    status: 400,
                    message: "This model's maximum context length is 8192 tokens. However, your messages resulted in "
                        + "9001 tokens. Please reduce the length of the messages.",
                    parameter: request.format == .chat ? "messages" : "input", code: "context_length_exceeded"))
        case "unauthorized":
            return .refuse(
                Refusal(status: 401, message: "Incorrect API key provided: sk-***.", code: "invalid_api_key"))
        case "garbage": return .page
        case "hang": return .silence
        case "cut-before": return isFirst ? .hangUp : say("recovered")
        default: return nil
        }
    }

    private var refusal: Refusal {
        let status = min(max(number(0, or: 500), 400), 599)
        return Refusal(
            status: status, type: status == 429 ? "tokens" : status < 500 ? "invalid_request_error" : "server_error",
            message: "Scripted status \(status)", code: status == 429 ? "rate_limit_exceeded" : nil,
            retryAfter: arguments.count > 1 && Int(arguments[1]) != nil ? String(arguments[1]) : nil)
    }

    private var steps: [Step] {
        switch name {
        case "say": return text(rest) + [.end(.whole)]
        case "chunks", "slow", "stop-always": return deltas + [.end(.whole)]
        case "think": return reasoning + text(rest) + [.end(.whole)]
        case "think-call": return reasoning + call(0, name: argument(0), arguments: afterFirst) + [.end(.whole)]
        case "stay-open": return text(rest) + [.end(.open)]
        case "refuse": return ["I'm sorry, ", "I can't ", "help with that."].map { .refusal($0) } + [.end(.whole)]
        case "call", "loop": return call(0, name: argument(0), arguments: afterFirst) + [.end(.whole)]
        case "call-long": return call(0, name: argument(0), arguments: afterFirst) + [.end(.length)]
        case "calls": return calls + [.end(.whole)]
        case "text-and-call":
            return text("Let me see.") + call(0, name: request.toolNames.first ?? "none", arguments: "{}")
                + [.end(.whole)]
        case "usage-last": return text("counted at the end") + [.end(.wholeWithUsage)]
        case "long": return text("Once upon a") + [.end(.length)]
        case "filter": return text("And then he") + [.end(.filter)]
        case "hang-after": return deltas + [.fault(.silence)]
        case "cut": return deltas + [.fault(.cut)]
        case "garbage-after": return deltas + [.fault(.garbage)]
        case "error-after": return deltas + [.fault(.error)]
        case "failed-after": return deltas + [.fault(.failure)]
        case "timestamps": return Array(repeating: .clock, count: count) + [.end(.whole)]
        case "echo-request": return [.text(echo.description), .end(.whole)]
        case "json-format":
            let isAsked = request.textFormat != "text"
            return text(isAsked ? #"{"city": "Oslo", "degrees": 21}"# : "No format was asked for.") + [.end(.whole)]
        default: return text(request.text) + [.end(.whole)]
        }
    }

    private var interval: Int {
        ["slow", "timestamps", "stop-always"].contains(name) ? min(max(number(1, or: 0), 0), 60_000) : 0
    }

    // MARK: Pieces

    private func argument(_ index: Int) -> String { index < arguments.count ? String(arguments[index]) : "" }

    private func number(_ index: Int, or other: Int) -> Int { Int(argument(index)) ?? other }

    /// How many deltas.
    private var count: Int { min(max(number(0, or: 1), 0), 10_000) }

    private var deltas: [Step] { (0..<count).map { .text($0 == 0 ? "w0" : " w\($0)") } }

    private var reasoning: [Step] { ["Let ", "me ", "think."].map { .reasoning($0) } }

    /// The text behind the first argument; an empty object where there is none.
    private var afterFirst: String {
        let parts = rest.split(separator: " ", maxSplits: 1)
        return parts.count > 1 ? String(parts[1]) : "{}"
    }

    private func say(_ text: String) -> Deed { .answer(self.text(text) + [.end(.whole)]) }

    /// A text word by word; each piece but the last keeps its space.
    private func text(_ text: String) -> [Step] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return words.enumerated().map { .text($0.offset < words.count - 1 ? $0.element + " " : String($0.element)) }
    }

    private func call(_ index: Int, name: String, arguments: String) -> [Step] {
        [.call(index, name: name)] + pieces(arguments).map { .arguments(index, $0) }
    }

    /// Calls of the functions that are named, a `;` between them, or else of the first two that are offered; in chat at once,
    /// piece by piece.
    private var calls: [Step] {
        let named = rest.split(separator: ";").map { call in
            let parts = call.split(separator: " ", maxSplits: 1)
            return (name: String(parts.first ?? ""), arguments: parts.count > 1 ? String(parts[1]) : "{}")
        }
        let offered = request.toolNames.prefix(2).enumerated().map { (name: $1, arguments: #"{"n": \#($0)}"#) }
        let all = (named.isEmpty ? offered : named).enumerated().map { index, wanted in
            call(index, name: wanted.name, arguments: wanted.arguments)
        }
        guard request.format == .chat else { return all.flatMap { $0 } }
        return (0..<(all.map(\.count).max() ?? 0)).flatMap { step in
            all.compactMap { step < $0.count ? $0[step] : nil }
        }
    }

    private func pieces(_ text: String) -> [String] {
        var (pieces, rest): ([String], Substring) = ([], text[...])
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        return pieces
    }

    /// What was asked for, but for the conversation itself.
    private var echo: JSON {
        var settings = request.body.objectValue ?? [:]
        for name in ["messages", "input", "model", "tools"] { settings.removeValue(forKey: name) }
        let object: JSONObject = [
            "format": .string(request.format.rawValue), "model": .string(request.model),
            "items": .number(JSONNumber(request.items.count)),
            "tools": .array(request.toolNames.map { .string($0) }), "settings": .object(settings),
        ]
        return .object(object)
    }
}
