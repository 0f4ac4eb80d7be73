package import NIOHTTP1

/// Reads the lines of a message's head; each ends with a carriage return and a line feed.
package struct HeadReader {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The head of an answer; `nil` where it is none.
    package func head() -> HTTPResponseHead? {
        var reader = self
        guard let (version, status) = reader.readStatusLine() else { return nil }
        var headers = HTTPHeaders()
        headers.reserveCapacity(12)
        guard reader.readFields(into: &headers) else { return nil }
        return HTTPResponseHead(version: version, status: status, headers: headers)
    }

    /// `HTTP/1.1 200 OK`
    private mutating func readStatusLine() -> (HTTPVersion, HTTPResponseStatus)? {
        guard let end = endOfLine(), end >= 12 else { return nil }
        let prefix: StaticString = "HTTP/1."
        for offset in 0..<7 where bytes[offset] != prefix.utf8Start[offset] { return nil }
        let version: HTTPVersion
        switch bytes[7] {
        case UInt8(ascii: "1"): version = .http1_1
        case UInt8(ascii: "0"): version = .http1_0
        default: return nil
        }
        guard bytes[8] == space else { return nil }
        var code = 0
        for offset in 9..<12 {
            guard (0x30...0x39).contains(bytes[offset]) else { return nil }
            code = code * 10 + Int(bytes[offset] - 0x30)
        }
        guard code >= 100, end == 12 || bytes[12] == space else { return nil }
        let reason = UnsafeRawBufferPointer(rebasing: bytes[min(13, end)..<end])
        guard reason.allSatisfy(Self.isText) else { return nil }
        index = end + 2
        // The usual phrase is the usual value, which costs no text.
        if code == 200, reason.elementsEqual("OK".utf8) { return (version, .ok) }
        return (version, HTTPResponseStatus(statusCode: code, reasonPhrase: String(decoding: reason, as: UTF8.self)))
    }

    /// Reads fields to the end. Whether all are such.
    package mutating func readFields(into headers: inout HTTPHeaders) -> Bool {
        while index < bytes.count {
            guard let end = endOfLine() else { return false }
            var colon = index
            while colon < end, bytes[colon] != UInt8(ascii: ":") {
                guard Self.isToken(bytes[colon]) else { return false }
                colon += 1
            }
            guard colon > index, colon < end else { return false }
            var (first, last) = (colon + 1, end)
            while first < last, Self.isBlank(bytes[first]) { first += 1 }
            while last > first, Self.isBlank(bytes[last - 1]) { last -= 1 }
            let value = UnsafeRawBufferPointer(rebasing: bytes[first..<last])
            guard value.allSatisfy(Self.isText) else { return false }
            headers.add(
                name: String(decoding: UnsafeRawBufferPointer(rebasing: bytes[index..<colon]), as: UTF8.self),
                value: String(decoding: value, as: UTF8.self)
            )
            index = end + 2
        }
        return true
    }

    /// Where the line ends that begins at `index`.
    private func endOfLine() -> Int? {
        var end = index
        while end + 1 < bytes.count {
            if bytes[end] == UInt8(ascii: "\r") { return bytes[end + 1] == UInt8(ascii: "\n") ? end : nil }
            end += 1
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == UInt8(ascii: "\t") }

    /// Whether a byte may stand in a value: no control character but the tabulator.
    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") }

    /// Whether a byte may stand in a name (RFC 9110, 5.6.2).
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "!"),
            UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}

private let space = UInt8(ascii: " ")
