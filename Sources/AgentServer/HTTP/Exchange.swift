package import HTTPTypes
package import NIOCore

/// A request as it came in, free of any framework's types.
package struct ServerRequest: Sendable {
    package var method: HTTPRequest.Method
    /// Path and query, undecoded.
    package var target: String
    package var scheme: String
    /// The `Host` header.
    package var authority: String?
    package var headers: HTTPFields
    /// The whole body: requests are answered when they are complete.
    package var body: [UInt8]
    /// The client's address, for the access log.
    package var peer: String?
    /// Whether it came by HTTP/2, where a body needs no header that announces it.
    package var isHTTP2 = false
    /// Whether its connection may go on in another protocol, which only HTTP/1.1 knows.
    package var mayUpgrade = false

    package init(
        method: HTTPRequest.Method, target: String, scheme: String = "http", authority: String? = nil,
        headers: HTTPFields = [:], body: [UInt8] = [], peer: String? = nil
    ) {
        self.method = method
        self.target = target
        self.scheme = scheme
        self.authority = authority
        self.headers = headers
        self.body = body
        self.peer = peer
    }
}

/// A request on its way through the server.
package struct Exchange: Sendable {
    package var request: ServerRequest
    package var requestID: String
    package var client: ClientPresence
    /// In whose name it comes.
    package var principal = Principal.anyone
    /// What stands in the path where the route has a place for it.
    package var parameters: [String] = []
}

/// What the server answers.
package struct Reply: Sendable {
    package enum Body: Sendable {
        case whole(ByteBuffer)
        case stream(any FrameSource)
        /// None: the connection goes on as a WebSocket.
        case webSocket(WebSocketOffer)
    }

    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: Body
    /// Where it is counted when it has gone out.
    package var metrics: RouteMetrics?

    package init(status: HTTPResponse.Status, headers: HTTPFields, body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON answer.
    package static func json(_ body: [UInt8], status: Int = 200) -> Reply {
        Reply(status: .init(code: status), headers: jsonHeaders, body: .whole(ByteBuffer(bytes: body)))
    }

    /// A plain text.
    package static func text(_ text: String, status: Int) -> Reply {
        Reply(status: .init(code: status), headers: textHeaders, body: .whole(ByteBuffer(string: text)))
    }

    /// An event stream.
    package static func stream(_ frames: any FrameSource) -> Reply {
        Reply(status: .ok, headers: streamHeaders, body: .stream(frames))
    }

    /// An answer without a body.
    package static func empty(status: Int, headers: HTTPFields = [:]) -> Reply {
        Reply(status: .init(code: status), headers: headers, body: .whole(ByteBuffer()))
    }
}

private let jsonHeaders: HTTPFields = [.contentType: "application/json"]
private let textHeaders: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
private let streamHeaders: HTTPFields = [
    .contentType: "text/event-stream; charset=utf-8",
    .cacheControl: "no-cache",
    // Asks nginx and its kin not to hold events back.
    .accelBuffering: "no",
]
