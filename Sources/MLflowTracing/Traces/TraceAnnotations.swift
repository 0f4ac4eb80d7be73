/// What an agent says of its trace as a whole.
public struct TraceAnnotations: Sendable, Hashable {
    /// The session, a conversation as a rule, that the trace belongs to (`mlflow.trace.session`).
    public var session: String?
    /// The user whom the agent worked for (`mlflow.trace.user`).
    public var user: String?
    /// An id of the client's own for the request.
    public var clientRequestID: String?
    /// Labels that can be changed in MLflow later.
    public var tags: [String: String] = [:]
    /// Labels that stay.
    public var metadata: [String: String] = [:]
    /// What lists of traces show of the request, instead of its last text.
    public var requestPreview: String?
    /// What lists of traces show of the response, instead of its last text.
    public var responsePreview: String?

    public init() {}

    /// Takes over what a changed copy says otherwise than the copy did before.
    mutating func takeOver(_ new: TraceAnnotations, insteadOf old: TraceAnnotations) {
        for text in [\.session, \.user, \.clientRequestID, \.requestPreview, \.responsePreview]
            as [WritableKeyPath<TraceAnnotations, String?>]
        where new[keyPath: text] != old[keyPath: text] {
            self[keyPath: text] = new[keyPath: text]
        }
        for labels in [\.tags, \.metadata] as [WritableKeyPath<TraceAnnotations, [String: String]>] {
            let (new, old) = (new[keyPath: labels], old[keyPath: labels])
            guard new != old else { continue }
            for (key, value) in new where old[key] != value { self[keyPath: labels][key] = value }
            for key in old.keys where new[key] == nil { self[keyPath: labels][key] = nil }
        }
    }
}
