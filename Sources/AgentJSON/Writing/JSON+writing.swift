extension JSON {
    /// Appends the text of the value.
    ///
    /// Works without recursion: no depth of value can exhaust the stack.
    public func write(to bytes: inout [UInt8], as form: JSONForm = .compact) {
        TextWriter.append(to: &bytes, as: form) { $0.write(self) }
    }

    /// The text of the value.
    public func encoded(as form: JSONForm = .compact) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, as: form)
        return bytes
    }
}

extension JSONObject {
    /// Appends the text of the object.
    public func write(to bytes: inout [UInt8], as form: JSONForm = .compact) {
        TextWriter.append(to: &bytes, as: form) { $0.write(.object(self)) }
    }

    /// The text of the object.
    public func encoded(as form: JSONForm = .compact) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, as: form)
        return bytes
    }
}
