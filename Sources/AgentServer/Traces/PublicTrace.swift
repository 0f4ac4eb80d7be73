import AgentJSON

/// What those see of their own traces who are no administrators: all but the errors that their calls were not told of.
enum PublicTrace {
    /// A trace's document with the texts of such errors left out.
    ///
    /// The status message that the client knows (`public_status`) stays wherever it stands, and stands in the place of the
    /// root's where that is another one. Every other error may have passed through code that did not mean it for clients.
    ///
    /// - Parameter document: The form of `TraceDocument`.
    /// - Throws: `JSONParseError` for what is no document.
    static func document(_ document: [UInt8]) throws(JSONParseError) -> [UInt8] {
        guard var trace = try JSON(parsing: document, maximumDepth: JSON.depthLimit).objectValue else {
            return document
        }
        let spans = trace["spans"]?.arrayValue ?? []
        let errors = Errors(known: trace["public_status"]?.stringValue, root: spans.first?["status"]?["message"])
        trace["spans"] = .array(spans.map { $0.objectValue.map { .object(errors.span($0)) } ?? $0 })
        return trace.encoded()
    }

    /// The errors of one trace.
    private struct Errors {
        /// What the client knows.
        var known: String?
        /// What the root says.
        var root: JSON?

        func span(_ span: JSONObject) -> JSONObject {
            var span = span
            if var status = span["status"]?.objectValue, let message = status["message"] {
                status["message"] = .string(text(message))
                span["status"] = .object(status)
            }
            span["events"] = .array((span["events"]?.arrayValue ?? []).map(event))
            return span
        }

        private func event(_ event: JSON) -> JSON {
            guard var object = event.objectValue, object["name"] == "exception" else { return event }
            let type = object["attributes"]?["exception.type"]?.stringValue ?? ""
            let message = object["attributes"]?["exception.message"]?.stringValue ?? ""
            let status: JSON = .string("\(type): \(message)")
            guard status.stringValue != known else { return event }
            object["attributes"] = ["exception.message": .string(text(status))]
            return .object(object)
        }

        /// What is read instead of a status message.
        private func text(_ status: JSON) -> String {
            status == root || status.stringValue == known ? known ?? Self.unknown : Self.unknown
        }

        private static let unknown = "Internal error"
    }
}
