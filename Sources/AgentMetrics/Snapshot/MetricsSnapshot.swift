/// All metrics of a process at one moment, or those of several processes together.
package struct MetricsSnapshot: Sendable, Equatable {
    /// By their names.
    package var families: [String: MetricFamily]

    package init(_ families: [String: MetricFamily] = [:]) {
        self.families = families
    }

    /// What goes on counting after the end of the process that counted it.
    package var totals: MetricsSnapshot {
        MetricsSnapshot(families.filter { $0.value.kind != .gauge })
    }

    /// Adds families that are not there yet: of two with the same name, the first one counts.
    package mutating func add(_ others: MetricsSnapshot) {
        families.merge(others.families) { own, _ in own }
    }

    /// Adds a series, with its family where that is new.
    ///
    /// - Parameters:
    ///   - name: The family's name, as Prometheus allows it.
    ///   - family: What the family is, where it is new.
    ///   - labels: Names and values.
    ///   - value: The value.
    package mutating func add(
        _ name: String, _ family: MetricFamily, labels: [(String, String)] = [], value: Double
    ) {
        families[name, default: family].series[MetricLabels.text(labels)] = .number(value)
    }

    // MARK: Several processes

    /// Takes in what another process has measured: series of the same name and labels become one.
    ///
    /// Processes may have different programs, for they are renewed one by one. What does not fit together is taken from
    /// the first one alone.
    ///
    /// - Parameters:
    ///   - other: The other process's metrics.
    ///   - limit: Series of one family beyond which further ones go to that family's overflow.
    package mutating func merge(_ other: MetricsSnapshot, limit: Int = MetricsRegistry.Limits().familySeries) {
        for (name, family) in other.families {
            guard var own = families[name] else {
                families[name] = family
                continue
            }
            guard own.kind == family.kind, own.bounds == family.bounds else { continue }
            for (labels, value) in family.series {
                let isNew = own.series[labels] == nil
                let key = isNew && own.series.count >= limit ? MetricLabels.overflow : labels
                own.series[key] = own.series[key].map { $0.merged(with: value, own.merging) } ?? value
            }
            families[name] = own
        }
    }
}

extension MetricValue {
    fileprivate func merged(with other: MetricValue, _ merging: MetricFamily.Merging) -> MetricValue {
        switch (self, other) {
        case (.number(let own), .number(let other)):
            switch merging {
            case .sum: .number(own + other)
            case .minimum: .number(min(own, other))
            case .maximum: .number(max(own, other))
            }
        case (.distribution(let own, let sum), .distribution(let other, let otherSum)) where own.count == other.count:
            .distribution(counts: zip(own, other).map { $0 &+ $1 }, sum: sum + otherSum)
        default: self
        }
    }
}
