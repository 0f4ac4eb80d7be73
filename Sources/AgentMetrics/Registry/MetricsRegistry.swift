package import CoreMetrics
import Synchronization

/// Keeps what is measured through swift-metrics, to be shown to Prometheus.
///
/// Counters stay counters, meters and gauges are gauges, timers are histograms of seconds, and recorders are histograms.
/// Dots and dashes in names become underscores. What is measured under one name has one kind, that of the first: handlers
/// of another kind take values, and show them nowhere.
///
/// The number of series is bounded, so that labels with values of a client's cannot use the memory up: beyond, values go to
/// one series of the family, with the label `overflow="true"`.
package final class MetricsRegistry: MetricsFactory {
    /// Bounds.
    package struct Limits: Sendable {
        /// Names.
        package var families = 1000
        /// Series of one name.
        package var familySeries = 1000
        /// Series in all, beside overflows.
        package var series = 10_000

        package init() {}
    }

    /// What is known of a metric before there is one.
    package struct Description: Sendable {
        package var help: String
        /// The upper bounds of a histogram's buckets; `nil` for the usual ones.
        package var bounds: [Double]?

        package init(_ help: String, bounds: [Double]? = nil) {
            self.help = help
            self.bounds = bounds
        }
    }

    /// Bounds of buckets for times, in seconds: from answers at once to those of models that think for long.
    package static let seconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
    ]

    /// Bounds of buckets for anything else: bytes, tokens, shares.
    package static let quantities: [Double] = [
        0.01, 0.1, 1, 5, 10, 50, 100, 500, 1000, 5000, 10_000, 50_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
    ]

    private struct Family {
        var kind: MetricFamily.Kind
        var bounds: [Double]
        var cells: [String: any MetricCell] = [:]
        /// Where values go for which there is no series any more.
        var overflow: (any MetricCell)?
    }

    private struct State {
        var families: [String: Family] = [:]
        /// Names of samples, which histograms have three of.
        var names: Set<String> = []
        var count = 0

        /// Whether there is a family of that kind, which is made where the name is free.
        mutating func has(
            _ name: String, _ kind: MetricFamily.Kind, _ bounds: [Double], _ limits: Limits
        ) -> Bool {
            if let family = families[name] { return family.kind == kind && family.bounds == bounds }
            let samples = kind == .histogram ? [name, name + "_bucket", name + "_sum", name + "_count"] : [name]
            guard families.count < limits.families, names.isDisjoint(with: samples) else { return false }
            names.formUnion(samples)
            families[name] = Family(kind: kind, bounds: bounds)
            return true
        }
    }

    private let limits: Limits
    private let descriptions: [String: Description]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptions: What is known of metrics, by their names.
    ///   - limits: Bounds.
    package init(_ descriptions: [String: Description] = [:], limits: Limits = Limits()) {
        self.descriptions = descriptions
        self.limits = limits
    }

    /// Everything as it is now.
    package var snapshot: MetricsSnapshot {
        let families = state.withLock { $0.families }
        var snapshot = MetricsSnapshot()
        for (name, family) in families {
            var series = family.cells.mapValues { $0.value }
            if let overflow = family.overflow { series[MetricLabels.overflow] = overflow.value }
            snapshot.families[name] = MetricFamily(
                family.kind, help: descriptions[name]?.help, bounds: family.bounds, series: series
            )
        }
        return snapshot
    }

    // MARK: Series

    /// The cell of a series, which is made where there is none.
    private func cell<Cell: MetricCell>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind, bounds usualBounds: [Double] = [],
        make: (SeriesKey?, [Double]) -> Cell
    ) -> Cell {
        let key = SeriesKey(name: MetricLabels.metric(label), labels: MetricLabels.text(dimensions))
        let bounds = usualBounds.isEmpty ? [] : descriptions[key.name]?.bounds ?? usualBounds
        return state.withLock { state in
            guard state.has(key.name, kind, bounds, limits) else { return make(nil, bounds) }
            if let cell = state.families[key.name]?.cells[key.labels] as? Cell { return cell }
            let size = state.families[key.name]?.cells.count ?? 0
            if size < limits.familySeries, state.count < limits.series {
                let cell = make(key, bounds)
                state.families[key.name]?.cells[key.labels] = cell
                state.count += 1
                return cell
            }
            if let cell = state.families[key.name]?.overflow as? Cell { return cell }
            let cell = make(SeriesKey(name: key.name, labels: MetricLabels.overflow), bounds)
            state.families[key.name]?.overflow = cell
            return cell
        }
    }

    /// Forgets a series that is never written to again.
    private func remove(_ handler: AnyObject) {
        guard let cell = handler as? any MetricCell, let key = cell.key else { return }
        state.withLock { state in
            guard state.families[key.name]?.cells[key.labels] === cell else { return }
            state.families[key.name]?.cells[key.labels] = nil
            state.count -= 1
        }
    }

    // MARK: What swift-metrics asks for

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, dimensions, .counter) { key, _ in CounterCell(key) }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        cell(label, dimensions, .counter) { key, _ in CounterCell(key) }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, dimensions, .gauge) { key, _ in GaugeCell(key) }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return cell(label, dimensions, .gauge) { key, _ in GaugeCell(key) } }
        return cell(label, dimensions, .histogram, bounds: Self.quantities, make: HistogramCell.init)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(label, dimensions, .histogram, bounds: Self.seconds, make: HistogramCell.init)
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
