import NIOCore
import NIOHTTP1

/// A whole answer as HTTP/1 writes it, in one buffer.
///
/// What it avoids: the conversion into NIO's types, an encoder's three writes, and a gathering system call, for answers that
/// are known from head to end. `Benchmarks/proxy.py` shows it.
struct HTTP1Answer {
    private(set) var buffer: ByteBuffer

    /// - Parameters:
    ///   - status: The status's code.
    ///   - reason: Its reason phrase, as a parser has let it pass; the usual one where it is empty.
    ///   - isLegacy: Whether the client speaks HTTP/1.0.
    ///   - spare: Memory to use: that of the last answer, which has gone out as a rule. It is taken away.
    ///   - size: About how large the answer's body will be.
    init(status: Int, reason: String, isLegacy: Bool, using spare: inout ByteBuffer, size: Int) {
        buffer = ByteBuffer()
        // Swapped: writing into memory that somebody else holds, too, would copy it.
        swap(&buffer, &spare)
        buffer.clear(minimumCapacity: size + 320)
        buffer.writeStaticString(isLegacy ? "HTTP/1.0 " : "HTTP/1.1 ")
        if status == 200, reason.isEmpty || reason == "OK" {
            buffer.writeStaticString("200 OK\r\n")
        } else {
            buffer.writeString(String(status))
            buffer.writeStaticString(" ")
            buffer.writeString(reason.isEmpty ? HTTPResponseStatus(statusCode: status).reasonPhrase : reason)
            buffer.writeStaticString("\r\n")
        }
    }

    /// Adds a header. Names and values come from parsers and from `HTTPField`, neither of which lets a line feed pass.
    mutating func add(_ name: String, _ value: String) {
        buffer.writeField(name, value)
    }

    /// Ends the head, and adds the body.
    mutating func end(_ body: ByteBuffer?) {
        buffer.writeStaticString("\r\n")
        if let body { buffer.writeImmutableBuffer(body) }
    }
}
