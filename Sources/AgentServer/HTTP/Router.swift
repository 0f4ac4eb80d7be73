package import HTTPTypes

/// The routes of a server, and the original's answer to a method that a path does not know: 405 with `Allow`.
package struct Router: Sendable {
    package typealias Handler = @Sendable (Exchange) async -> Reply

    /// One method of one path, or its WebSockets.
    package struct Route: Sendable {
        package var path: String
        package var method: HTTPRequest.Method
        package var handler: Handler
        /// What answers requests that ask for a WebSocket; `nil` for a route of HTTP alone.
        package private(set) var webSocket: WebSocketEndpoint?

        package init(_ method: HTTPRequest.Method, _ path: String, handler: @escaping Handler) {
            self.path = path
            self.method = method
            self.handler = handler
        }

        /// The WebSockets of a path. Other requests are answered by the path's other routes, as if this one were not there.
        ///
        /// - Parameters:
        ///   - path: The path.
        ///   - subprotocol: What is agreed on with clients that offer it.
        ///   - handler: Serves each socket.
        package init(webSocket path: String, subprotocol: String? = nil, handler: @escaping WebSocketHandler) {
            self.init(.get, path) { WebSocketHandshake.upgradeRequired(of: $0.request) }
            webSocket = WebSocketEndpoint(subprotocol: subprotocol, handler: handler)
        }
    }

    /// What a request leads to.
    package enum Match: Sendable {
        case route(Route)
        /// It asks for a WebSocket, and can have one.
        case webSocket(WebSocketEndpoint)
        case answer(Reply)
        /// No route has this path.
        case nowhere
    }

    private let paths: [String: [Route]]

    package init(_ routes: [Route]) {
        paths = Dictionary(grouping: routes, by: \.path)
    }

    /// Finds the route of a request.
    package func match(_ request: ServerRequest) -> Match {
        let target = RequestTarget(request.target)
        if let routes = paths[target.path] {
            // HEAD is answered wherever GET is; the connection leaves the body out.
            let method = request.method == .head ? .get : request.method
            if WebSocketHandshake.isAsked(by: request), let endpoint = Self.webSocket(of: routes) {
                return .webSocket(endpoint)
            }
            if let route = routes.first(where: { $0.method == method && $0.webSocket == nil }) { return .route(route) }
            return Self.otherMethod(method, routes)
        }
        return .nowhere
    }

    /// What a request leads to whose method no ordinary route of its path has.
    private static func otherMethod(_ method: HTTPRequest.Method, _ routes: [Route]) -> Match {
        let ordinary = routes.filter { $0.webSocket == nil }
        if ordinary.isEmpty, let route = routes.first(where: { $0.method == method }) { return .route(route) }
        var reply = Reply.detail("Method Not Allowed", status: 405)
        reply.headers[.allow] = (ordinary.isEmpty ? routes : ordinary).map(\.method.rawValue).joined(separator: ", ")
        return .answer(reply)
    }

    private static func webSocket(of routes: [Route]) -> WebSocketEndpoint? {
        for route in routes {
            if let endpoint = route.webSocket { return endpoint }
        }
        return nil
    }

    /// Whether a request asks for a WebSocket where there is one.
    func leadsToWebSocket(_ request: ServerRequest) -> Bool {
        guard WebSocketHandshake.isAsked(by: request) else { return false }
        return Self.webSocket(of: paths[RequestTarget(request.target).path] ?? []) != nil
    }

    /// Whether a route has the path of a request.
    func knows(_ request: ServerRequest) -> Bool {
        paths[RequestTarget(request.target).path] != nil
    }

    /// The original's answer to a request that leads nowhere: 307 for a path that is right but for slashes at its end,
    /// and 404 for others.
    func answerToStray(_ request: ServerRequest) -> Reply {
        let target = RequestTarget(request.target)
        guard let path = target.withoutTrailingSlashes, paths[path] != nil else {
            return .detail("Not Found", status: 404)
        }
        let origin = request.authority.map { "\(request.outerScheme)://\($0)" } ?? ""
        let query = target.query.map { "?\($0)" } ?? ""
        return .empty(status: 307, headers: [.location: origin + path + query])
    }
}

extension ServerRequest {
    /// The scheme that the client used, as a proxy on this machine tells it. Others are not believed.
    fileprivate var outerScheme: String {
        guard peer == nil || peer.map(HostCheck.isLoopback) == true else { return scheme }
        let forwarded = headers.first(of: .forwardedProto)?.lowercased()
        return forwarded == "https" || forwarded == "http" ? forwarded ?? scheme : scheme
    }
}

extension Reply {
    /// An error in the original's form, for whatever belongs to no dialect.
    package static func detail(_ message: String, status: Int) -> Reply {
        .json(MLflowDialect().errorBody(message, status: status), status: status)
    }
}

/// Path and query of a request's target.
package struct RequestTarget: Sendable, Equatable {
    /// The path, percent-decoded; an escape that is none stays as it is.
    package var path: String
    /// The query, undecoded; `nil` where there is none or it is empty.
    package var query: String?

    package init(_ target: String) {
        let (path, query) = Self.split(target)
        self.query = query.flatMap { $0.isEmpty ? nil : String($0) }
        self.path = path.utf8.contains(UInt8(ascii: "%")) ? Self.decode(path) : String(path)
    }

    /// Path and query of a target, undecoded; the query is `nil` where there is no question mark.
    package static func split(_ target: String) -> (path: Substring, query: Substring?) {
        // A fragment is none of the server's business, though some clients send it.
        let end = target.utf8.firstIndex(of: UInt8(ascii: "#")) ?? target.endIndex
        let whole = target[..<end]
        guard let mark = whole.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (whole, nil) }
        return (whole[..<mark], whole[whole.utf8.index(after: mark)...])
    }

    /// The path without the slashes at its end; `nil` where it has none, or nothing else.
    package var withoutTrailingSlashes: String? {
        guard path.hasSuffix("/") else { return nil }
        let end = path.lastIndex { $0 != "/" }
        return end.map { String(path[...$0]) }
    }

    private static func decode(_ path: Substring) -> String {
        var bytes: [UInt8] = []
        let source = Array(path.utf8)
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let high = Hexadecimal.value(source[index + 1]), let low = Hexadecimal.value(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
