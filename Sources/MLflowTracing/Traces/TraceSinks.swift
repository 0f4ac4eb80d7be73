/// Several places for traces, as one.
package struct TraceSinks: TraceSink {
    private let sinks: [any TraceSink]

    /// - Returns: `nil` where there is no place at all; the place itself where there is one.
    package static func joining(_ sinks: [any TraceSink]) -> (any TraceSink)? {
        sinks.count > 1 ? TraceSinks(sinks: sinks) : sinks.first
    }

    package func began(_ trace: Trace) {
        for sink in sinks { sink.began(trace) }
    }

    package func take(_ trace: FinishedTrace) {
        for sink in sinks { sink.take(trace) }
    }
}
