import AgentJSON
import MLflowTracing

extension TraceRow {
    /// The row in the words of MLflow's trace info, and what that has among its metadata.
    var json: JSONObject {
        var object: JSONObject = [
            "id": .string(reference.text),
            "object": "trace",
            "trace_id": .string(id.text),
            "name": .string(name),
            "state": .string(state.rawValue),
            "request_time": .string(TraceTime.text(requestTime)),
            "execution_duration": .string(Self.seconds(duration)),
            "execution_duration_ms": .number(JSONNumber(duration)),
            "session": session.map(JSON.string) ?? .null,
            "user": user.map(JSON.string) ?? .null,
            "request_preview": requestPreview.map(JSON.string) ?? .null,
            "response_preview": responsePreview.map(JSON.string) ?? .null,
            "token_usage": .null,
        ]
        if let usage {
            object["token_usage"] = [
                "input_tokens": .number(JSONNumber(usage.input)), "output_tokens": .number(JSONNumber(usage.output)),
                "total_tokens": .number(JSONNumber(usage.total)),
            ]
        }
        if !principal.isEmpty { object["principal"] = .string(principal) }
        return object
    }

    /// Milliseconds as MLflow writes a duration: `1.5s`.
    private static func seconds(_ milliseconds: UInt64) -> String {
        let rest = String(milliseconds % 1000)
        var digits = String(repeating: "0", count: 3 - rest.utf8.count) + rest
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits.isEmpty ? "\(milliseconds / 1000)s" : "\(milliseconds / 1000).\(digits)s"
    }
}
