import AgentMetrics
import AgentServer
import CoreMetrics

/// What is measured of models and tools. The table in `Metrics.md` has the same rows.
enum ModelMetric: String, CaseIterable {
    case calls = "agent_server_model_calls_total"
    case seconds = "agent_server_model_call_duration_seconds"
    case firstTokenSeconds = "agent_server_model_first_token_seconds"
    case waiting = "agent_server_model_calls_waiting"
    case tokens = "agent_server_model_tokens_total"
    case toolCalls = "agent_server_tool_calls_total"
    case toolSeconds = "agent_server_tool_call_duration_seconds"
}

/// What is measured of the calls of one model, through swift-metrics.
///
/// Made with the first call: what is made before the server has begun would be shown nowhere.
final class ModelMetrics: Sendable {
    private let model: String
    private let seconds: Timer
    private let firstTokenSeconds: Timer
    private let waiting: Meter

    init(model: String) {
        self.model = model
        let labels = [("model", model)]
        seconds = Timer(label: ModelMetric.seconds.rawValue, dimensions: labels)
        firstTokenSeconds = Timer(label: ModelMetric.firstTokenSeconds.rawValue, dimensions: labels)
        waiting = Meter(label: ModelMetric.waiting.rawValue, dimensions: labels)
    }

    /// Waits for a place for a call.
    nonisolated(nonsending) func whileWaiting(
        _ enter: nonisolated(nonsending) () async throws -> Void
    ) async throws {
        waiting.increment()
        defer { waiting.decrement() }
        do {
            try await enter()
        } catch {
            count(error)
            throw error
        }
    }

    /// Makes an attempt, and counts it, its time and its tokens.
    nonisolated(nonsending) func attempt(
        _ call: nonisolated(nonsending) () async throws -> ModelAnswer
    ) async throws -> ModelAnswer {
        let start = ContinuousClock.now
        defer { seconds.record(start.duration(to: .now)) }
        do {
            let answer = try await call()
            count("ok")
            if let usage = answer.usage { count(usage) }
            return answer
        } catch {
            count(error)
            throw error
        }
    }

    /// Says that the first piece of an answer has come.
    ///
    /// - Parameter start: When the endpoint was asked.
    func noteFirst(since start: ContinuousClock.Instant) {
        firstTokenSeconds.record(start.duration(to: .now))
    }

    private func count(_ error: any Error) {
        switch error {
        case let failure as ModelFailure: count(failure.outcome)
        case is OutOfTime: count("timeout")
        // The client has gone, or the server stops; a writer that throws says the same.
        default: count("cancelled")
        }
    }

    private func count(_ outcome: String) {
        counter(.calls, "outcome", outcome).increment()
    }

    private func count(_ usage: Usage) {
        for (kind, count) in [
            ("input", usage.inputTokens), ("cached_input", usage.cachedTokens), ("output", usage.outputTokens),
            ("reasoning", usage.reasoningTokens),
        ] where count > 0 {
            counter(.tokens, "kind", kind).increment(by: count)
        }
    }

    /// A counter. swift-metrics finds what it has made before by name and labels.
    private func counter(_ metric: ModelMetric, _ label: String, _ value: String) -> Counter {
        Counter(label: metric.rawValue, dimensions: [("model", model), (label, value)])
    }
}

extension ModelFailure {
    /// What a call came to, as metrics tell it.
    fileprivate var outcome: String {
        if code == Self.timeout { return "timeout" }
        return switch kind {
        case .unsupported: "unsupported"
        case .unreachable: "unreachable"
        case .broken, .malformed: "broken"
        case .status(429): "rate_limited"
        case .status(400..<500): "refused"
        case .status, .reported: "failed"
        case .overloaded: "overloaded"
        }
    }
}
