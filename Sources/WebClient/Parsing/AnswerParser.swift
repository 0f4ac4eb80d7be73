package import NIOCore
package import NIOHTTP1

/// Reads a server's answers from their bytes, which come in pieces of any size: a pure state machine.
///
/// As strict as the parser of requests: what two readers could understand in two ways is refused. It is here because NIO's
/// pipeline of a decoder, an encoder and what they hand on cost a third of a small exchange (`Benchmarks/proxy.py`).
package struct AnswerParser {
    /// What is no answer of HTTP/1.
    package struct Malformed: Error {}

    package init() {}

    private enum State {
        /// Between two answers.
        case idle
        case head
        case body(left: Int)
        /// The body ends with the connection.
        case untilClose
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        /// The last part has been handed out.
        case over
    }

    private var state = State.idle
    private var isHead = false
    private var bytes = ByteBuffer()
    /// How much of the bytes is known to hold no end of what is read.
    private var searched = 0

    /// More than any server's head has.
    private static let headLimit = 64 * 1024
    private static let lineLimit = 4 * 1024

    /// Begins an answer.
    ///
    /// - Parameter isHead: Whether the request's method is HEAD: then there is no body, whatever the head says.
    package mutating func expect(isHead: Bool) {
        state = .head
        self.isHead = isHead
        searched = 0
    }

    /// Takes bytes.
    package mutating func feed(_ buffer: ByteBuffer) {
        if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
    }

    /// Bytes behind the answer.
    package mutating func takeSurplus() -> ByteBuffer {
        defer { bytes = ByteBuffer() }
        return bytes
    }

    /// Whether bytes came that belong to no answer.
    package var hasSurplus: Bool {
        switch state {
        case .idle, .over: bytes.readableBytes > 0
        default: false
        }
    }

    /// The next part of the answer; `nil` when more bytes are needed, or the answer is over.
    package mutating func next() throws(Malformed) -> HTTPClientResponsePart? {
        while true {
            switch state {
            case .idle, .over:
                return nil
            case .head:
                guard let head = try readHead() else { return nil }
                // Those that only say that an answer will come.
                if (100..<200).contains(head.status.code), head.status != .switchingProtocols { continue }
                try frame(head)
                return .head(head)
            case .body(let left):
                guard left > 0 else { return end() }
                guard let piece = readPiece(left) else { return nil }
                state = .body(left: left - piece.readableBytes)
                return .body(piece)
            case .untilClose:
                return readPiece(.max).map { .body($0) }
            case .chunkSize:
                guard let size = try readChunkSize() else { return nil }
                state = size == 0 ? .trailers : .chunk(left: size)
            case .chunk(let left):
                guard left > 0 else {
                    state = .chunkEnd
                    continue
                }
                guard let piece = readPiece(left) else { return nil }
                state = .chunk(left: left - piece.readableBytes)
                return .body(piece)
            case .chunkEnd:
                guard bytes.readableBytes >= 2 else { return nil }
                guard bytes.readInteger(as: UInt16.self) == 0x0D0A else { throw Malformed() }
                state = .chunkSize
            case .trailers:
                guard let trailers = try readTrailers() else { return nil }
                return end(trailers)
            }
        }
    }

    /// The server has closed the connection: the end of an answer that ends so; `nil` where it broke off, or was over.
    package mutating func endOfInput() -> HTTPClientResponsePart? {
        guard case .untilClose = state else { return nil }
        return end()
    }

    private mutating func end(_ trailers: HTTPHeaders = [:]) -> HTTPClientResponsePart {
        state = .over
        return .end(trailers.isEmpty ? nil : trailers)
    }

    // MARK: Bodies

    private mutating func readPiece(_ left: Int) -> ByteBuffer? {
        guard bytes.readableBytes > 0 else { return nil }
        // The whole of it, as a rule, and then there is nothing to slice.
        if bytes.readableBytes <= left { return takeSurplus() }
        return bytes.readSlice(length: left)
    }

    private mutating func readChunkSize() throws(Malformed) -> Int? {
        guard let line = try readLine(limit: Self.lineLimit) else { return nil }
        // What follows a semicolon is an extension, which nobody uses.
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        guard !digits.isEmpty, digits.count <= 15 else { throw Malformed() }
        var size = 0
        for digit in digits {
            guard let value = Hexadecimal.value(digit) else { throw Malformed() }
            size = size << 4 | Int(value)
        }
        return size
    }

    /// How an answer's body is framed (RFC 9112, 6.3).
    private mutating func frame(_ head: HTTPResponseHead) throws(Malformed) {
        var length: Int?
        var isChunked = false
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 14 where name.isHeader("content-length"):
                let isNumber = !value.isEmpty && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
                guard isNumber, let number = Int(value), length == nil || length == number else { throw Malformed() }
                length = number
            case 17 where name.isHeader("transfer-encoding"):
                guard !isChunked, value.isHeader("chunked") else { throw Malformed() }
                isChunked = true
            default:
                break
            }
        }
        guard !isChunked || length == nil && head.version == .http1_1 else { throw Malformed() }
        if isHead || head.status == .noContent || head.status == .notModified
            || head.status == .switchingProtocols
        {
            state = .body(left: 0)
        } else if isChunked {
            state = .chunkSize
        } else if let length {
            state = .body(left: length)
        } else {
            state = .untilClose
        }
    }

    // MARK: Heads

    private mutating func readHead() throws(Malformed) -> HTTPResponseHead? {
        guard let size = try findEnd(of: .emptyLine, limit: Self.headLimit) else { return nil }
        let start = bytes.readerIndex
        let head: HTTPResponseHead? = bytes.withUnsafeReadableBytes { bytes in
            // Each line with the feed at its end; without the empty one.
            HeadReader(UnsafeRawBufferPointer(rebasing: bytes[..<(size - 2)])).head()
        }
        guard let head else { throw Malformed() }
        bytes.moveReaderIndex(to: start + size)
        return head
    }

    private mutating func readTrailers() throws(Malformed) -> HTTPHeaders? {
        var trailers = HTTPHeaders()
        // None, as a rule.
        if bytes.readableBytes >= 2, bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) == 0x0D0A {
            bytes.moveReaderIndex(forwardBy: 2)
            return trailers
        }
        guard let size = try findEnd(of: .emptyLine, limit: Self.headLimit) else { return nil }
        let isRead = bytes.withUnsafeReadableBytes { bytes in
            var reader = HeadReader(UnsafeRawBufferPointer(rebasing: bytes[..<(size - 2)]))
            return reader.readFields(into: &trailers)
        }
        guard isRead else { throw Malformed() }
        bytes.moveReaderIndex(forwardBy: size)
        return trailers
    }

    private mutating func readLine(limit: Int) throws(Malformed) -> [UInt8]? {
        guard let size = try findEnd(of: .line, limit: limit) else { return nil }
        let line = bytes.readBytes(length: size - 2)
        bytes.moveReaderIndex(forwardBy: 2)
        return line
    }

    /// Where something that is read ends.
    private enum Mark {
        /// After a line.
        case line
        /// After an empty line.
        case emptyLine

        var size: Int { self == .line ? 2 : 4 }

        /// Whether the line feed at a place ends it.
        func ends(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
            guard index >= size - 1, bytes[index - 1] == carriageReturn else { return false }
            return self == .line || bytes[index - 2] == lineFeed && bytes[index - 3] == carriageReturn
        }
    }

    /// How many bytes there are up to a mark's end; `nil` where it has not come yet.
    private mutating func findEnd(of mark: Mark, limit: Int) throws(Malformed) -> Int? {
        let from = max(0, searched - mark.size)
        let end: Int? = bytes.withUnsafeReadableBytes { bytes in
            var index = from
            while index < bytes.count {
                if bytes[index] == lineFeed, mark.ends(bytes, at: index) { return index + 1 }
                index += 1
            }
            return nil
        }
        searched = end == nil ? bytes.readableBytes : 0
        guard end ?? searched <= limit else { throw Malformed() }
        return end
    }
}

private let carriageReturn = UInt8(ascii: "\r")
private let lineFeed = UInt8(ascii: "\n")
