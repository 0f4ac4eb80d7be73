package import MLflowTracing

extension AgentServer.Configuration {
    /// Traces that are kept in the store, to be looked at by `GET /traces` and at `/traces/ui`.
    public struct Traces: Sendable {
        /// How many are kept, the newest ones; 0 for none. `nil` for 10,000, or for none where traces go to a tracking
        /// server or a collector.
        public var keep: Int?
        /// How long they are kept.
        public var maximumAge: Duration = .seconds(7 * 24 * 3600)

        /// Called with the traces' place when the server starts: for checks that need some to look at.
        package var seed: (@Sendable (any TraceSink) -> Void)?

        /// How many are kept where nothing else is said.
        public static let usualCount = 10_000

        /// The defaults.
        public init() {}
    }

    /// Where traces go beside the store.
    package struct Tracing: Sendable {
        /// Whether they go to a tracking server or a collector.
        package var isExported = false

        /// Nowhere.
        package init() {}
    }

    /// How many traces are kept in the store.
    var keptTraceCount: Int { max(0, traces.keep ?? (tracing.isExported ? 0 : Traces.usualCount)) }
}
