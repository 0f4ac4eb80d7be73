extension JSON: CustomStringConvertible {
    /// The compact text.
    public var description: String {
        String(decoding: encoded(), as: UTF8.self)
    }
}

extension JSONObject: CustomStringConvertible {
    /// The compact text.
    public var description: String {
        String(decoding: encoded(), as: UTF8.self)
    }
}
