import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Bodies of requests in the form `gzip`.
enum Gzip {
    /// The bytes in that form; `nil` where they cannot be compressed.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        // The library offers its compressor as a handler of a pipeline only.
        let channel = EmbeddedChannel(handler: NIOHTTPRequestCompressor(encoding: .gzip))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
            try channel.writeOutbound(HTTPClientRequestPart.head(head))
            try channel.writeOutbound(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: bytes))))
            try channel.writeOutbound(HTTPClientRequestPart.end(nil))
            var compressed: [UInt8] = []
            while let part = try channel.readOutbound(as: HTTPClientRequestPart.self) {
                if case .body(.byteBuffer(let piece)) = part { compressed += piece.readableBytesView }
            }
            return compressed.isEmpty ? nil : compressed
        } catch {
            return nil
        }
    }
}
