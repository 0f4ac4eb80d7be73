/// All series of one name, as they were at one moment.
package struct MetricFamily: Sendable, Equatable {
    /// What the numbers are.
    package enum Kind: String, Sendable {
        /// Only grows while the process lives.
        case counter
        case gauge
        case histogram
    }

    /// What becomes of the same series of several processes.
    package enum Merging: String, Sendable {
        case sum, minimum, maximum
    }

    package var kind: Kind
    package var merging = Merging.sum
    /// What it is, for people.
    package var help: String?
    /// The upper bounds of a histogram's buckets, ascending, without the last one that has none.
    package var bounds: [Double] = []
    /// By their labels, in the form of ``MetricLabels``.
    package var series: [String: MetricValue]

    package init(
        _ kind: Kind, help: String? = nil, merging: Merging = .sum, bounds: [Double] = [],
        series: [String: MetricValue] = [:]
    ) {
        self.kind = kind
        self.help = help
        self.merging = merging
        self.bounds = bounds
        self.series = series
    }
}

/// The value of one series.
package enum MetricValue: Sendable, Equatable {
    case number(Double)
    /// How many values each bucket has, not counting those of lower buckets; the last bucket has no bound.
    case distribution(counts: [Int], sum: Double)
}
