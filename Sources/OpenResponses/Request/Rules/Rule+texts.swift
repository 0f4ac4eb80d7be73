import AgentJSON

extension Rule where Value == String {
    static var text: Rule {
        Rule { value throws(RequestFault) in
            guard case .string(let text) = value else { throw .mustBe("a string", value) }
            return text
        }
    }

    /// A text of at most so many characters, counted as Unicode scalars.
    static func text(upTo limit: Int) -> Rule {
        Rule { value throws(RequestFault) in
            let text = try Rule.text.read(value)
            guard !text.isLonger(than: limit) else { throw .invalid("must have at most \(limit) characters") }
            return text
        }
    }

    /// A text that says something: content of a message, a summary.
    static var content: Rule { text(upTo: 10_485_760) }

    /// What a compaction stands for. Where that is a whole conversation, its length is limited by that of a body alone.
    static var compacted: Rule {
        Rule { value throws(RequestFault) in
            if let text = value.stringValue, text.hasPrefix(Item.wholeConversationMark) { return text }
            return try Rule.content.read(value)
        }
    }

    /// A text of any length but none.
    static var nonEmptyText: Rule {
        Rule { value throws(RequestFault) in
            let text = try Rule.text.read(value)
            guard !text.isEmpty else { throw .invalid("must not be empty") }
            return text
        }
    }

    /// What ties a function's output to its call.
    static var callID: Rule {
        Rule { value throws(RequestFault) in
            let text = try Rule.text.read(value)
            guard !text.isEmpty, !text.isLonger(than: 64) else { throw .invalid("must have 1 to 64 characters") }
            return text
        }
    }

    /// The name of a function that a client offers.
    static var functionName: Rule {
        Rule { value throws(RequestFault) in
            let name = try Rule.text.read(value)
            guard 1...64 ~= name.utf8.count, name.utf8.allSatisfy(\.isNameByte) else {
                throw .invalid("must be 1 to 64 letters, digits, '_' or '-'")
            }
            return name
        }
    }

    /// One of a few words.
    static func word(_ words: String...) -> Rule {
        Rule { value throws(RequestFault) in
            guard case .string(let word) = value, words.contains(word) else {
                throw .invalid("must be \(words.map { "'\($0)'" }.joined(separator: " or "))")
            }
            return word
        }
    }

    /// How far an item has come.
    static var itemStatus: Rule { word("in_progress", "completed", "incomplete") }
}

extension String {
    /// Whether there are more characters, counted as Unicode scalars.
    func isLonger(than limit: Int) -> Bool {
        // A scalar has at least one byte: nearly every text is done with here.
        utf8.count > limit && unicodeScalars.count > limit
    }

    /// The text for a message, cut off where it is long.
    var quoted: String {
        isLonger(than: 64) ? "'\(String(unicodeScalars.prefix(64)))…'" : "'\(self)'"
    }
}

extension UInt8 {
    /// Whether the byte may be part of a function's name.
    fileprivate var isNameByte: Bool {
        isLetterOrDigit || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }

    /// Whether the byte is a letter or digit of ASCII.
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
