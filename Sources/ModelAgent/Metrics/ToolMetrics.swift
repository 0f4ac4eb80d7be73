import AgentMetrics
import CoreMetrics

/// What is measured of the calls of an agent's own tools, through swift-metrics.
///
/// Names are those of the agent's tools, never what a model makes up.
enum ToolMetrics {
    enum Outcome: String {
        case ok, failed, timeout, cancelled, unknown
    }

    /// Counts a call.
    ///
    /// - Parameters:
    ///   - tool: The tool's name; `nil` where there is none of the name.
    ///   - start: When it began.
    static func count(_ tool: String?, _ outcome: Outcome, since start: ContinuousClock.Instant) {
        // swift-metrics finds what it has made before by name and labels.
        let name = tool ?? "other"
        Counter(
            label: ModelMetric.toolCalls.rawValue, dimensions: [("tool", name), ("outcome", outcome.rawValue)]
        ).increment()
        guard tool != nil else { return }
        Timer(label: ModelMetric.toolSeconds.rawValue, dimensions: [("tool", name)])
            .record(start.duration(to: .now))
    }
}
