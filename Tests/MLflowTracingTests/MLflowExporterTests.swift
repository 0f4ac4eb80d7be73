import AgentJSON
import Logging
import MLflowTracing
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing
import WebClient

@Suite("Sending traces to a tracking server", .timeLimit(.minutes(5)))
struct MLflowExporterTests {
    @Test("spans go first, those of many traces at once, then what is said of each")
    func usual() async throws {
        let tracker = try await ScriptedTracker()
        let running = try RunningExporter.start(port: tracker.port)
        let traces = (0..<20).map { _ in FinishedTrace.sample() }
        for trace in traces { running.exporter.take(trace) }
        await running.finish()
        let spans = tracker.requests(to: "/v1/traces")
        let infos = tracker.requests(to: "/api/3.0/mlflow/traces")
        #expect(spans.count < 20)
        #expect(infos.count == 20)
        #expect(spans.allSatisfy { $0.headers["x-mlflow-experiment-id"] == ["7"] })
        #expect(spans.allSatisfy { $0.headers["content-type"] == ["application/x-protobuf"] })
        #expect(tracker.requests().allSatisfy { $0.headers["authorization"] == ["Bearer secret"] })
        let told = Set(infos.compactMap { $0.json["trace"]?["trace_info"]?["trace_id"]?.stringValue })
        #expect(told == Set(traces.map(\.id.text)))
        #expect(running.exporter.counts.sent == 20)
        let order = tracker.requests().map(\.path)
        let firstInfo = try #require(order.firstIndex(of: "/api/3.0/mlflow/traces"))
        #expect(order[..<firstInfo].contains("/v1/traces"))
        await tracker.stop()
    }

    @Test("bodies are compressed where that is wanted")
    func compression() async throws {
        let tracker = try await ScriptedTracker()
        let running = try RunningExporter.start(port: tracker.port) { $0.compresses = true }
        running.exporter.take(.sample())
        await running.finish()
        let request = try #require(tracker.requests(to: "/v1/traces").first)
        #expect(request.headers["content-encoding"] == ["gzip"])
        #expect(request.body.starts(with: [0x1F, 0x8B]))
        await tracker.stop()
    }

    @Test("an experiment is made once where there is none")
    func experiments() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            if request.path.hasPrefix("/api/2.0/mlflow/experiments/get-by-name") {
                return .status(404, ["error_code": "RESOURCE_DOES_NOT_EXIST"])
            }
            if request.path == "/api/2.0/mlflow/experiments/create" { return .status(200, ["experiment_id": "12"]) }
            return nil
        }
        let running = try RunningExporter.start(port: tracker.port) { $0.experiment = Experiment(name: "my agents") }
        for _ in 0..<3 {
            running.exporter.take(.sample())
            await tracker.wait(for: 1, to: "/v1/traces")
        }
        await running.finish()
        #expect(tracker.requests(to: "/api/2.0/mlflow/experiments/create").map(\.json) == [["name": "my agents"]])
        #expect(
            tracker.requests(to: "/api/2.0/mlflow/experiments/get-by-name").map(\.path)
                == ["/api/2.0/mlflow/experiments/get-by-name?experiment_name=my%20agents"]
        )
        #expect(tracker.requests(to: "/v1/traces").allSatisfy { $0.headers["x-mlflow-experiment-id"] == ["12"] })
        await tracker.stop()
    }

    @Test("what passes is waited for, and nothing is lost", arguments: [408, 429, 500, 502, 503, 504, 0])
    func repeats(status: Int) async throws {
        let tracker = try await ScriptedTracker { _, index in
            index < 2 ? (status == 0 ? .close : .status(status)) : nil
        }
        let running = try RunningExporter.start(port: tracker.port)
        for _ in 0..<5 { running.exporter.take(.sample()) }
        await running.finish()
        #expect(running.exporter.counts.sent == 5)
        #expect(running.exporter.counts.failed == 0)
        await tracker.stop()
    }

    @Test("a server that comes back gets what waited")
    func restart() async throws {
        // Nobody else takes the port meanwhile, and who asks there is refused.
        let place = try ReservedPort()
        defer { place.release() }
        let port = place.number
        let running = try RunningExporter.start(port: port)
        for _ in 0..<50 { running.exporter.take(.sample()) }
        let tracker = try await ScriptedTracker(port: port)
        await running.finish()
        #expect(running.exporter.counts.sent == 50)
        #expect(tracker.requests(to: "/api/3.0/mlflow/traces").count == 50)
        await tracker.stop()
    }

    @Test("what is final is given up and counted", arguments: [401, 403, 404, 413])
    func refused(status: Int) async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == "/v1/traces" ? .status(status) : nil
        }
        let running = try RunningExporter.start(port: tracker.port)
        for _ in 0..<5 { running.exporter.take(.sample()) }
        await running.finish()
        #expect(running.exporter.counts.failed == 5)
        #expect(tracker.requests(to: "/api/3.0/mlflow/traces").isEmpty)
        await tracker.stop()
    }

    @Test("one that cannot be taken does not cost the others", arguments: [400, 413, 422])
    func poison(status: Int) async throws {
        let poison = FinishedTrace.sample(inputs: "poison")
        let tracker = try await ScriptedTracker { request, _ in
            let isPoisoned = request.body.firstRange(of: Array("poison".utf8)) != nil
            return request.path == "/v1/traces" && isPoisoned ? .status(status) : nil
        }
        let running = try RunningExporter.start(port: tracker.port) { $0.gathering = .milliseconds(100) }
        let traces = (0..<9).map { _ in FinishedTrace.sample() }
        for trace in traces[..<4] + [poison] + traces[4...] { running.exporter.take(trace) }
        await running.finish()
        #expect(running.exporter.counts.sent == 9)
        #expect(running.exporter.counts.failed == 1)
        let told = tracker.requests(to: "/api/3.0/mlflow/traces")
            .compactMap { $0.json["trace"]?["trace_info"]?["trace_id"]?.stringValue }
        #expect(Set(told) == Set(traces.map(\.id.text)))
        await tracker.stop()
    }

    @Test("a server that hangs holds up nobody; the oldest go when the queue is full")
    func hanging() async throws {
        let tracker = try await ScriptedTracker { request, _ in request.path == "/v1/traces" ? .hang : nil }
        let running = try RunningExporter.start(port: tracker.port) { settings in
            settings.queue = TraceQueue.Limits(count: 100)
            settings.batchCount = 10
        }
        running.exporter.take(.sample())
        await tracker.wait(for: 1, to: "/v1/traces")
        for _ in 0..<1_000 { running.exporter.take(.sample()) }
        #expect(running.exporter.queue.counts.waiting == 100)
        #expect(running.exporter.queue.counts.dropped == 900)
        // The time of a drain is over.
        running.task.cancel()
        await running.task.value
        // Nothing goes uncounted.
        #expect(running.exporter.queue.counts.waiting == 0)
        #expect(running.exporter.counts.failed + running.exporter.queue.counts.dropped == 1_001)
        await tracker.stop()
    }

    @Test("a deleted experiment gets nothing")
    func deletedExperiment() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path.hasPrefix("/api/2.0/mlflow/experiments/get")
                ? .status(200, ["experiment": ["experiment_id": "7", "lifecycle_stage": "deleted"]]) : nil
        }
        let running = try RunningExporter.start(port: tracker.port)
        running.exporter.take(.sample())
        await running.finish()
        #expect(tracker.requests(to: "/v1/traces").isEmpty)
        #expect(running.exporter.counts.failed == 1)
        await tracker.stop()
    }

    @Test("the version of the agent is found, or made")
    func versions() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == "/api/2.0/mlflow/logged-models"
                ? .status(
                    200,
                    [
                        "model": [
                            "info": ["model_id": "m-1", "artifact_uri": "mlflow-artifacts:/7/models/m-1/artifacts"]
                        ]
                    ])
                : nil
        }
        let running = try RunningExporter.start(port: tracker.port) { settings in
            settings.trackedApp = "my-app"
            settings.version.commit = "fd56eb79263620e34b714147ccfd0c2094bfc6b7"
            settings.version.branch = "main"
        }
        running.exporter.take(.sample())
        await running.finish()
        let search = tracker.requests(to: "/api/2.0/mlflow/logged-models/search").map(\.json)
        #expect(search == [["experiment_ids": ["7"], "filter": "name='my-app-git-fd56eb79'", "max_results": 2]])
        let order = tracker.requests(to: "/api/2.0/mlflow").map { "\($0.method) \($0.path)" }
        #expect(
            order.suffix(4) == [
                "POST /api/2.0/mlflow/logged-models/search", "POST /api/2.0/mlflow/logged-models",
                "PUT /api/2.0/mlflow-artifacts/artifacts/7/models/m-1/artifacts/MLmodel",
                "PATCH /api/2.0/mlflow/logged-models/m-1",
            ]
        )
        let metadata = tracker.requests(to: "/api/3.0/mlflow/traces").first?.json["trace"]?["trace_info"]?[
            "trace_metadata"]
        #expect(metadata?["mlflow.modelId"] == "m-1")
        await tracker.stop()
    }
}
