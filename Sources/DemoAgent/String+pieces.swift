extension String {
    /// The words of a text, each with the white space behind it; put together they are the text.
    ///
    /// White space at the beginning is a piece of its own.
    var words: [String] {
        var words: [String] = []
        var start = startIndex
        var isInSpace = false
        for index in utf8.indices {
            let isSpace = Self.spaces.contains(utf8[index])
            if isInSpace, !isSpace {
                words.append(String(self[start..<index]))
                start = index
            }
            isInSpace = isSpace
        }
        if start < endIndex { words.append(String(self[start...])) }
        return words
    }

    /// ASCII white space; none of it is a part of another character's bytes.
    private static let spaces: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]

    /// A text in parts of about the same length.
    func pieces(atMost count: Int) -> [String] {
        let length = Swift.max(1, (self.count + count - 1) / count)
        var pieces: [String] = []
        var rest = self[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return pieces
    }
}
