import NIOCore
import NIOHTTP1

/// Writes a request as HTTP/1.1, in as few pieces as possible.
///
/// Names and values come as `HTTPField`s, which cannot hold what would end a line, and ``ChatProxy`` has looked at the
/// target.
struct RequestWriter {
    /// What is to be sent next. The memory is used again, once it has gone out.
    private var pending = ByteBuffer()
    private var isTaken = false
    private var isChunked = false

    /// Pieces up to this size are copied behind the head.
    private static let copiedBytes = 4 * 1024

    /// Adds a part.
    ///
    /// - Returns: Pieces that must go out now, in their order; others wait for ``take()``.
    mutating func write(_ part: HTTPClientRequestPart) -> [ByteBuffer] {
        clearIfTaken()
        switch part {
        case .head(let head):
            write(head)
        case .body(.byteBuffer(let piece)):
            guard piece.readableBytes > 0 else { return [] }
            if isChunked { pending.writeString(String(piece.readableBytes, radix: 16) + "\r\n") }
            if piece.readableBytes <= Self.copiedBytes {
                pending.writeImmutableBuffer(piece)
                if isChunked { pending.writeStaticString("\r\n") }
            } else {
                let before = take()
                clearIfTaken()
                if isChunked { pending.writeStaticString("\r\n") }
                return before.map { [$0, piece] } ?? [piece]
            }
        case .body(.fileRegion):
            break
        case .end(let trailers):
            guard isChunked else { break }
            pending.writeStaticString("0\r\n")
            for (name, value) in trailers ?? [:] { pending.writeField(name, value) }
            pending.writeStaticString("\r\n")
        }
        return []
    }

    /// What waits to be sent.
    mutating func take() -> ByteBuffer? {
        guard !isTaken, pending.readableBytes > 0 else { return nil }
        isTaken = true
        return pending
    }

    private mutating func clearIfTaken() {
        guard isTaken else { return }
        pending.clear()
        isTaken = false
    }

    private mutating func write(_ head: HTTPRequestHead) {
        pending.reserveCapacity(512)
        pending.writeString(head.method.rawValue)
        pending.writeStaticString(" ")
        pending.writeString(head.uri)
        pending.writeStaticString(" HTTP/1.1\r\n")
        isChunked = false
        for (name, value) in head.headers {
            if name == "transfer-encoding" { isChunked = true }
            pending.writeField(name, value)
        }
        pending.writeStaticString("\r\n")
    }
}
