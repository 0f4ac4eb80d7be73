/// Turns the bytes of a document into a tape, without recursion.
struct TapeParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private var nodes: NodeBuffer
    /// The next byte to look at.
    private var index: Int

    // The open container, and what is known of it so far. Those around it wait in their nodes.
    private var container = Node.none
    private var isObject = false
    private var depth = 0
    private var count: UInt32 = 0
    /// The flags of everything inside.
    private var flags: UInt32 = 0
    /// The keys so far.
    private var keyFilter = KeyFilter()
    /// The key filters of the containers around it, by depth; for deeper ones there is no room.
    private let keyFilters: UnsafeMutableBufferPointer<KeyFilter>
    /// Whether any object may have two members with the same key.
    private var hasSuspects = false

    private init(
        _ bytes: UnsafeBufferPointer<UInt8>,
        maximumDepth: Int,
        nodes: NodeBuffer,
        keyFilters: UnsafeMutableBufferPointer<KeyFilter>
    ) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.keyFilters = keyFilters
        self.nodes = nodes
        index = Self.byteOrderMarkLength(bytes)
    }
}

extension TapeParser {
    /// Parses a document.
    static func parse(_ bytes: [UInt8], maximumDepth: Int) throws(JSONParseError) -> Tape {
        let (nodes, hasSuspects) = try nodes(of: bytes, maximumDepth: maximumDepth)
        let tape = Tape(bytes: bytes, nodes: nodes)
        guard hasSuspects, let rewritten = DuplicateKeys.removed(from: tape) else { return tape }
        // Rare, and so simple: the text is written again without the members that don't count.
        return Tape(bytes: rewritten, nodes: try Self.nodes(of: rewritten, maximumDepth: maximumDepth).nodes)
    }

    private static func nodes(
        of bytes: [UInt8],
        maximumDepth: Int
    ) throws(JSONParseError) -> (nodes: [Node], hasSuspects: Bool) {
        let result = bytes.withUnsafeBufferPointer { bytes in
            // On the stack, and enough for a small document: those cost one allocation of the exact size.
            withUnsafeTemporaryAllocation(of: Node.self, capacity: 64) { scratch in
                withUnsafeTemporaryAllocation(of: KeyFilter.self, capacity: 32) { keyFilters in
                    var parser = TapeParser(
                        bytes,
                        maximumDepth: maximumDepth,
                        nodes: NodeBuffer(borrowing: scratch),
                        keyFilters: keyFilters
                    )
                    defer { parser.nodes.release() }
                    return parser.result()
                }
            }
        }
        return try result.get()
    }

    /// The length of a byte order mark at the start: three or zero.
    static func byteOrderMarkLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }
}

extension TapeParser {
    private mutating func result() -> Result<(nodes: [Node], hasSuspects: Bool), JSONParseError> {
        do throws(ParseFailure) {
            try run()
            return .success((Array(UnsafeBufferPointer(start: nodes.base, count: nodes.count)), hasSuspects))
        } catch {
            return .failure(JSONParseError(error, in: bytes))
        }
    }

    private mutating func run() throws(ParseFailure) {
        guard bytes.count <= Int(Int32.max) else { throw ParseFailure(code: .tooLarge, offset: 0) }
        skipSpace()
        repeat {
            if try parseValue() {
                try finishValues()
            }
        } while container != Node.none
        skipSpace()
        guard index == bytes.count else { throw failure(.extraData) }
    }

    /// Parses a scalar or the start of a container.
    ///
    /// - Returns: Whether the value is complete; otherwise the next one is its first element.
    @inline(__always)
    private mutating func parseValue() throws(ParseFailure) -> Bool {
        guard index < bytes.count else { throw failure(.emptyOrExpectedValue) }
        switch bytes[index] {
        case UInt8(ascii: "\""):
            let (range, found) = try scanString()
            append(kind: .string, start: range.lowerBound, length: range.count, flags: found)
        case UInt8(ascii: "{"):
            return try open(.object, closing: UInt8(ascii: "}"))
        case UInt8(ascii: "["):
            return try open(.array, closing: UInt8(ascii: "]"))
        case UInt8(ascii: "t"):
            try parseLiteral("true", kind: .true)
        case UInt8(ascii: "f"):
            try parseLiteral("false", kind: .false)
        case UInt8(ascii: "n"):
            try parseLiteral("null", kind: .null)
        default:
            try parseNumber()
        }
        return true
    }

    /// Goes on after a complete value: closes containers that end here, up to the start of the next value.
    @inline(__always)
    private mutating func finishValues() throws(ParseFailure) {
        while container != Node.none {
            skipSpace()
            count &+= 1
            guard index < bytes.count else { throw failure(.expectedComma) }
            let byte = bytes[index]
            if byte == UInt8(ascii: ",") {
                index &+= 1
                skipSpace()
                if isObject { try parseKey() }
                return
            }
            guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw failure(.expectedComma) }
            close()
        }
    }
}

extension TapeParser {
    @inline(__always)
    private mutating func open(_ kind: Node.Kind, closing: UInt8) throws(ParseFailure) -> Bool {
        guard depth < maximumDepth else { throw failure(.tooDeep) }
        if container != Node.none {
            nodes[container].length = count
            nodes[container].meta |= flags
            if depth < keyFilters.count { keyFilters[depth] = keyFilter }
        }
        depth &+= 1
        let opened = UInt32(truncatingIfNeeded: nodes.count)
        nodes.append(Node(start: index, length: 0, span: container, meta: kind.rawValue))
        container = opened
        isObject = kind == .object
        count = 0
        flags = 0
        keyFilter = KeyFilter()
        index &+= 1
        skipSpace()
        if index < bytes.count, bytes[index] == closing {
            close()
            return true
        }
        if isObject { try parseKey() }
        return false
    }

    /// Completes the open container; the one around it becomes the open one.
    @inline(__always)
    private mutating func close() {
        index &+= 1
        depth &-= 1
        let parent = nodes[container].span
        let start = Int(nodes[container].start)
        let kind = nodes[container].kind.rawValue
        nodes[container] = Node(
            start: start,
            length: index - start,
            span: UInt32(truncatingIfNeeded: nodes.count) - container,
            meta: kind | flags | min(count, Node.countLimit) << 8
        )
        container = parent
        guard parent != Node.none else { return }
        let waiting = nodes[parent]
        isObject = waiting.kind == .object
        count = waiting.length
        flags = waiting.meta & 0xF8 | flags & ~Node.suspect
        keyFilter = depth < keyFilters.count ? keyFilters[depth] : .full
    }

    @inline(__always)
    private mutating func parseKey() throws(ParseFailure) {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw failure(.expectedKey) }
        let (range, found) = try scanString()
        let key = UnsafeBufferPointer(rebasing: bytes[range])
        let hash = key.quickHash()
        if found & Node.escaped != 0 {
            // Its bytes don't tell whether it equals another key.
            flags |= Node.suspect
            hasSuspects = true
        } else if !keyFilter.insert(hash), mayRepeat(key, hash) {
            flags |= Node.suspect
            hasSuspects = true
        }
        append(kind: .string, start: range.lowerBound, length: range.count, flags: found, span: hash)
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { throw failure(.expectedColon) }
        index &+= 1
        skipSpace()
    }

    /// Whether a key may be one of the open object already.
    private func mayRepeat(_ key: UnsafeBufferPointer<UInt8>, _ hash: UInt32) -> Bool {
        // Going through the keys each time would be quadratic: large objects are looked at once, when all is read.
        guard count <= 32 else { return true }
        var earlier = container + 1
        while earlier < nodes.count {
            let node = nodes[earlier]
            if node.span == hash, UnsafeBufferPointer(rebasing: bytes[node.range]).hasSameBytes(as: key) { return true }
            earlier += 1 + nodes[earlier + 1].span
        }
        return false
    }
}

extension TapeParser {
    @inline(__always)
    private mutating func append(kind: Node.Kind, start: Int, length: Int, flags found: UInt32, span: UInt32 = 1) {
        nodes.append(Node(start: start, length: length, span: span, meta: kind.rawValue | found))
        // In a container, this bit has another meaning.
        flags |= found & ~Node.escaped
    }

    private mutating func parseLiteral(_ literal: StaticString, kind: Node.Kind) throws(ParseFailure) {
        let length = literal.utf8CodeUnitCount
        guard index <= bytes.count - length else { throw failure(.emptyOrExpectedValue) }
        for offset in 1..<length where bytes[index + offset] != literal.utf8Start[offset] {
            throw failure(.emptyOrExpectedValue)
        }
        append(kind: kind, start: index, length: length, flags: 0)
        index &+= length
    }

    private mutating func parseNumber() throws(ParseFailure) {
        guard let scan = NumberScan(bytes, from: index) else { throw failure(.emptyOrExpectedValue) }
        if scan.isFraction, !NumberScan.isFinite(UnsafeBufferPointer(rebasing: bytes[index..<scan.end])) {
            throw failure(.numberOutOfRange)
        }
        append(
            kind: .number,
            start: index,
            length: scan.end - index,
            flags: scan.hasPythonForm ? Node.pythonic : 0
        )
        index = scan.end
    }

    /// Scans a text from its opening quote to after the closing one.
    @inline(__always)
    private mutating func scanString() throws(ParseFailure) -> (range: Range<Int>, flags: UInt32) {
        let start = index &+ 1
        var found: UInt32 = 0
        let end = try StringScanner.end(of: bytes, from: start, flags: &found)
        index = end &+ 1
        return (start..<end, found)
    }

    @inline(__always)
    private mutating func skipSpace() {
        guard index < bytes.count, bytes[index] <= 0x20 else { return }
        while index < bytes.count, bytes[index].isJSONSpace { index &+= 1 }
        flags |= Node.spaced
    }

    private func failure(_ code: JSONParseError.Code) -> ParseFailure {
        ParseFailure(code: code, offset: index)
    }
}
