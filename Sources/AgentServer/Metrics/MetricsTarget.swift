package import AgentMetrics
package import CoreMetrics
import Logging
import Synchronization

/// Where a server's metrics go.
package enum MetricsTarget: Sendable {
    /// They are kept here and shown at `/metrics`.
    ///
    /// - Parameters:
    ///   - process: What agents and libraries measure in this process; `nil` where that is not looked at.
    ///   - crew: The other workers; `nil` where there are none.
    case here(process: MetricsRegistry?, crew: WorkerMetrics?)
    /// To the factory that the program has chosen, which shows them in its own way.
    case elsewhere(any MetricsFactory)
}

/// The process's metrics.
enum ProcessMetrics {
    /// What agents and libraries measure through swift-metrics.
    private static let registry = MetricsRegistry()
    private static let isInstalled = Mutex(false)

    /// Makes `/metrics` the place for everything that is measured through swift-metrics, unless the process has another.
    ///
    /// To be called early: a metric that is made before goes nowhere. swift-metrics ends the process where it is set up
    /// twice, and tells only what it is set up with; so a program that sets up its `NOOPMetricsHandler`, which is what it
    /// has at the beginning, has to run the server without metrics.
    @discardableResult
    static func install(crew: WorkerMetrics? = nil) -> MetricsTarget {
        isInstalled.withLock { isInstalled in
            let factory = MetricsSystem.factory
            if factory is NOOPMetricsHandler {
                if !isInstalled { MetricsSystem.bootstrap(registry) }
                isInstalled = true
            } else if factory as AnyObject !== registry {
                return .elsewhere(factory)
            }
            return .here(process: registry, crew: crew)
        }
    }
}
