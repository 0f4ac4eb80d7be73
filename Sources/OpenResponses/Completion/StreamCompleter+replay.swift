public import AgentJSON

extension StreamCompleter {
    /// The events that would have led to a finished response.
    ///
    /// - Parameter response: A response object as ``response`` gave it.
    public static func events(ofFinished response: JSONObject) -> [StreamEvent] {
        var settings = response
        for key in ResponseSnapshot.ownKeys { settings.removeValue(forKey: key) }
        let envelope = ResponseEnvelope(
            id: response["id"]?.stringValue ?? "", createdAt: response["created_at"]?.intValue ?? 0,
            model: response["model"]?.stringValue ?? "", settings: settings, given: [:]
        )
        var completer = StreamCompleter(envelope, rules: OutputRules(includesEncryptedContent: true)) { $0 }
        completer.begin()
        for item in response["output"]?.arrayValue ?? [] {
            // What was stored is in order: it came out of a completer.
            if let item = item.objectValue { try? completer.item(item) }
        }
        let status = response["status"]?.stringValue ?? ""
        try? completer.closeItems(isIncomplete: status == "incomplete" || status == "cancelled")
        if let error = response["error"], !error.isNull {
            completer.sayError(
                OutputFault(error["message"]?.stringValue ?? "", code: error["code"]?.stringValue ?? "model_error")
            )
        }
        completer.end("response.\(status == "cancelled" ? "incomplete" : status)", with: response)
        return completer.events
    }
}
