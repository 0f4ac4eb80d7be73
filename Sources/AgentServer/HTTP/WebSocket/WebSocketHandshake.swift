import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// How a connection comes to speak WebSocket (RFC 6455, 4.2).
enum WebSocketHandshake {
    /// Whether a request wants to. Of one by HTTP/1.0 or HTTP/2 such a wish means nothing.
    static func isAsked(by request: ServerRequest) -> Bool {
        request.mayUpgrade && request.method == .get && request.headers.has("websocket", in: .upgrade)
    }

    /// The answer to such a request: an offer, or a refusal.
    static func answer(_ exchange: Exchange, at endpoint: WebSocketEndpoint) -> Reply {
        let headers = exchange.request.headers
        guard headers.has("upgrade", in: .connection) else { return refusal("Connection does not say upgrade") }
        guard headers[values: .secWebSocketVersion] == ["13"] else { return upgradeRequired(of: exchange.request) }
        let keys = headers[values: .secWebSocketKey]
        guard keys.count == 1, let key = keys.first, isKey(key) else { return refusal("Sec-WebSocket-Key is no key") }
        guard exchange.request.body.isEmpty else { return refusal("A handshake has no body") }
        var reply = Reply(
            status: .switchingProtocols, headers: [:],
            body: .webSocket(WebSocketOffer(exchange: exchange, key: key, handler: endpoint.handler))
        )
        if let subprotocol = endpoint.subprotocol, offers(subprotocol, headers) {
            reply.headers[.secWebSocketProtocol] = subprotocol
        }
        return reply
    }

    /// The answer that names what is spoken here: to another version, and to a GET where nothing else can be had.
    static func upgradeRequired(of request: ServerRequest) -> Reply {
        var reply = Reply.detail("Upgrade Required: WebSocket, version 13, over HTTP/1.1", status: 426)
        reply.headers[.secWebSocketVersion] = "13"
        // HTTP/2 has no place for these.
        if !request.isHTTP2 {
            reply.headers[.upgrade] = "websocket"
            reply.headers[.connection] = "upgrade"
        }
        return reply
    }

    private static func refusal(_ text: String) -> Reply {
        .detail("Invalid WebSocket handshake: \(text)", status: 400)
    }

    /// Whether this is 16 bytes in base64.
    private static func isKey(_ key: String) -> Bool {
        key.utf8.count == 24 && key.hasSuffix("==")
            && key.utf8.dropLast(2).allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default:
                    false
                }
            }
    }

    /// Whether a client offers a subprotocol. Their names differ by case.
    private static func offers(_ subprotocol: String, _ headers: HTTPFields) -> Bool {
        headers[values: .secWebSocketProtocol].contains { value in
            value.split(separator: ",").contains { $0.filter { $0 != " " } == subprotocol }
        }
    }

    /// The headers that agree to a handshake. NIO's, which has the hash that they need.
    static func agreement(to key: String, on channel: any Channel) -> EventLoopFuture<HTTPHeaders> {
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        )
        let headers: HTTPHeaders = ["sec-websocket-key": key, "sec-websocket-version": "13"]
        return upgrader.buildUpgradeResponse(
            channel: channel,
            upgradeRequest: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers),
            initialResponseHeaders: [:]
        )
    }
}
