import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Translates between NIO's parts of HTTP/1 and those that are common to all versions, and speaks HTTP/1.0 with clients
/// that do: without chunks. ``ConnectionHandler`` closes after the answer.
///
/// NIO's own codec reads every target with Foundation's parser of URLs, and knows no HTTP/1.0.
final class HTTP1Codec: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Takes the parts of requests, in place of the next handler in the pipeline: a part is large, and would be put into a
    /// box of its own there. Set by the handler, for as long as it is in the pipeline.
    var receiver: ConnectionHandler?
    private let scheme: String

    /// - Parameter isSecure: Whether the connection is one of HTTPS.
    init(isSecure: Bool) {
        scheme = isSecure ? "https" : "http"
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard let method = try? HTTPRequest.Method(head.method) else {
                context.fireErrorCaught(HTTPParserError.invalidMethod)
                return
            }
            let request = HTTPRequest(
                method: method, scheme: scheme, authority: head.headers.first(name: "host"),
                path: Self.target(head.uri), headerFields: HTTPFields(head.headers, splitCookie: false)
            )
            receiver?.read(.head(request), isLegacy: head.version != .http1_1)
        case .body(let piece):
            receiver?.read(.body(piece))
        case .end(let trailers):
            receiver?.read(.end(trailers.map { HTTPFields($0, splitCookie: false) }))
        }
    }

    /// Path and query of a request's target. Clients that take this server for a proxy send a whole URL.
    private static func target(_ uri: String) -> String {
        guard uri.utf8.first != UInt8(ascii: "/"), let scheme = uri.firstRange(of: "://") else { return uri }
        let rest = uri[scheme.upperBound...]
        guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }) else { return "/" }
        return rest[start] == "/" ? String(rest[start...]) : "/" + rest[start...]
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let response):
            var head = HTTPResponseHead(response)
            if receiver?.isLegacy == true { head.version = .http1_0 }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let piece):
            context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: promise)
        case .end(let trailers):
            context.write(wrapOutboundOut(.end(trailers.map(HTTPHeaders.init))), promise: promise)
        }
    }
}
