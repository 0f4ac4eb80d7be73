import AgentJSON
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport
import Testing
import WebClient

@Suite("A server whose traces go to a tracking server", .timeLimit(.minutes(5)))
struct TraceExportTests {
    private static let infos = "/api/3.0/mlflow/traces"

    /// A server in a process of its own, and a client of it.
    private struct Served {
        let process: AgentProcess
        let client: WebClient
        let base: String

        init(tracker: Int, _ arguments: [String] = []) async throws {
            process = try AgentProcess(
                ["--port", "0"] + arguments, environment: ["MLFLOW_TRACKING_URI": "http://127.0.0.1:\(tracker)"])
            base = "http://127.0.0.1:\(try await process.port())"
            client = try WebClient(on: MultiThreadedEventLoopGroup.singleton.next())
        }

        func ask(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> WebAnswer {
            let address = try #require(WebAddress(base + path))
            let bytes = body.map { ByteBuffer(bytes: $0.encoded()) }
            return try await client.send(WebRequest(method, address, body: bytes), timeout: .seconds(240))
        }

        /// The ids of the traces of so many requests, each of which is answered.
        func traces(_ count: Int) async throws -> Set<String> {
            var ids: Set<String> = []
            for number in 0..<count {
                let body: JSON = [
                    "input": [["role": "user", "content": .string("request \(number)")]],
                    "metadata": [:],
                ]
                let address = try #require(WebAddress(base + "/invocations"))
                let request = WebRequest(
                    .POST, address, headers: [("x-mlflow-return-trace-id", "true")],
                    body: ByteBuffer(bytes: body.encoded())
                )
                let answer = try await client.send(request, timeout: .seconds(240))
                #expect(answer.status == 200)
                let json = try JSON(parsing: Array(answer.body.readableBytesView))
                ids.insert(try #require(json["metadata"]?["trace_id"]?.stringValue))
            }
            return ids
        }

        /// Ends the process, which sends what is left.
        func stop() async -> AgentProcess.Outcome {
            process.terminate()
            return await process.outcome()
        }
    }

    private static func ids(_ tracker: ScriptedTracker) -> [String] {
        tracker.requests(to: infos).compactMap { $0.json["trace"]?["trace_info"]?["trace_id"]?.stringValue }
    }

    @Test("answers while it is down, and has sent every trace when it ends")
    func late() async throws {
        let port = try ReservedPort()
        let served = try await Served(tracker: port.number)
        let told = try await served.traces(20)
        #expect(told.count == 20)
        port.release()
        let tracker = try await ScriptedTracker(port: port.number)
        let outcome = await served.stop()
        #expect(outcome.status == 0)
        #expect(Set(Self.ids(tracker)) == told)
        #expect(Self.ids(tracker).count == 20)
        await tracker.stop()
    }

    /// Whether a tracking server is there.
    private final class Presence: Sendable {
        private let state = Atomic(true)

        var isThere: Bool {
            get { state.load(ordering: .acquiring) }
            set { state.store(newValue, ordering: .releasing) }
        }
    }

    @Test("loses nothing when it restarts amid the load")
    func restart() async throws {
        let presence = Presence()
        let tracker = try await ScriptedTracker { _, _ in presence.isThere ? nil : .close }
        let served = try await Served(tracker: tracker.port)
        var told = try await served.traces(20)
        presence.isThere = false
        told.formUnion(try await served.traces(20))
        presence.isThere = true
        told.formUnion(try await served.traces(20))
        #expect(await served.stop().status == 0)
        #expect(told.count == 60)
        #expect(Set(Self.ids(tracker)) == told)
        await tracker.stop()
    }

    @Test("waits for it neither with a request nor with its health, and ends in time when it hangs")
    func hanging() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == "/v1/traces" || request.path == Self.infos ? .hang : nil
        }
        let served = try await Served(tracker: tracker.port, ["--drain-timeout", "1"])
        _ = try await served.traces(1)
        // From here on the exporter waits for an answer that does not come.
        await tracker.wait(for: 1, to: "/v1/traces")
        #expect(try await served.traces(50).count == 50)
        #expect(try await served.ask(.GET, "/health").status == 200)
        let outcome = await served.stop()
        #expect(outcome.status == 0)
        #expect(outcome.standardError.contains("Traces were not sent before the end"))
        #expect(tracker.requests(to: "/v1/traces").count == 1)
        await tracker.stop()
    }

    @Test("says what it is refused, and goes on", arguments: [401, 403])
    func refused(status: Int) async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == "/v1/traces" ? .status(status) : nil
        }
        let served = try await Served(tracker: tracker.port)
        #expect(try await served.traces(3).count == 3)
        await tracker.wait(for: 1, to: "/v1/traces")
        let metrics = try await served.ask(.GET, "/metrics")
        #expect(metrics.status == 200)
        let outcome = await served.stop()
        #expect(outcome.status == 0)
        #expect(outcome.standardError.contains("A trace was not exported"))
        #expect(Self.ids(tracker).isEmpty)
        await tracker.stop()
    }
}
