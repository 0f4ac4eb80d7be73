package import NIOCore
package import NIOHTTP1

/// What is asked of a server elsewhere.
package struct WebRequest: Sendable {
    package var method: HTTPMethod
    package var address: WebAddress
    /// Beside `Host` and `Content-Length`, which are added. Neither names nor values may hold line breaks; the client
    /// refuses what does.
    package var headers: [(name: String, value: String)]
    package var body: ByteBuffer?
    /// Whether it may be sent again where a kept connection turned out to be closed, when nobody knows whether it arrived.
    package var isRepeatable: Bool

    package init(
        _ method: HTTPMethod, _ address: WebAddress, headers: [(name: String, value: String)] = [],
        body: ByteBuffer? = nil, isRepeatable: Bool = true
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable
    }

    /// Writes its head. Whether neither the target nor a header would break the message.
    func writeHead(to buffer: inout ByteBuffer) -> Bool {
        guard address.target.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        buffer.writeString(method.rawValue)
        buffer.writeStaticString(" ")
        buffer.writeString(address.target)
        buffer.writeStaticString(" HTTP/1.1\r\nHost: ")
        buffer.writeString(address.authority)
        buffer.writeStaticString("\r\n")
        for (name, value) in headers {
            guard Self.isSafe(name), Self.isSafe(value) else { return false }
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        if body != nil || method == .POST || method == .PUT || method == .PATCH {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString(String(body?.readableBytes ?? 0))
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        return true
    }

    private static func isSafe(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}

/// What a server answered.
package struct WebAnswer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: ByteBuffer

    package init(status: Int, headers: HTTPHeaders, body: ByteBuffer) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why there is no answer.
package struct WebFailure: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// No connection came about.
        case connection
        /// The time was over.
        case timeout
        /// The connection ended before the answer did.
        case closed
        /// What came is no answer of HTTP, or larger than it may be.
        case malformed
        /// The request cannot be sent, or too many wait already.
        case refused
        /// The task was cancelled.
        case cancelled
    }

    package var kind: Kind
    /// What happened, in a few words.
    package var reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    package var description: String { reason }
}
