import AgentServer
import NIOCore
import NIOHTTP1
import Synchronization
import WebClient

/// Calls a model: waits for a place, repeats what can be repeated, finds out what the endpoint speaks.
final class ModelEndpoint: Sendable {
    let model: Model
    private let clients: LoopClients
    private let gate: CallGate
    private let knowledge = Mutex(Knowledge())
    private let measured = AtomicLazyReference<ModelMetrics>()

    /// What calls have taught.
    private struct Knowledge {
        var format: Model.Format?
        var quirks = ModelQuirks()
    }

    /// - Throws: ``ModelSetupError`` where the certificates by which the endpoint is known cannot be read.
    init(_ model: Model) throws(ModelSetupError) {
        self.model = model
        var configuration = WebClient.Configuration()
        // The gate sets the bound.
        configuration.maximumConnections = model.limits.simultaneous
        configuration.maximumWaiting = model.limits.simultaneous
        clients = try LoopClients(configuration, isSecure: model.address.isSecure)
        gate = CallGate(simultaneous: model.limits.simultaneous, waiting: model.limits.waiting)
    }

    private var metrics: ModelMetrics { measured.load() ?? measured.storeIfNil(ModelMetrics(model: model.name)) }

    /// Makes one call of the model.
    ///
    /// - Parameters:
    ///   - deadline: When the answer has to be whole.
    ///   - show: Takes each event as it comes. What it throws ends the call, and is thrown.
    /// - Returns: The whole answer.
    /// - Throws: ``ModelFailure``, ``OutOfTime``, `CancellationError`, or what `show` throws.
    nonisolated(nonsending) func answer(
        to turn: ModelTurn, until deadline: ContinuousClock.Instant,
        show: nonisolated(nonsending) (StreamEvent) async throws -> Void
    ) async throws -> ModelAnswer {
        try await metrics.whileWaiting { try await gate.enter(until: deadline) }
        defer { gate.leave() }
        var attempts = CallAttempts(model.limits, until: deadline)
        while true {
            do {
                return try await metrics.attempt {
                    try await attempt(turn, until: deadline) { event in
                        guard deadline > .now else { throw OutOfTime() }
                        attempts.hasShown = true
                        try await show(event)
                    }
                }
            } catch let failure as ModelFailure {
                if failure.code == ModelFailure.timeout, deadline <= .now { throw OutOfTime() }
                let failure = failure.sorted(without: model.key)
                guard let pause = attempts.pause(after: failure) else { throw failure }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Makes one attempt: one span, however often the endpoint is asked until what it speaks is known.
    private nonisolated(nonsending) func attempt(
        _ turn: ModelTurn, until deadline: ContinuousClock.Instant,
        show: nonisolated(nonsending) (StreamEvent) async throws -> Void
    ) async throws -> ModelAnswer {
        let format = knowledge.withLock { $0.format }
        let formats = format.map { [$0] } ?? model.formats
        return try await ModelSpan.record(model: turn.model) { span in
            for (index, format) in formats.enumerated() {
                do {
                    return try await call(format, turn, until: deadline, in: span, show: show)
                } catch let failure as ModelFailure where failure.meansNoSuchPath && index + 1 < formats.count {
                    continue
                }
            }
            throw ModelFailure(.unreachable, "The endpoint has neither chat completions nor responses")
        }
    }

    /// Makes a call, and again where the endpoint turns out to want it otherwise.
    private nonisolated(nonsending) func call(
        _ format: Model.Format, _ turn: ModelTurn, until deadline: ContinuousClock.Instant, in span: ModelSpan,
        show: nonisolated(nonsending) (StreamEvent) async throws -> Void
    ) async throws -> ModelAnswer {
        var quirks = knowledge.withLock { $0.quirks }
        while true {
            do {
                switch format {
                case .chat:
                    return try await call(
                        ChatCompletionsAPI.self, format, turn, quirks, until: deadline, in: span, show: show)
                case .responses:
                    return try await call(
                        ResponsesAPI.self, format, turn, quirks, until: deadline, in: span, show: show)
                }
            } catch let failure as ModelFailure {
                // For this call alone, until one is accepted: what a refusal says may be about the client's own words.
                let learned = quirks.learning(from: failure, sentReasoning: turn.hasReasoning)
                guard format == .chat, learned != quirks else { throw failure }
                quirks = learned
            }
        }
    }

    private nonisolated(nonsending) func call<API: ModelAPI>(
        _ api: API.Type, _ format: Model.Format, _ turn: ModelTurn, _ quirks: ModelQuirks,
        until deadline: ContinuousClock.Instant, in span: ModelSpan,
        show: nonisolated(nonsending) (StreamEvent) async throws -> Void
    ) async throws -> ModelAnswer {
        let start = ContinuousClock.now
        let (body, bytes): (JSONObject, ByteBuffer)
        do {
            (body, bytes) = try await Self.prepare(api, turn, quirks)
        } catch {
            // There is no request to show.
            span.note(
                API.spanName, ["model": .string(turn.model), "input": .array(turn.input.map { .object($0.json) })])
            throw error
        }
        span.note(API.spanName, body)
        // In this order, or the end might come before the deadline.
        let left = TimeAmount(web: ContinuousClock.now.duration(to: deadline))
        let end = NIODeadline.now() + left
        let stream = try await open(API.path, bytes, until: end, traceParent: span.traceParent)
        guard stream.status == 200 else { throw try await refusal(stream) }
        knowledge.withLock {
            $0.format = format
            $0.quirks.add(quirks)
        }
        do {
            let reader = AnswerReader<API>(turn, until: end, model.limits)
            let answer = try await reader.read(stream) {
                span.noteFirst(since: start)
                metrics.noteFirst(since: start)
            } show: { event in
                try await show(event)
            }
            if let key = answer.reasoningKey { knowledge.withLock { $0.quirks.reasoningKey = key } }
            span.note(answer)
            return answer
        } catch {
            stream.cancel()
            throw error
        }
    }

    /// The body of a request, and its text: made in the pool where it is long, for it would hold up all connections of the event
    /// loop.
    private static func prepare<API: ModelAPI>(
        _ api: API.Type, _ turn: ModelTurn, _ quirks: ModelQuirks
    ) async throws -> (JSONObject, ByteBuffer) {
        @Sendable func make() throws(ModelFailure) -> (JSONObject, ByteBuffer) {
            let body = try API.body(of: turn, quirks: quirks)
            return (body, ByteBuffer(bytes: body.encoded()))
        }
        guard turn.isLong else { return try make() }
        return try await AgentPool.shared.run { () throws(ModelFailure) in try make() }
    }

    // MARK: The wire

    private nonisolated(nonsending) func open(
        _ path: String, _ body: ByteBuffer, until end: NIODeadline, traceParent: String?
    ) async throws -> WebStream {
        var headers = model.headers
        headers.append(("Content-Type", "application/json"))
        headers.append(("Accept", "text/event-stream"))
        headers.append(("User-Agent", "swift-agent-server/\(AgentServer.version)"))
        if let key = model.key { headers.append(("Authorization", "Bearer \(key)")) }
        if let traceParent { headers.append(("traceparent", traceParent)) }
        // A call that may have reached a model is repeated by choice only.
        let request = WebRequest(
            .POST, model.address.appending(path), headers: headers, body: body, isRepeatable: false
        )
        // Whatever else comes before it, a head or comments.
        let first = NIODeadline.now() + TimeAmount(web: model.limits.firstPiece)
        do {
            return try await clients.current()
                .stream(
                    request, timeout: model.limits.firstPiece, pause: model.limits.firstPiece, until: min(first, end)
                )
        } catch {
            try Task.checkCancellation()
            throw ModelFailure(error)
        }
    }

    /// Bytes of a refusal that are read.
    private static let refusalLimit = 64 * 1024

    private nonisolated(nonsending) func refusal(_ stream: WebStream) async throws -> ModelFailure {
        let body = (try? await stream.rest(limit: Self.refusalLimit)) ?? ByteBuffer()
        try Task.checkCancellation()
        return .refusal(status: stream.status, body: Array(body.readableBytesView)) { name in
            stream.headers.first(name: name)
        }
    }
}

extension ModelFailure {
    init(_ failure: WebFailure) {
        switch failure.kind {
        case .timeout: self.init(.unreachable, failure.reason, code: Self.timeout)
        case .closed: self.init(.broken, failure.reason)
        case .malformed: self.init(.malformed, failure.reason)
        case .connection, .refused, .cancelled: self.init(.unreachable, failure.reason)
        }
    }

    /// The code of a call that took too long.
    static let timeout = "timeout"

    /// The same, by its status where the model told that in words, and without the key.
    func sorted(without key: String?) -> ModelFailure {
        var failure = self
        if case .reported = kind {
            switch code {
            case "rate_limit_exceeded", "429": failure.kind = .status(429)
            case "server_error": failure.kind = .status(500)
            case "overloaded", "overloaded_error": failure.kind = .status(503)
            case "500", "502", "503", "504", "529": failure.kind = .status(code.flatMap { Int($0) } ?? 500)
            default: break
            }
        }
        if let key, key.utf8.count >= 8 { failure.message.replace(key, with: "…") }
        return failure
    }

    /// Whether the endpoint has nothing at such a path, rather than no such model.
    fileprivate var meansNoSuchPath: Bool {
        switch kind {
        case .status(405), .status(501): true
        case .status(404): code != "model_not_found" && !message.lowercased().contains("model")
        default: false
        }
    }
}
