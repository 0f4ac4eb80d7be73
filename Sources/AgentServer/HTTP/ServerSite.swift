import AgentJSON
import HTTPTypes
package import Logging

/// Everything between a connection and the agent, for one server: checks, routes, what every answer carries.
///
/// Takes a request and returns an answer, wherever they come from and go to: a socket, or a test.
package final class ServerSite: Sendable {
    package let invoker: Invoker
    private let router: Router
    private let hostCheck: HostCheck
    private let crossOrigin: CrossOrigin
    private let logsAccess: Bool
    private let logger: Logger
    private let date = DateHeader()

    package init(_ configuration: AgentServer.Configuration, agent: ServedAgent, logger: Logger) {
        let limits = configuration.limits
        hostCheck = HostCheck(bindHost: configuration.host, allowed: configuration.allowedHosts)
        crossOrigin = CrossOrigin(origins: configuration.corsOrigins)
        logsAccess = configuration.logsAccess
        self.logger = logger
        let invoker = Invoker(
            agent: agent,
            registry: InvocationRegistry(
                limit: limits.concurrentRequests, keepAliveInterval: configuration.keepAliveInterval
            ),
            pool: .shared,
            limits: .init(
                bodyBytes: limits.bodyBytes, duration: limits.invocationTime, outputBytes: limits.outputBytes
            ),
            logger: logger
        )
        self.invoker = invoker
        router = Router(Self.routes(configuration, invoker: invoker))
    }

    /// Answers one request.
    package func answer(_ request: ServerRequest, client: ClientPresence) async -> Reply {
        let exchange = Exchange(request: request, requestID: Self.requestID(of: request), client: client)
        let origin = crossOrigin.origin(of: request)
        var reply: Reply
        if !hostCheck.allows(request.authority) {
            reply = .detail("Host not allowed", status: 403)
        } else if origin == nil, request.method != .get, request.method != .head, request.method != .options,
            !hostCheck.allowsAction(fromOrigin: request.headers.first(of: .origin))
        {
            reply = .detail("Origin not allowed", status: 403)
        } else if let origin, let preflight = crossOrigin.preflight(request, from: origin) {
            reply = preflight
        } else {
            switch router.match(request) {
            case .answer(let answer): reply = answer
            case .route(let route): reply = await route.handler(exchange)
            }
        }
        if let origin { crossOrigin.allow(origin, in: &reply.headers) }
        // Appended, for none of these is there yet: setting would search first.
        reply.headers.append(HTTPField(name: .requestID, value: exchange.requestID))
        reply.headers.append(HTTPField(name: .date, value: date.value))
        return reply
    }

    /// Notes that an answer has gone out, or as much of it as the client took.
    package func note(_ request: ServerRequest, _ reply: Reply, bytes: Int, since start: ContinuousClock.Instant) {
        guard logsAccess else { return }
        // The path alone: a query may hold what must not be logged. Undecoded: an escape may hold a line feed.
        logger.info(
            "Request",
            metadata: [
                "method": "\(request.method.rawValue)",
                "path": "\(request.target.prefix { $0 != "?" })",
                "status": "\(reply.status.code)",
                "bytes": "\(bytes)",
                "ms": "\((ContinuousClock.now - start).milliseconds)",
                "peer": "\(request.peer ?? "-")",
                "request_id": "\(reply.headers[.requestID] ?? "-")",
            ]
        )
    }

    // MARK: Pieces

    /// The client's request id where it is harmless, or else a new one.
    private static func requestID(of request: ServerRequest) -> String {
        if let id = request.headers.first(of: .requestID), !id.isEmpty, id.utf8.count <= 128,
            id.utf8.allSatisfy({ isRequestIDByte($0) })
        {
            return id
        }
        return Identifiers.make()
    }

    private static func isRequestIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
