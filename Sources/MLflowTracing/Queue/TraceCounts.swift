import Synchronization

/// What became of the traces that an exporter got.
package final class TraceCounts: Sendable {
    private let sentCount = Atomic(0)
    private let failedCount = Atomic(0)

    package init() {}

    /// Traces that their receiver has taken.
    package var sent: Int { sentCount.load(ordering: .relaxed) }
    /// Traces that were given up: refused, or not delivered in time.
    package var failed: Int { failedCount.load(ordering: .relaxed) }

    func addSent(_ count: Int) { sentCount.wrappingAdd(count, ordering: .relaxed) }
    func addFailed(_ count: Int) { failedCount.wrappingAdd(count, ordering: .relaxed) }
}
