import Logging
import MLflowTracing
import NIOPosix
import Testing
import WebClient

/// An exporter that tries again at once, and its task.
struct RunningExporter {
    let exporter: MLflowExporter
    let task: Task<Void, Never>

    /// Takes nothing more in, and waits until all is sent.
    func finish() async {
        exporter.finish()
        await task.value
    }

    static func start(
        port: Int, _ changeSettings: (inout MLflowExporter.Settings) -> Void = { _ in },
        patience change: (inout Delivery.Patience) -> Void = { _ in }
    ) throws -> RunningExporter {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var patience = Delivery.Patience()
        patience.firstPause = .milliseconds(1)
        patience.longestPause = .milliseconds(5)
        patience.answerPause = .milliseconds(100)
        patience.totalTime = .seconds(30)
        change(&patience)
        var settings = MLflowExporter.Settings()
        settings.gathering = .milliseconds(5)
        settings.compresses = false
        changeSettings(&settings)
        let address = try #require(WebAddress("http://127.0.0.1:\(port)"))
        let server = TrackingServer(
            address, delivery: Delivery(client: try WebClient(on: loop), patience: patience),
            authorization: "Bearer secret", workspace: nil
        )
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let exporter = MLflowExporter(server, settings: settings, on: loop, logger: logger)
        return RunningExporter(exporter: exporter, task: Task { await exporter.run() })
    }
}
