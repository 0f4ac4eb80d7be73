import AgentJSON
package import AgentRuns
import HTTPTypes
package import Logging
import MLflowTracing
import Tracing

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

    package let registry: InvocationRegistry
    package let pool: AgentPool
    package let limits: Limits
    /// Where finished runs are kept; `nil` where none are.
    package let store: (any RunStore)?
    package let logger: Logger
    package let tracing: Tracing
    /// What is measured; `nil` where nothing is.
    package let metrics: ServerMetrics?

    /// What became of a request.
    package enum Outcome: Sendable {
        /// The agent runs and writes.
        case stream(FrameStream)
        /// The agent is done; the body of the answer.
        case body([UInt8])
        case failure(DialectError)
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - exchange: The request and the connection it came by.
    ///   - dialect: The wire format of the request's path.
    package func answer(_ exchange: Exchange, in dialect: some Dialect) async -> Reply {
        switch await invoke(exchange.request.body, exchange, in: dialect) {
        case .stream(let frames): .stream(frames)
        case .body(let body): .json(body)
        case .failure(let error): dialect.reply(to: error)
        }
    }

    /// Invokes the agent for a request.
    ///
    /// - Parameters:
    ///   - body: The request's body.
    ///   - exchange: The connection it came by, and the request that opened it.
    ///   - dialect: The wire format.
    package func invoke(_ body: [UInt8], _ exchange: Exchange, in dialect: some Dialect) async -> Outcome {
        guard registry.reserve() else {
            return .failure(
                DialectError(status: 503, message: "The server is busy", code: "overloaded", retryAfter: 1)
            )
        }
        let headers = RequestHeaders(fields: exchange.request.headers)
        let head = CallHead(
            headers: headers, trace: tracing.begin(headers, principal: exchange.principal.id),
            principal: exchange.principal.id, time: .now
        )
        do throws(DialectError) {
            switch try await start(body, exchange, in: dialect, head: head) {
            case .stream(let frames): return .stream(frames)
            case .synchronous(let gatherer): return await outcome(of: gatherer)
            }
        } catch {
            registry.giveUp()
            return .failure(error)
        }
    }

    private func outcome(of gatherer: Gatherer) async -> Outcome {
        do throws(AgentError) {
            return .body(try await gatherer.body())
        } catch {
            return .failure(DialectError(error))
        }
    }

    /// A call whose agent runs.
    private enum StartedCall: Sendable {
        case stream(FrameStream)
        case synchronous(Gatherer)
    }

    // MARK: The start

    /// Reads a request and starts its agent: in the pool where that takes long, for it would hold up all connections of
    /// the event loop.
    private func start(
        _ body: [UInt8], _ exchange: Exchange, in dialect: some Dialect, head: CallHead
    ) async throws(DialectError) -> StartedCall {
        guard body.count <= limits.bodyBytes else {
            throw DialectError(
                status: 413, message: "The request body is larger than \(limits.bodyBytes) bytes",
                code: "payload_too_large"
            )
        }
        guard body.count <= AgentPool.smallBytes else {
            return try await pool.run { () async throws(DialectError) in
                try await start(try dialect.read(body, head: head), of: body, exchange, in: dialect, head: head)
            }
        }
        let draft = try dialect.read(body, head: head)
        guard dialect.looksUp(draft) else {
            return try await start(draft, of: body, exchange, in: dialect, head: head)
        }
        return try await pool.run { () async throws(DialectError) in
            try await start(draft, of: body, exchange, in: dialect, head: head)
        }
    }

    private func start<D: Dialect>(
        _ draft: D.Draft, of body: [UInt8], _ exchange: Exchange, in dialect: D, head: CallHead
    ) async throws(DialectError) -> StartedCall {
        let request = try await dialect.resolve(draft, head: head)
        let handler = try request.agent.handler(forStream: request.wantsStream)
        let deadline = ContinuousClock.now + limits.duration
        // From here on, the place that was kept belongs to the invocation.
        var context = AgentContext(
            requestID: exchange.requestID, headers: head.headers, conversationID: request.conversationID,
            userID: request.userID, principal: exchange.principal.id, deadline: deadline, logger: logger
        )
        context.trace = head.trace
        let call = Call(
            handler: handler, request: request.request, bytes: body.count,
            heldBytes: context.trace.isRecording ? HeldSize.of(body) : 0, context: context,
            inputs: request.tracedInputs, client: exchange.client, deadline: deadline
        )
        if request.wantsStream {
            let frames = FrameStream(call: request.call, limit: limits.outputBytes, events: metrics?.streamEvents)
            run(call, output: frames, frames: frames)
            return .stream(frames)
        }
        let gatherer = Gatherer(call: request.call, limit: limits.outputBytes)
        run(call, output: gatherer, frames: nil)
        return .synchronous(gatherer)
    }

    /// What it takes to start the agent.
    private struct Call {
        var handler: ServedAgent.Handler
        var request: JSONObject
        /// How many bytes the request has.
        var bytes: Int
        /// About how many bytes its trace keeps of it.
        var heldBytes: Int
        var context: AgentContext
        var inputs: Trace.Content
        var client: ClientPresence
        var deadline: ContinuousClock.Instant
    }

    /// Starts the agent's task. It is not awaited here: an agent that ignores its cancellation must not hold up its
    /// client. The registry keeps it until it ends.
    private func run(_ call: Call, output: some CallOutput, frames: FrameStream?) {
        let invocation = ActiveInvocation(
            deadline: call.deadline, limit: limits.duration, frames: frames
        ) { [self] reason in
            stop(output, frames, reason, of: call)
        }
        let key = registry.add(invocation)
        let trace = call.context.trace
        let root = trace.isRecording ? trace.begin(call.handler.name, inputs: call.inputs, size: call.heldBytes) : nil
        let task = Task(executorPreference: executor(for: call)) { [self] in
            var end = CallEnd.finished
            var cause: (any Error)?
            do {
                try await run(call, root: root, output)
            } catch is CancellationError where output.isOver {
                // Where the call has not ended, what sends to the client was the first to notice that it has gone.
                end = .stopped(.clientGone)
            } catch {
                cause = error
                end = .failed(clientError(for: error, in: call.context))
            }
            var failure: AgentError?
            switch output.conclude(end, at: .now) {
            case .isOver:
                await invocation.waitForEnding()
                registry.remove(key)
                return
            case .ready: break
            case .store(let makeRun):
                let run = await pool.run(bytes: call.bytes) { makeRun() }
                failure = await keep(run, context: call.context)
            }
            // Before the client has its answer: its next request may come at once, and needs the place.
            registry.remove(key)
            output.complete(failure) { report in
                finish(call, report, cause: cause, fault: failure == nil ? nil : .storage)
            }
        }
        invocation.attach(task)
        call.client.whenGone { invocation.stop(.clientGone) }
    }

    /// Runs the agent, where its context and its root span can be reached.
    private func run(_ call: Call, root: AgentSpan?, _ output: some CallOutput) async throws {
        try await AgentContext.$current.withValue(call.context) {
            guard let root else { return try await call.handler.run(call.request, output) }
            try await ServiceContext.$current.withValue(root.context) {
                try await call.handler.run(call.request, output)
            }
        }
    }

    private func executor(for call: Call) -> any TaskExecutor {
        call.handler.execution == .connection ? call.client.executor ?? pool : pool
    }

    // MARK: Ends

    /// Ends a call from outside. What is to be stored first is stored by the task that is returned.
    private func stop(
        _ output: some CallOutput, _ frames: FrameStream?, _ reason: InvocationStop, of call: Call
    ) -> ActiveInvocation.Ending {
        let end: @Sendable (CallReport) -> Void = { [self] in finish(call, $0, cause: nil) }
        let conclusion = output.conclude(.stopped(reason), at: .now)
        // Only now: the agent fails as soon as nobody reads, and its failure must not be the end that counts.
        if case .clientGone = reason { frames?.abandon() }
        switch conclusion {
        case .isOver: return .isOver
        case .ready:
            output.complete(nil, report: end)
            return .answered
        case .store(let makeRun):
            return .answering(
                Task(executorPreference: pool) {
                    output.complete(await keep(makeRun(), context: call.context), report: end)
                }
            )
        }
    }

    /// Counts an end, and ends the call's trace.
    ///
    /// - Parameters:
    ///   - cause: What the client does not learn of an error.
    ///   - fault: What has gone wrong after the end.
    private func finish(_ call: Call, _ report: CallReport, cause: (any Error)?, fault: CallFault? = nil) {
        if let metrics, let fault = fault ?? CallFault(report) { metrics.count(fault) }
        call.context.trace.end(report, cause: cause)
    }

    /// Stores a run that is over.
    ///
    /// - Returns: Why it could not be stored.
    private func keep(_ run: FinishedRun, context: AgentContext) async -> AgentError? {
        guard let store else { return nil }
        do throws(StoreError) {
            try await store.insert(run)
            return nil
        } catch {
            context.logger.error(
                "Response not stored", metadata: ["run": "\(run.id)", "error": "\(error.message.singleLine)"]
            )
            return .server("The response could not be stored", status: 500, code: "storage_failed")
        }
    }

    /// What the client may know of an error; the log gets the rest.
    private func clientError(for error: any Error, in context: AgentContext) -> AgentError {
        if let error = error as? AgentError {
            let cause = error.cause.map { "\($0)" } ?? "-"
            // What failed elsewhere, a model that is down for example, is for whoever runs the server to know.
            let level: Logger.Level = error.status >= 500 && error.cause != nil ? .warning : .info
            context.logger.log(
                level: level, "Agent refused",
                metadata: ["error": "\(error.message.singleLine)", "cause": "\(cause.singleLine)"]
            )
            return error
        }
        context.logger.error("Agent failed", metadata: ["error": "\(String(reflecting: error).singleLine)"])
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
