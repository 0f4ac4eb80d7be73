/// What became of the traces that one exporter got, or the store.
package struct TraceReport: Sendable {
    /// `mlflow`, `otlp` or `store`.
    package var name: String
    package var waiting: Int
    /// Those that their receiver has taken.
    package var sent: Int
    /// Those that were given up: refused, or not delivered in time.
    package var failed: Int
    /// Those for which there was no room.
    package var dropped: Int
}
