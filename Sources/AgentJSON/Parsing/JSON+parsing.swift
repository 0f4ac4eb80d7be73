extension JSON {
    /// Parses a document.
    ///
    /// Strict RFC 8259 in UTF-8: no comments, no trailing commas, no `NaN`, no lone surrogates, one value and
    /// nothing after it. A byte order mark at the start is skipped. Numbers keep their text; one with a fraction or
    /// exponent that is too large for a double is refused. Of members with the same key the last wins, at the place
    /// of the first.
    ///
    /// The work is linear in the size of the document, whatever it contains. The value keeps `bytes` alive.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - maximumDepth: How deeply arrays and objects may be nested, at most ``depthLimit``.
    /// - Throws: ``JSONParseError``.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 512) throws(JSONParseError) {
        self = try TapeParser.parse(bytes, maximumDepth: min(maximumDepth, JSON.depthLimit)).value(at: 0)
    }

    /// Parses a document.
    ///
    /// - Parameters:
    ///   - text: The whole document.
    ///   - maximumDepth: How deeply arrays and objects may be nested, at most ``depthLimit``.
    /// - Throws: ``JSONParseError``.
    public init(parsing text: String, maximumDepth: Int = 512) throws(JSONParseError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }

    /// The largest depth that the parser accepts, whatever the caller allows.
    ///
    /// Swift frees nested arrays by recursion, some 200 bytes of stack a level: so many levels are safe even on a
    /// thread with a stack of 256 KiB.
    public static var depthLimit: Int { 1000 }
}
