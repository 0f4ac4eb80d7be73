import AgentJSON
package import AgentRuns
import HTTPTypes
package import Logging
package import MLflowTracing

/// Everything between a connection and the agent, for one server: checks, routes, what every answer carries.
///
/// Takes a request and returns an answer, wherever they come from and go to: a socket, or a test.
package final class ServerSite: Sendable {
    package let invoker: Invoker
    /// The traces that are kept here; `nil` where none are.
    package let traces: KeptTraces?
    /// What is measured; `nil` where nothing is.
    package let metrics: ServerMetrics?
    private let router: Router
    private let proxy: ChatProxy?
    private let hostCheck: HostCheck
    private let crossOrigin: CrossOrigin
    /// `nil` where everybody may pass, and nobody is told apart.
    let access: AccessControl?
    let logsAccess: Bool
    private let logger: Logger
    private let date = DateHeader()

    /// - Parameters:
    ///   - configuration: How the server behaves.
    ///   - agents: What it serves.
    ///   - store: Where runs are kept; `nil` where none are.
    ///   - traces: The traces that are kept here; `nil` where none are.
    ///   - tracing: How calls are traced, and where their traces go beside those that are kept here.
    ///   - metrics: Where metrics go, unless the configuration wants none.
    ///   - logger: Where messages go.
    ///   - routes: Further routes.
    package init(
        _ configuration: AgentServer.Configuration, agents: AgentDirectory, store: (any RunStore)?,
        traces: KeptTraces? = nil, tracing: Invoker.Tracing = Invoker.Tracing(),
        metrics target: MetricsTarget = .here(process: nil, crew: nil), logger: Logger,
        routes: [Router.Route] = []
    ) {
        let limits = configuration.limits
        hostCheck = HostCheck(bindHost: configuration.host, allowed: configuration.allowedHosts)
        crossOrigin = CrossOrigin(origins: configuration.corsOrigins)
        let access = AccessControl(configuration.access, logger: logger)
        self.access = access
        logsAccess = configuration.logsAccess
        self.logger = logger
        let metrics = configuration.hasMetrics ? ServerMetrics(target, agent: agents.main.name) : nil
        self.metrics = metrics
        let invoker = Invoker(
            registry: InvocationRegistry(
                limit: limits.concurrentRequests, keepAliveInterval: configuration.keepAliveInterval
            ),
            pool: .shared,
            limits: .init(
                bodyBytes: limits.bodyBytes, duration: limits.invocationTime, outputBytes: limits.outputBytes
            ),
            store: store,
            logger: logger,
            tracing: tracing.keeping(traces),
            metrics: metrics
        )
        self.invoker = invoker
        self.traces = traces
        let all =
            Self.routes(configuration, agents: agents, invoker: invoker, access: access)
            + TraceRoutes(traces: traces, pool: invoker.pool, configuration).routes + (metrics.map { [$0.route] } ?? [])
            + routes
        router = Router(metrics?.measuring(all) ?? all)
        metrics?.read { [registry = invoker.registry] in [.init(.invocationsRunning, registry.count)] }
        if let traces { metrics?.read { ServerMetrics.readings(of: [traces.report]) } }
        let chat = configuration.chatProxy
        proxy = chat.isEnabled ? ChatProxy(chat, limit: limits.concurrentRequests) : nil
    }

    /// All routes of the server.
    package var routes: [Router.Route] { router.all }

    /// Answers one request.
    package func answer(_ request: ServerRequest, client: ClientPresence) async -> Reply {
        var exchange = Exchange(request: request, requestID: Self.requestID(of: request), client: client)
        var reply: Reply
        var metrics = metrics?.stray
        if let refusal = refusal(of: request) {
            reply = refusal
        } else {
            switch router.match(request) {
            case .answer(let answer, let isOpen):
                metrics = answer.metrics
                reply = await refusal(of: &exchange, isOpen: isOpen) ?? answer
            case .route(let route, let parameters):
                exchange.parameters = parameters
                metrics = route.metrics
                if let refusal = await refusal(of: &exchange, isOpen: route.isOpen) {
                    reply = refusal
                } else {
                    reply = await route.handler(exchange)
                }
            case .webSocket(var endpoint, let own):
                metrics = own
                endpoint.handler = self.metrics?.counting(endpoint.handler) ?? endpoint.handler
                if let refusal = await refusal(of: &exchange, isOpen: false) {
                    reply = refusal
                } else {
                    reply = WebSocketHandshake.answer(exchange, at: endpoint)
                }
            case .nowhere: reply = stray(request)
            }
        }
        complete(&reply.headers, of: request, id: exchange.requestID)
        reply.metrics = metrics
        return reply
    }

    /// The answer to a request that comes from where it should not, or only asks whether it would be taken.
    private func refusal(of request: ServerRequest) -> Reply? {
        guard hostCheck.allows(request.authority) else { return .detail("Host not allowed", status: 403) }
        if let origin = crossOrigin.origin(of: request) { return crossOrigin.preflight(request, from: origin) }
        // A page may open a WebSocket to anywhere, and read from it.
        let isUpgrade = request.headers.contains(.upgrade)
        if isUpgrade, router.leadsToWebSocket(request), let origin = request.headers.first(of: .origin),
            !HostCheck.isSameOrigin(origin, as: request.authority)
        {
            return .detail("Origin not allowed", status: 403)
        }
        let isAction =
            request.method != .get && request.method != .head && request.method != .options || isUpgrade
        guard !isAction || hostCheck.allowsAction(fromOrigin: request.headers.first(of: .origin)) else {
            return .detail("Origin not allowed", status: 403)
        }
        return nil
    }

    /// The answer to a request that lacks what its route asks for; finds in whose name it comes.
    private func refusal(of exchange: inout Exchange, isOpen: Bool) async -> Reply? {
        // A browser asks whether it may send the header that the key is in.
        guard let access, !isOpen, !exchange.request.isPreflight else { return nil }
        do {
            exchange.principal = try await access.admit(exchange.request)
            return nil
        } catch {
            return error.reply(at: exchange.request.target)
        }
    }

    /// Adds what every answer carries.
    func complete(_ headers: inout HTTPFields, of request: ServerRequest, id: String) {
        if let origin = crossOrigin.origin(of: request) { crossOrigin.allow(origin, in: &headers) }
        // Appended, for none of these is there yet: setting would search first.
        headers.append(HTTPField(name: .requestID, value: id))
        headers.append(HTTPField(name: .date, value: date.value))
    }

    /// What an answer of the chat app is to carry, where it does not yet.
    func additions(to request: ServerRequest, id: String) -> AnswerAdditions {
        let origin = crossOrigin.origin(of: request)
        return AnswerAdditions(id: id, date: date.value, fields: origin.map { crossOrigin.fields(for: $0) } ?? [])
    }

    // MARK: The chat app

    /// Whether any request is answered elsewhere.
    var relaysRequests: Bool { proxy != nil }

    /// Where a request is answered; `nil` where that is here.
    func passage(for request: ServerRequest) -> ChatProxy.Passage? {
        guard let proxy, !router.knows(request), refusal(of: request) == nil else { return nil }
        return try? proxy.passage(for: request).get()
    }

    /// The answer to a request that leads nowhere.
    private func stray(_ request: ServerRequest) -> Reply {
        guard let proxy else { return router.answerToStray(request) }
        switch proxy.passage(for: request) {
        case .failure(let refusal):
            // What the chat app may not have, either, is unknown below a dialect's paths as it is without a proxy.
            let isUnknown = refusal.reply.status == .notFound && router.isBelowDialect(request)
            return isUnknown ? router.answerToStray(request) : refusal.reply
        // Only a connection forwards.
        case .success: return .text("Service unavailable", status: 503)
        }
    }

    // MARK: Logs and metrics

    /// Notes that an answer has gone out, or as much of it as the client took.
    func note(
        _ request: ServerRequest, in metrics: RouteMetrics?, status: HTTPResponse.Status, requestID: String, bytes: Int,
        since start: ContinuousClock.Instant
    ) {
        metrics?.count(request.method, status.code, since: start)
        guard logsAccess else { return }
        // The path alone: a query may hold what must not be logged. Undecoded: an escape may hold a line feed.
        logger.info(
            "Request",
            metadata: [
                "method": "\(request.method.rawValue)",
                "path": "\(request.target.prefix { $0 != "?" })",
                "status": "\(status.code)",
                "bytes": "\(bytes)",
                "ms": "\((ContinuousClock.now - start).milliseconds)",
                "peer": "\(request.peer ?? "-")",
                "request_id": "\(requestID)",
            ]
        )
    }

    // MARK: Pieces

    /// The client's request id where it is harmless, or else a new one.
    static func requestID(of request: ServerRequest) -> String {
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
