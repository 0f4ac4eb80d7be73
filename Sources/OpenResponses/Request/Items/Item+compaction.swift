public import AgentJSON

extension Item {
    /// What the content of a compaction begins with that holds a whole conversation: one that a server made, because its
    /// agent makes none of its own.
    ///
    /// It is as long as the conversation: the limit of other contents does not hold for it.
    public static let wholeConversationMark = "asc1."

    /// Reads items that came within something else, by the rules for those of a request.
    ///
    /// - Throws: The first fault.
    public static func items(readingAsInput value: JSON) throws(RequestFault) -> [Item] {
        try Rule<[JSON]>.array.read(value).elements(.item)
    }
}
