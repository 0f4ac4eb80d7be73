/// Which page of a list a client wants.
public struct ListQuery: Sendable, Hashable {
    /// In what order a list goes.
    public enum Order: String, Sendable, Hashable {
        /// The oldest first.
        case ascending = "asc"
        /// The newest first.
        case descending = "desc"
    }

    /// How many entries the page may have: 1 to 100.
    public var limit = 20
    /// In what order the list goes.
    public var order = Order.descending
    /// The id of the entry that the page begins after.
    public var after: String?

    /// Reads the query of a URL, without its question mark. Fields other than these are ignored.
    ///
    /// - Throws: A fault that names the field.
    public init(query: String?) throws(RequestFault) {
        let fields = QueryFields(query)
        if let text = fields["limit"] {
            guard let number = Int(text), 1...100 ~= number else {
                throw .invalid("must be an integer from 1 to 100").inside("limit")
            }
            limit = number
        }
        if let text = fields["order"] {
            guard let order = Order(rawValue: text) else { throw .invalid("must be 'asc' or 'desc'").inside("order") }
            self.order = order
        }
        after = fields["after"]
    }
}
