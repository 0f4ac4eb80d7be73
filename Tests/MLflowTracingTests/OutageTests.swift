import AgentJSON
import MLflowTracing
import TestSupport
import Testing

@Suite("A tracking server that is not as it should be", .timeLimit(.minutes(5)))
struct OutageTests {
    private static let spans = "/v1/traces"
    private static let infos = "/api/3.0/mlflow/traces"
    private static let lookups = "/api/2.0/mlflow/experiments/get"

    private static func holds(_ text: String, _ request: ScriptedTracker.Request) -> Bool {
        request.body.firstRange(of: Array(text.utf8)) != nil
    }

    @Test("is asked again for an experiment that it refused", arguments: [401, 403, 404])
    func refusedExperiment(status: Int) async throws {
        let tracker = try await ScriptedTracker { request, index in
            request.path.hasPrefix(Self.lookups) && index < 2 ? .status(status) : nil
        }
        let running = try RunningExporter.start(port: tracker.port, patience: { $0.refusalPause = .milliseconds(1) })
        await tracker.wait(for: 3, to: Self.lookups)
        running.exporter.take(.sample())
        await running.finish()
        #expect(running.exporter.counts.sent == 1)
        await tracker.stop()
    }

    @Test("gets traces that refer to no version where it knows none", arguments: [400, 404, 500])
    func refusedModel(status: Int) async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path.hasPrefix("/api/2.0/mlflow/logged-models") ? .status(status) : nil
        }
        let running = try RunningExporter.start(port: tracker.port) { $0.trackedApp = "my app" }
        running.exporter.take(.sample())
        await running.finish()
        #expect(running.exporter.counts.sent == 1)
        let info = tracker.requests(to: Self.infos).first?.json["trace"]?["trace_info"]
        #expect(info?["trace_metadata"]?["mlflow.traceInputs"] != nil)
        #expect(info?["trace_metadata"]?["mlflow.modelId"] == nil)
        await tracker.stop()
    }

    @Test(
        "loses nothing however long it is away", arguments: [429, 500, 502, 503],
        [OutageTests.spans, OutageTests.infos])
    func longOutage(status: Int, path: String) async throws {
        let tracker = try await ScriptedTracker { request, index in
            request.path == path && index < 100 ? .status(status) : nil
        }
        // No request is repeated.
        let running = try RunningExporter.start(port: tracker.port, patience: { $0.totalTime = .zero })
        for _ in 0..<70 { running.exporter.take(.sample()) }
        await running.finish()
        #expect(running.exporter.counts.sent == 70)
        #expect(running.exporter.counts.failed == 0)
        #expect(running.exporter.queue.counts.dropped == 0)
        await tracker.stop()
    }

    @Test("that always fails at one trace gets all others meanwhile", arguments: [500, 502, 504])
    func failingSpans(status: Int) async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == Self.spans && Self.holds("poison", request) ? .status(status) : nil
        }
        let running = try RunningExporter.start(port: tracker.port) { $0.gathering = .milliseconds(100) }
        for _ in 0..<20 { running.exporter.take(.sample()) }
        running.exporter.take(.sample(inputs: "poison"))
        for _ in 0..<20 { running.exporter.take(.sample()) }
        await tracker.wait(for: 40, to: Self.infos)
        running.exporter.take(.sample())
        await tracker.wait(for: 41, to: Self.infos)
        // The one has time until the end.
        #expect(running.exporter.counts.failed == 0)
        await running.finish()
        #expect(running.exporter.counts.sent == 41)
        #expect(running.exporter.counts.failed == 1)
        await tracker.stop()
    }

    @Test("that always fails at one trace does so for a time", arguments: [OutageTests.spans, OutageTests.infos])
    func failingForLong(path: String) async throws {
        let poison = FinishedTrace.sample(inputs: "poison")
        let tracker = try await ScriptedTracker { request, _ in
            request.path == path && Self.holds("poison", request) ? .status(500) : nil
        }
        let running = try RunningExporter.start(port: tracker.port, patience: { $0.totalTime = .milliseconds(50) })
        running.exporter.take(poison)
        var count = 0
        while running.exporter.counts.failed == 0 {
            count += 1
            running.exporter.take(.sample())
            await tracker.wait(for: count, to: Self.infos)
        }
        await running.finish()
        #expect(running.exporter.counts.failed == 1)
        await tracker.stop()
    }

    @Test("that fails at one trace as a whole gets all others", arguments: [9, 60])
    func failingInfo(count: Int) async throws {
        let poison = FinishedTrace.sample(inputs: "poison")
        let tracker = try await ScriptedTracker { request, _ in
            request.path == Self.infos && Self.holds("poison", request) ? .status(500) : nil
        }
        let running = try RunningExporter.start(port: tracker.port) { $0.gathering = .milliseconds(100) }
        running.exporter.take(poison)
        for _ in 0..<count { running.exporter.take(.sample()) }
        await running.finish()
        #expect(running.exporter.counts.sent == count)
        await tracker.stop()
    }

    @Test("that finds a request too large gets the halves", arguments: [400, 413, 422])
    func halves(status: Int) async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == Self.spans && Self.holds("poison", request) ? .status(status) : nil
        }
        let running = try RunningExporter.start(port: tracker.port) { settings in
            settings.gathering = .seconds(10)
            settings.batchCount = 64
        }
        running.exporter.take(.sample(inputs: "poison"))
        for _ in 0..<63 { running.exporter.take(.sample()) }
        await tracker.wait(for: 63, to: Self.infos)
        await running.finish()
        #expect(running.exporter.counts.sent == 63)
        #expect(running.exporter.counts.failed == 1)
        #expect(tracker.requests(to: Self.spans).count == 13)
        await tracker.stop()
    }

    // MARK: The end

    @Test("is tried again at once when the process is to end")
    func endOfPause() async throws {
        let tracker = try await ScriptedTracker { request, index in
            request.path == Self.spans && index == 0 ? .status(503, headers: [("retry-after", "3600")]) : nil
        }
        let running = try RunningExporter.start(
            port: tracker.port,
            patience: { patience in
                patience.longestPause = .seconds(3600)
                patience.totalTime = .seconds(7200)
            })
        running.exporter.take(.sample())
        await tracker.wait(for: 1, to: Self.spans)
        await running.finish()
        #expect(running.exporter.counts.sent == 1)
        await tracker.stop()
    }

    @Test("holds up no end where nothing waits", arguments: [true, false])
    func endWithoutTraces(isThere: Bool) async throws {
        let place = try ReservedPort()
        let tracker = try await ScriptedTracker { _, _ in .hang }
        let running = try RunningExporter.start(
            port: isThere ? tracker.port : place.number, patience: { $0.longestPause = .seconds(3600) })
        if isThere { await tracker.wait(for: 1, to: Self.lookups) }
        await running.finish()
        #expect(running.exporter.counts.failed == 0)
        place.release()
        await tracker.stop()
    }

    @Test("is not asked without a pause, however short the patience is")
    func pauses() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path.hasPrefix(Self.lookups) ? .status(503) : nil
        }
        let running = try RunningExporter.start(
            port: tracker.port,
            patience: { patience in
                patience.totalTime = .zero
                patience.firstPause = .seconds(3600)
                patience.longestPause = .seconds(3600)
            })
        running.exporter.take(.sample())
        await tracker.wait(for: 1, to: Self.lookups)
        running.task.cancel()
        await running.task.value
        #expect(tracker.requests(to: Self.lookups).count == 1)
        #expect(running.exporter.counts.failed == 1)
        await tracker.stop()
    }
}
