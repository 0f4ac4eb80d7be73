package import Logging
import NIOCore
import NIOPosix

/// Everything that sends traces away from a server.
package final class TraceExporters: TraceSink {
    private let mlflow: MLflowExporter?
    private let collector: CollectorExporter?
    private let group: MultiThreadedEventLoopGroup

    /// - Parameter settings: Where traces go.
    /// - Returns: `nil` where they go nowhere.
    /// - Throws: What is wrong with the certificates of the settings.
    package init?(_ settings: ExportSettings, logger: Logger) throws {
        guard settings.tracking != nil || settings.collector != nil else { return nil }
        // A thread of its own: what it costs to write traces holds up no connection.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.group = group
        let loop = group.next()
        do {
            mlflow = try settings.tracking.map { try $0.exporter(on: loop, logger: logger) }
            collector = try settings.collector.map { try $0.exporter(on: loop, logger: logger) }
        } catch {
            group.shutdownGracefully { _ in }
            throw error
        }
    }

    package func take(_ trace: FinishedTrace) {
        mlflow?.take(trace)
        collector?.take(trace)
    }

    /// What became of all traces so far.
    package var reports: [TraceReport] {
        [mlflow.map { $0.courier.report("mlflow") }, collector.map { $0.courier.report("otlp") }].compactMap { $0 }
    }

    /// Sends what comes, until ``finish()`` is called and all is sent, or the task is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { tasks in
            if let mlflow { tasks.addTask { await mlflow.run() } }
            if let collector { tasks.addTask { await collector.run() } }
        }
        try? await group.shutdownGracefully()
    }

    /// Takes nothing more in, and hurries with the rest.
    package func finish() {
        mlflow?.finish()
        collector?.finish()
    }
}
