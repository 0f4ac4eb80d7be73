/// One entry of a tape: a value, or the key before a member's value.
///
/// Sixteen bytes, four to a cache line. Containers come before what they contain, so a tape lists a document's
/// values in the order of its text.
struct Node: Sendable {
    /// The byte where the value starts; for a text, the byte after the opening quote.
    var start: UInt32
    /// The length in bytes; for a text, without the quotes. While a container is open: the members so far.
    var length: UInt32
    /// The number of nodes of the value, itself included. For a key: the hash of its bytes. While a container is
    /// open: the index of the container around it.
    var span: UInt32
    /// Kind and flags in the low byte, the number of members or elements above.
    var meta: UInt32

    @inline(__always)
    init(start: Int, length: Int, span: UInt32 = 1, meta: UInt32) {
        // The parser refuses documents longer than Int32.max, so positions and lengths fit.
        self.start = UInt32(truncatingIfNeeded: start)
        self.length = UInt32(truncatingIfNeeded: length)
        self.span = span
        self.meta = meta
    }

    @inline(__always)
    var kind: Kind { Kind(rawValue: meta & 7) }

    @inline(__always)
    func has(_ flags: UInt32) -> Bool { meta & flags != 0 }

    /// The bytes of the value in the document; for a text, without its quotes.
    @inline(__always)
    var range: Range<Int> { Int(start)..<Int(start) + Int(length) }

    /// The number of members or elements; nil if there are too many to be counted in the node.
    @inline(__always)
    var count: Int? {
        let count = meta >> 8
        return count == Self.countLimit ? nil : Int(count)
    }

    /// A count from here on is not exact.
    static let countLimit: UInt32 = 0xFF_FFFF

    /// Stands for the index of the container around the outermost value.
    static let none = UInt32.max
}

extension Node {
    struct Kind: Equatable {
        var rawValue: UInt32

        static let null = Kind(rawValue: 0)
        static let `true` = Kind(rawValue: 1)
        static let `false` = Kind(rawValue: 2)
        static let number = Kind(rawValue: 3)
        static let string = Kind(rawValue: 4)
        static let array = Kind(rawValue: 5)
        static let object = Kind(rawValue: 6)
    }

    // Flags. A container has those of everything inside it, the first excepted.

    /// A text has a backslash; an object may have two members with the same key.
    static let escaped: UInt32 = 1 << 3
    static let suspect: UInt32 = 1 << 3
    /// A text has an escape that the compact form writes differently.
    static let rewritten: UInt32 = 1 << 4
    /// A text has a character that the all-ASCII form escapes: one beyond ASCII, or U+007F.
    static let wide: UInt32 = 1 << 5
    /// A number looks different in Python.
    static let pythonic: UInt32 = 1 << 6
    /// There is white space between tokens.
    static let spaced: UInt32 = 1 << 7
}
