import AgentMetrics
import CoreMetrics

/// Tells a factory that is not ours what ours would read when it is asked.
struct MetricsFeed: Sendable {
    private let factory: any MetricsFactory
    private let read: @Sendable () -> [ServerMetric.Reading]

    init(_ factory: any MetricsFactory, read: @escaping @Sendable () -> [ServerMetric.Reading]) {
        self.factory = factory
        self.read = read
    }

    /// How long there is between two looks.
    private static let interval = Duration.seconds(10)

    /// Goes on until its task is cancelled.
    func run() async {
        var last: [String: Double] = [:]
        while !Task.isCancelled {
            tell(since: &last)
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Tells all values.
    ///
    /// - Parameter last: What counters had before: here they are told what has been added.
    func tell(since last: inout [String: Double]) {
        for reading in read() {
            let name = reading.metric.rawValue
            guard reading.metric.kind == .counter else {
                Meter(label: name, dimensions: reading.labels, factory: factory).set(reading.value)
                continue
            }
            let key = "\(name) \(reading.labels)"
            FloatingPointCounter(label: name, dimensions: reading.labels, factory: factory)
                .increment(by: reading.value - (last[key] ?? 0))
            last[key] = reading.value
        }
    }
}
