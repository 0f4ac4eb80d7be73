import AgentJSON

extension JSON {
    /// The text in a form, as a string.
    func text(as form: JSONForm = .compact) -> String {
        String(decoding: encoded(as: form), as: UTF8.self)
    }
}
