import AgentJSON
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing
import WebClient

@testable import MLflowTracing

@Suite("Sending traces to a collector", .timeLimit(.minutes(5)))
struct CollectorExporterTests {
    private static func start(port: Int) throws -> (exporter: CollectorExporter, task: Task<Void, Never>) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var patience = Delivery.Patience()
        patience.firstPause = .milliseconds(1)
        patience.longestPause = .milliseconds(5)
        var settings = CollectorExporter.Settings(
            address: try #require(WebAddress("http://127.0.0.1:\(port)/v1/traces")))
        settings.headers = [("x-key", "k")]
        settings.resource = [("service.name", "greeter")]
        settings.gathering = .milliseconds(5)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let delivery = Delivery(client: try WebClient(on: loop), patience: patience)
        let exporter = CollectorExporter(settings, delivery: delivery, on: loop, logger: logger)
        return (exporter, Task { await exporter.run() })
    }

    @Test("all of them arrive, with the resource's name, after the trouble is over")
    func usual() async throws {
        let tracker = try await ScriptedTracker { _, index in index == 0 ? .status(503) : nil }
        let (exporter, task) = try Self.start(port: tracker.port)
        for _ in 0..<50 { exporter.take(.sample()) }
        exporter.finish()
        await task.value
        #expect(exporter.counts.sent == 50)
        let requests = tracker.requests()
        #expect(requests.allSatisfy { $0.path == "/v1/traces" && $0.headers["x-key"] == ["k"] })
        #expect(requests.allSatisfy { $0.body.firstRange(of: Array("greeter".utf8)) != nil })
        await tracker.stop()
    }

    @Test("large traces go in requests of their own")
    func largeTraces() async throws {
        let tracker = try await ScriptedTracker()
        let (exporter, task) = try Self.start(port: tracker.port)
        for _ in 0..<6 {
            var trace = FinishedTrace.sample()
            trace.weight = 1 << 20
            exporter.take(trace)
        }
        exporter.finish()
        await task.value
        #expect(exporter.counts.sent == 6)
        #expect(tracker.requests().count == 6)
        await tracker.stop()
    }

    @Test("what is refused is given up, one that cannot be taken alone")
    func refused() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.body.firstRange(of: Array("poison".utf8)) == nil ? nil : .status(400)
        }
        let (exporter, task) = try Self.start(port: tracker.port)
        for inputs in ["a", "poison", "b"] as [JSON] { exporter.take(.sample(inputs: inputs)) }
        exporter.finish()
        await task.value
        #expect(exporter.counts.sent == 2)
        #expect(exporter.counts.failed == 1)
        await tracker.stop()
    }

    @Test("spans have the names that OpenTelemetry's conventions give them")
    func conventions() throws {
        var trace = FinishedTrace.sample(outputs: ["output": [["role": "assistant", "content": "hello"]]])
        trace.annotations.session = "s1"
        trace.spans.append(
            FinishedSpan(
                id: .random(), parent: trace.spans[0].id, name: "model", type: .chatModel, start: 1, end: 2,
                attributes: [
                    "mlflow.spanInputs": [
                        "model": "gpt", "temperature": 0.5, "messages": [["role": "user", "content": "hi"]],
                    ],
                    "mlflow.chat.tokenUsage": ["input_tokens": 3, "output_tokens": 4, "total_tokens": 7],
                    "mlflow.llm.provider": "openai",
                ]
            )
        )
        func texts(_ index: Int) -> [String: String] {
            let form = ConventionalSpan(trace.spans[index], of: trace, isRoot: index == 0)
            return Dictionary(form.attributes.map { ($0.0, "\($0.1)") }) { first, _ in first }
        }
        let root = texts(0)
        #expect(root["gen_ai.operation.name"] == #"text("invoke_agent")"#)
        #expect(root["session.id"] == #"text("s1")"#)
        #expect(root["gen_ai.usage.input_tokens"] == "integer(3)")
        #expect(root["gen_ai.output.messages"]?.contains("hello") == true)
        let model = texts(1)
        #expect(model["gen_ai.operation.name"] == #"text("chat")"#)
        #expect(model["gen_ai.request.model"] == #"text("gpt")"#)
        #expect(model["gen_ai.request.temperature"] == "double(0.5)")
        #expect(model["gen_ai.provider.name"] == #"text("openai")"#)
        #expect(model["gen_ai.usage.output_tokens"] == "integer(4)")
        // What MLflow shows stays beside it.
        #expect(model["mlflow.spanType"] == #"text("CHAT_MODEL")"#)
    }
}
