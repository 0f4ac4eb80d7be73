package import HTTPTypes
import WebClient

/// The routes of a server, and the original's answer to a method that a path does not know: 405 with `Allow`.
package struct Router: Sendable {
    package typealias Handler = @Sendable (Exchange) async -> Reply

    /// One method of one path, or its WebSockets.
    package struct Route: Sendable {
        package var path: String
        package var method: HTTPRequest.Method
        /// Whether it needs no key where a server asks for keys.
        package var isOpen: Bool
        package var handler: Handler
        /// What answers requests that ask for a WebSocket; `nil` for a route of HTTP alone.
        package private(set) var webSocket: WebSocketEndpoint?
        /// What is measured of its requests.
        package var metrics: RouteMetrics?

        package init(
            _ method: HTTPRequest.Method, _ path: String, isOpen: Bool = false, handler: @escaping Handler
        ) {
            self.path = path
            self.method = method
            self.isOpen = isOpen
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
        /// The parameters are what stands in the path where the route's has `{}`.
        case route(Route, parameters: [String])
        /// It asks for a WebSocket, and can have one.
        case webSocket(WebSocketEndpoint, RouteMetrics?)
        /// The path has no such method; whether one of its methods needs no key.
        case answer(Reply, isOpen: Bool)
        /// No route has this path.
        case nowhere
    }

    /// All routes, in the order in which they were given.
    package let all: [Route]
    private let paths: [String: [Route]]
    /// Routes whose path has places for parameters, by their number of segments.
    private let patterns: [Int: [Pattern]]
    /// Whether there is a dialect with errors of its own form.
    private let hasOpenResponses: Bool

    /// A path with places for parameters, written `{}`.
    private struct Pattern: Sendable {
        var segments: [String]
        var routes: [Route]

        /// What stands in the places; `nil` where the path is another one.
        func match(_ path: [String]) -> [String]? {
            var parameters: [String] = []
            for (segment, part) in zip(segments, path) {
                if segment == "{}" {
                    guard !part.isEmpty else { return nil }
                    parameters.append(part)
                } else if segment != part {
                    return nil
                }
            }
            return parameters
        }
    }

    package init(_ routes: [Route]) {
        all = routes
        hasOpenResponses = routes.contains { ErrorForm(atPath: $0.path) == .openResponses }
        let grouped = Dictionary(grouping: routes, by: \.path)
        paths = grouped.filter { !$0.key.contains("{}") }
        let patterns = grouped.filter { $0.key.contains("{}") }.map { path, routes in
            Pattern(segments: RequestTarget(path).segments, routes: routes)
        }
        self.patterns = Dictionary(grouping: patterns, by: \.segments.count)
    }

    /// The routes of a path, and what stands in its places.
    private func routes(of target: RequestTarget) -> (routes: [Route], parameters: [String])? {
        if let routes = paths[target.path] { return (routes, []) }
        guard !patterns.isEmpty else { return nil }
        let segments = target.segments
        for pattern in patterns[segments.count] ?? [] {
            if let parameters = pattern.match(segments) { return (pattern.routes, parameters) }
        }
        return nil
    }

    /// Finds the route of a request.
    package func match(_ request: ServerRequest) -> Match {
        let target = RequestTarget(request.target)
        if let (routes, parameters) = routes(of: target) {
            // HEAD is answered wherever GET is; the connection leaves the body out.
            let method = request.method == .head ? .get : request.method
            if WebSocketHandshake.isAsked(by: request), let endpoint = Self.webSocket(of: routes) {
                return .webSocket(endpoint, routes.first?.metrics)
            }
            if let route = routes.first(where: { $0.method == method && $0.webSocket == nil }) {
                return .route(route, parameters: parameters)
            }
            return otherMethod(method, routes, errors: errorForm(of: target))
        }
        return .nowhere
    }

    /// What a request leads to whose method no ordinary route of its path has.
    private func otherMethod(_ method: HTTPRequest.Method, _ routes: [Route], errors: ErrorForm) -> Match {
        let ordinary = routes.filter { $0.webSocket == nil }
        if ordinary.isEmpty, let route = routes.first(where: { $0.method == method }) {
            return .route(route, parameters: [])
        }
        var reply = errors.reply(to: DialectError(status: 405, message: "Method Not Allowed"))
        reply.metrics = routes.first?.metrics
        reply.headers[.allow] = (ordinary.isEmpty ? routes : ordinary).map(\.method.rawValue).joined(separator: ", ")
        return .answer(reply, isOpen: routes.contains(where: \.isOpen))
    }

    /// The form of errors at a path. A server without Open Responses has nothing there, and errs as the original.
    private func errorForm(of target: RequestTarget) -> ErrorForm {
        hasOpenResponses ? ErrorForm(atPath: target.path) : .mlflow
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
        routes(of: RequestTarget(request.target)) != nil
    }

    /// 404, in the form of the dialect that the path lies below.
    private func answerToUnknown(_ request: ServerRequest) -> Reply {
        errorForm(of: RequestTarget(request.target)).reply(to: DialectError(status: 404, message: "Not Found"))
    }

    /// Whether a path that leads nowhere lies below a dialect's, whose clients want its errors.
    func isBelowDialect(_ request: ServerRequest) -> Bool {
        errorForm(of: RequestTarget(request.target)) != .mlflow
    }

    /// The original's answer to a request that leads nowhere: 307 for a path that is right but for slashes at its end,
    /// and 404 for others, in the form of the dialect that they lie below.
    func answerToStray(_ request: ServerRequest) -> Reply {
        let target = RequestTarget(request.target)
        guard let inner = target.withoutTrailingSlashes, routes(of: inner) != nil else {
            return answerToUnknown(request)
        }
        let origin = request.authority.map { "\(request.outerScheme)://\($0)" } ?? ""
        let query = target.query.map { "?\($0)" } ?? ""
        // What stands in a place goes back as it came: decoded, it might not be fit for a header.
        let path = paths[inner.path] == nil ? String(inner.undecodedPath) : inner.path
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
        .json(MLflowDialect.errorBody(message), status: status)
    }
}

/// Path and query of a request's target.
package struct RequestTarget: Sendable, Equatable {
    /// The path, percent-decoded; an escape that is none stays as it is.
    package var path: String
    /// The query, undecoded; `nil` where there is none or it is empty.
    package var query: String?
    fileprivate var undecodedPath: Substring

    package init(_ target: String) {
        let (path, query) = Self.split(target)
        self.query = query.flatMap { $0.isEmpty ? nil : String($0) }
        self.path = Self.decoded(path)
        undecodedPath = path
    }

    /// What the slashes of the path separate, each percent-decoded: an escaped slash separates nothing.
    package var segments: [String] {
        undecodedPath.split(separator: "/", omittingEmptySubsequences: false).map(Self.decoded)
    }

    private static func decoded(_ text: Substring) -> String {
        text.utf8.contains(UInt8(ascii: "%")) ? decode(text) : String(text)
    }

    /// Path and query of a target, undecoded; the query is `nil` where there is no question mark.
    package static func split(_ target: String) -> (path: Substring, query: Substring?) {
        // A fragment is none of the server's business, though some clients send it.
        let end = target.utf8.firstIndex(of: UInt8(ascii: "#")) ?? target.endIndex
        let whole = target[..<end]
        guard let mark = whole.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (whole, nil) }
        return (whole[..<mark], whole[whole.utf8.index(after: mark)...])
    }

    /// The target without the slashes at the end of its path; `nil` where there are none, or nothing else.
    package var withoutTrailingSlashes: RequestTarget? {
        guard path.hasSuffix("/"), let end = path.lastIndex(where: { $0 != "/" }) else { return nil }
        var target = self
        target.path = String(path[...end])
        while target.undecodedPath.hasSuffix("/") { target.undecodedPath.removeLast() }
        return target
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
