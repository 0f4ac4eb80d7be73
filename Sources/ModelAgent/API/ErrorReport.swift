import AgentJSON

/// What an endpoint says of an error, read from any of the forms that are in use.
struct ErrorReport: Sendable, Hashable {
    /// The endpoint's words; `nil` where it has none.
    var message: String?
    /// Its name for the error.
    var code: String?

    /// - Parameter value: The body of an answer, or what is in the place of a chunk.
    init(_ value: JSON) {
        // Gemini puts it into a list.
        let value = value[0] ?? value
        let nested = value["error"] ?? .null
        let error = nested.isNull ? value : nested
        message = Self.text(error, depth: 0).map { ModelFailure.line($0, upTo: 1000) }
        code = Self.code(error) ?? Self.code(value)
        if Self.isAboutLength(message ?? "", code: code) { code = Self.contextLengthExceeded }
    }

    /// Whether a chunk of a stream is an error.
    static func isError(_ chunk: JSONObject) -> Bool {
        if let error = chunk["error"], !error.isNull { return true }
        return chunk["object"] == "error" || chunk["type"] == "error"
    }

    /// The report as the failure of an answer that had begun.
    var failure: ModelFailure { ModelFailure(.reported, message ?? "The model reported an error", code: code) }

    /// The name under which all endpoints' errors of this kind go on.
    static let contextLengthExceeded = "context_length_exceeded"

    // MARK: Reading

    private static func text(_ value: JSON, depth: Int) -> String? {
        guard depth < 4 else { return nil }
        switch value {
        case .string(let text): return text.isEmpty ? nil : text
        case .array(let elements):
            let texts = elements.prefix(3).compactMap { text($0, depth: depth + 1) }
            return texts.isEmpty ? nil : texts.joined(separator: "; ")
        case .object(let object):
            for key in ["message", "detail", "error", "msg"] {
                guard let member = object[key], let text = text(member, depth: depth + 1) else { continue }
                return place(object["loc"]) + text
            }
            return nil
        default: return nil
        }
    }

    /// The place that an error of a field is about, as servers made with FastAPI say it.
    private static func place(_ loc: JSON?) -> String {
        let names = (loc?.arrayValue ?? []).prefix(16).compactMap { $0.stringValue ?? $0.intValue.map(String.init) }
        return names.isEmpty ? "" : names.joined(separator: ".") + ": "
    }

    private static func code(_ error: JSON) -> String? {
        for key in ["code", "error_code", "type", "status"] {
            // Numbers repeat the status of the answer as a rule: names say more.
            if let code = error[key]?.stringValue, !code.isEmpty, code != "error" {
                return ModelFailure.line(code, upTo: 64)
            }
        }
        return error["code"]?.intValue.map(String.init)
    }

    /// Whether an error says that the conversation is longer than the model can read.
    private static func isAboutLength(_ message: String, code: String?) -> Bool {
        if code == contextLengthExceeded || code == "exceed_context_size_error" { return true }
        let message = message.lowercased()
        func has(_ words: String...) -> Bool { words.contains { message.contains($0) } }
        if has("context length", "context size", "context window", "model length") {
            return has("exceed", "longer", "maximum", "overflow", "too large", "too long")
        }
        if has("input token count") { return has("exceed") }
        return has("prompt is too long", "input is too long")
    }
}

extension ModelFailure {
    /// A text as one line of a message: no control characters, and cut off where it is long.
    static func line(_ text: String, upTo limit: Int) -> String {
        var line = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else {
                line.append("…")
                break
            }
            let isControl = scalar.properties.generalCategory == .control
            line.append(isControl ? " " : scalar)
            count += 1
        }
        return String(line)
    }
}
