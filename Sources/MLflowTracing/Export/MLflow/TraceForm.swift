package import AgentJSON

/// A trace in the form in which an MLflow tracking server takes it: spans with all their attributes, and what is said of the
/// trace as a whole.
package struct TraceForm: Sendable {
    package let trace: FinishedTrace
    /// The attributes of each span, in MLflow's order.
    package let attributes: [[(String, WireValue)]]

    /// - Parameter trace: A trace that is prepared.
    package init(_ trace: FinishedTrace) {
        self.trace = trace
        let id = WireValue.text(trace.id.text)
        attributes = trace.spans.map { span in
            var attributes: [(String, WireValue)] = []
            attributes.reserveCapacity(span.attributes.count + 3)
            attributes.append((SpanKey.requestID, id))
            attributes.append((SpanKey.type, .text(span.type.rawValue)))
            for (key, value) in span.attributes { attributes.append((key, WireValue(attribute: value))) }
            attributes.append((SpanKey.logLevel, .integer(Int64(span.logLevel))))
            return attributes
        }
    }

    /// The texts of the root's inputs and outputs, which have been written already.
    private var rootTexts: (inputs: String?, outputs: String?) {
        func text(_ key: String) -> String? {
            guard case .json(let bytes)? = attributes.first?.first(where: { $0.0 == key })?.1 else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
        return (text(SpanKey.inputs), text(SpanKey.outputs))
    }

    /// Adds the spans to a request.
    package func write(to batch: inout SpanBatch) {
        for (span, attributes) in zip(trace.spans, attributes) {
            batch.add(span, of: trace.id, attributes: attributes)
        }
    }

    /// The body of the request that tells MLflow of the trace as a whole; `nil` for a trace without spans.
    ///
    /// - Parameters:
    ///   - experiment: The id of the trace's experiment.
    ///   - metadata: What is said of all traces of the process.
    package func info(experiment: String, metadata common: [(key: String, value: String)]) -> JSONObject? {
        guard let root = trace.root else { return nil }
        let annotations = trace.annotations
        let summary = TraceSummary(trace, root: root, texts: rootTexts)
        var metadata: JSONObject = [:]
        func say(_ key: String, _ value: String) {
            metadata[key.prefix(scalars: Self.keyLimit)] = .string(value.prefix(scalars: Self.metadataLimit))
        }
        for (key, value) in common { say(key, value) }
        if let session = annotations.session { say("mlflow.trace.session", session) }
        if let user = annotations.user { say("mlflow.trace.user", user) }
        for (key, value) in annotations.metadata.sorted(by: { $0.key < $1.key }) { say(key, value) }
        say("mlflow.trace_schema.version", "3")
        say("mlflow.traceInputs", (summary.inputs ?? "").cut(to: Self.metadataLimit))
        say("mlflow.traceOutputs", (summary.outputs ?? "").cut(to: Self.metadataLimit))
        if let usage = summary.usage {
            say("mlflow.trace.tokenUsage", SafeValue.text(of: .object(usage.json)))
        }
        var info: JSONObject = ["trace_id": .string(trace.id.text)]
        if let id = annotations.clientRequestID {
            info["client_request_id"] = .string(id.prefix(scalars: Self.requestIDLimit))
        }
        info["trace_location"] = [
            "type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": .string(experiment)],
        ]
        info["request_time"] = .string(Self.time(summary.requestTime))
        info["state"] = .string(summary.state.rawValue)
        var tags: JSONObject = ["mlflow.traceName": .string(root.name.prefix(scalars: Self.tagLimit))]
        for (key, value) in annotations.tags.sorted(by: { $0.key < $1.key }) {
            tags[key.prefix(scalars: Self.keyLimit)] = .string(value.prefix(scalars: Self.tagLimit))
        }
        var sizes = TraceSize()
        for (span, attributes) in zip(trace.spans, attributes) { sizes.add(span, attributes: attributes) }
        var whole = info
        whole["execution_duration_ms"] = JSON(integerLiteral: Int(summary.duration))
        // Both of them are counted as members that the information has besides.
        let members = #", "trace_metadata": , "tags": "#.utf8.count + metadata.asciiSize + tags.asciiSize
        let statistics = sizes.statistics(info: Self.wholeSize + whole.asciiSize + members)
        say("mlflow.trace.sizeStats", SafeValue.text(of: .object(statistics.json)))
        say("mlflow.trace.sizeBytes", String(statistics.total))
        info["trace_metadata"] = .object(metadata)
        info["tags"] = .object(tags)
        if let preview = summary.requestPreview { info["request_preview"] = .string(preview) }
        if let preview = summary.responsePreview { info["response_preview"] = .string(preview) }
        info["execution_duration"] = .string(Self.seconds(summary.duration))
        return ["trace": ["trace_info": .object(info)]]
    }

    // Lengths are counted in Unicode scalars, as the tracking server counts them.
    private static let keyLimit = 250
    private static let metadataLimit = 250
    private static let tagLimit = 4_096
    /// What a tracking server's store has room for.
    private static let requestIDLimit = 50
    private static let wholeSize = #"{"info": , "data": {"spans": []}}"#.utf8.count

    /// Milliseconds as seconds: `0.056s`.
    static func seconds(_ milliseconds: UInt64) -> String {
        let rest = String(1000 + milliseconds % 1000).dropFirst()
        return "\(milliseconds / 1000).\(rest)s"
    }

    /// Milliseconds since 1970 as RFC 3339 has it.
    package static func time(_ milliseconds: UInt64) -> String {
        let (day, second) = (Int64(milliseconds / 86_400_000), milliseconds / 1000 % 86_400)
        // The day as a date of the proleptic Gregorian calendar, by eras of 400 years.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = milliseconds % 1000
        let fraction = rest == 0 ? "" : "." + String(1000 + rest).dropFirst()
        return
            "\(year)-\(two(month))-\(two(dayOfMonth))T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
            + "\(fraction)Z"
    }
}
