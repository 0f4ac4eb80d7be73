/// In what form a client wants a response that was made before.
public struct RetrieveQuery: Sendable, Hashable {
    /// Whether its events are wanted, instead of the response alone.
    public var wantsStream = false
    /// The number of the last event that the client has; `nil` for all events.
    public var startingAfter: Int?

    /// Reads the query of a URL, without its question mark. Fields other than these are ignored.
    ///
    /// - Throws: A fault that names the field.
    public init(query: String?) throws(RequestFault) {
        let fields = QueryFields(query)
        switch fields["stream"] {
        case nil, "false"?: break
        case "true"?: wantsStream = true
        default: throw .invalid("must be 'true' or 'false'").inside("stream")
        }
        guard let text = fields["starting_after"] else { return }
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw .invalid("must be an integer of at least 0").inside("starting_after")
        }
        // No event has a number that large.
        startingAfter = Int(text) ?? .max
    }
}
