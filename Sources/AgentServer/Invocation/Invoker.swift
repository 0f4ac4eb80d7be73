import AgentJSON
import HTTPTypes
package import Logging

/// Runs an agent for one request and makes the answer: the way through, for every dialect and both kinds of call.
package struct Invoker: Sendable {
    package struct Limits: Sendable {
        /// How many bytes a request's body may have.
        package var bodyBytes: Int
        /// How long an invocation may take.
        package var duration: Duration
        /// How many bytes of output an invocation may have.
        package var outputBytes: Int
    }

    package let agent: ServedAgent
    package let registry: InvocationRegistry
    package let pool: AgentPool
    package let limits: Limits
    package let logger: Logger

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - exchange: The request and the connection it came by.
    ///   - dialect: The wire format of the request's path.
    package func answer(_ exchange: Exchange, in dialect: some Dialect) async -> Reply {
        guard registry.reserve() else {
            var reply = Reply.json(dialect.errorBody("The server is busy", status: 503), status: 503)
            reply.headers.append(HTTPField(name: .retryAfter, value: "1"))
            return reply
        }
        let trace = TraceID.random()
        let head = CallHead(headers: RequestHeaders(fields: exchange.request.headers), trace: trace)
        let request: DialectRequest
        let handler: ServedAgent.Handler
        do {
            request = try await read(exchange.request.body, in: dialect, head: head)
            handler = try agent.handler(forStream: request.wantsStream)
        } catch {
            registry.giveUp()
            return .json(dialect.errorBody(error.message, status: error.status), status: error.status)
        }
        let deadline = ContinuousClock.now + limits.duration
        // From here on, the place that was kept belongs to the invocation.
        var context = AgentContext(
            requestID: exchange.requestID, headers: head.headers, conversationID: request.conversationID,
            userID: request.userID, principal: exchange.principal.id, deadline: deadline, logger: logger
        )
        context.trace = trace
        let call = Call(
            handler: handler, request: request.request, context: context, exchange: exchange, deadline: deadline
        )
        return request.wantsStream
            ? stream(call, request.call)
            : await gather(call, request.call, dialect)
    }

    /// What it takes to start the agent.
    private struct Call {
        var handler: ServedAgent.Handler
        var request: JSONObject
        var context: AgentContext
        var exchange: Exchange
        var deadline: ContinuousClock.Instant
    }

    /// Reads a request body: a large one in the pool, for it would hold up all connections of the event loop.
    private func read(
        _ body: [UInt8], in dialect: some Dialect, head: CallHead
    ) async throws(DialectError) -> DialectRequest {
        guard body.count <= limits.bodyBytes else {
            throw DialectError(status: 413, message: "The request body is larger than \(limits.bodyBytes) bytes")
        }
        guard body.count > 64 * 1024 else { return try dialect.read(body, of: agent, head: head) }
        let agent = agent
        let result = await withTaskExecutorPreference(pool) { () async -> Result<DialectRequest, DialectError> in
            Result { () throws(DialectError) in try dialect.read(body, of: agent, head: head) }
        }
        return try result.get()
    }

    // MARK: Both kinds

    private func stream(_ call: Call, _ dialectCall: any DialectCall) -> Reply {
        let frames = FrameStream(call: dialectCall, limit: limits.outputBytes)
        let invocation = ActiveInvocation(deadline: call.deadline, limit: limits.duration, frames: frames) { reason in
            if case .clientGone = reason {
                frames.abandon()
            } else {
                frames.fail(reason.message)
            }
        }
        start(call, sink: frames, as: invocation) { error in
            if let error {
                frames.fail(error.message)
            } else {
                frames.finish()
            }
        }
        return .stream(frames)
    }

    private func gather(_ call: Call, _ dialectCall: any DialectCall, _ dialect: some Dialect) async -> Reply {
        let gatherer = Gatherer(call: dialectCall, limit: limits.outputBytes)
        let outcome = OneShot<Result<[UInt8], AgentError>>()
        let invocation = ActiveInvocation(deadline: call.deadline, limit: limits.duration, frames: nil) { reason in
            gatherer.close()
            outcome.set(.failure(AgentError(reason.message, status: reason.status)))
        }
        start(call, sink: gatherer, as: invocation) { [self] error in
            if let error {
                outcome.set(.failure(error))
            } else {
                do {
                    outcome.set(.success(try gatherer.body()))
                } catch {
                    outcome.set(.failure(clientError(for: error, in: call.context)))
                }
            }
        }
        switch await outcome.value {
        case .success(let body):
            return .json(body)
        case .failure(let error):
            return .json(dialect.errorBody(error.message, status: error.status), status: error.status)
        }
    }

    /// Starts the agent's task. It is not awaited here: an agent that ignores its cancellation must not hold up its
    /// client. The registry keeps it until it ends.
    private func start(
        _ call: Call, sink: some OutputSink, as invocation: ActiveInvocation,
        onEnd: @escaping @Sendable (AgentError?) -> Void
    ) {
        let key = registry.add(invocation)
        let task = Task(executorPreference: executor(for: call)) { [self] in
            var failure: AgentError?
            do {
                try await AgentContext.$current.withValue(call.context) {
                    try await call.handler.run(call.request, sink)
                }
            } catch {
                failure = clientError(for: error, in: call.context)
            }
            // Before the client has its answer: its next request may come at once, and needs the place.
            registry.remove(key)
            onEnd(failure)
        }
        invocation.attach(task)
        call.exchange.client.whenGone { invocation.stop(.clientGone) }
    }

    private func executor(for call: Call) -> any TaskExecutor {
        call.handler.execution == .connection ? call.exchange.client.executor ?? pool : pool
    }

    /// What the client may know of an error; the log gets the rest.
    private func clientError(for error: any Error, in context: AgentContext) -> AgentError {
        if let error = error as? AgentError {
            let cause = error.cause.map { "\($0)" } ?? "-"
            context.logger.info(
                "Agent refused", metadata: ["error": "\(error.message.singleLine)", "cause": "\(cause.singleLine)"]
            )
            return error
        }
        if !(error is CancellationError && Task.isCancelled) {
            context.logger.error("Agent failed", metadata: ["error": "\(String(reflecting: error).singleLine)"])
        }
        return AgentError("Internal error (id \(context.requestID))")
    }
}

extension String {
    /// The text with its control characters escaped, so that it cannot pass for lines of the log.
    fileprivate var singleLine: String {
        unicodeScalars.contains { $0.properties.generalCategory == .control }
            ? unicodeScalars.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }
                .joined()
            : self
    }
}
