import AgentJSON
import MLflowTracing
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing
import WebClient

@Suite("Pictures, sounds and files of traces", .timeLimit(.minutes(5)))
struct AttachmentTests {
    private static let spans = "/v1/traces"
    private static let infos = "/api/3.0/mlflow/traces"
    private static let files = "/api/2.0/mlflow-artifacts/"
    private static let picture = "data:image/png;base64,aGVsbG8="
    private static let trace = FinishedTrace.sample(inputs: ["image_url": .string(picture)])

    private static func holdsPicture(_ request: ScriptedTracker.Request) -> Bool {
        request.body.firstRange(of: Array(picture.utf8)) != nil
    }

    private static func placing(_ location: String) -> ScriptedTracker.Answer {
        .status(200, ["trace": ["trace_info": ["tags": ["mlflow.artifactLocation": .string(location)]]]])
    }

    @Test("are kept apart, under the trace's own place")
    func usual() async throws {
        let tracker = try await ScriptedTracker()
        let running = try RunningExporter.start(port: tracker.port)
        let trace = FinishedTrace.sample(inputs: ["image_url": .string(Self.picture), "note": "data:x"])
        running.exporter.take(trace)
        await running.finish()
        let upload = try #require(tracker.requests(to: Self.files).first)
        #expect(upload.method == .PUT)
        #expect(upload.body == Array("hello".utf8))
        #expect(
            upload.path.hasPrefix(
                "/api/2.0/mlflow-artifacts/artifacts/7/traces/\(trace.id.text)/artifacts/attachments/"))
        let preview =
            tracker.requests(to: Self.infos).first?
            .json["trace"]?["trace_info"]?["request_preview"]?.stringValue ?? ""
        let id = upload.path.split(separator: "/").last ?? ""
        #expect(
            preview
                == #"{"image_url": "mlflow-attachment://\#(id)?content_type=image%2Fpng&trace_id=\#(trace.id.text)&size=5", "note": "data:x"}"#
        )
        await tracker.stop()
    }

    @Test("stay in a trace that another process owns")
    func remote() async throws {
        let tracker = try await ScriptedTracker()
        let running = try RunningExporter.start(port: tracker.port)
        var trace = Self.trace
        trace.isRemote = true
        running.exporter.take(trace)
        await running.finish()
        #expect(running.exporter.counts.sent == 1)
        #expect(tracker.requests(to: Self.spans).map(Self.holdsPicture) == [true])
        #expect(tracker.requests(to: Self.infos).isEmpty)
        await tracker.stop()
    }

    @Test("stay in their traces where the server takes no files", arguments: ["s3://bucket/a", "/data/mlruns/a"])
    func elsewhere(location: String) async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == Self.infos ? Self.placing(location) : nil
        }
        let running = try RunningExporter.start(port: tracker.port)
        running.exporter.take(Self.trace)
        await tracker.wait(for: 2, to: Self.infos)
        running.exporter.take(Self.trace)
        await running.finish()
        #expect(running.exporter.counts.sent == 2)
        #expect(running.exporter.counts.failed == 0)
        // The first trace is sent once more, with all that is in it.
        #expect(tracker.requests(to: Self.spans).map(Self.holdsPicture) == [false, true, true])
        #expect(tracker.requests(to: Self.files).isEmpty)
        await tracker.stop()
    }

    @Test("a server that takes neither spans nor files has not got the trace")
    func nowhere() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            switch request.path {
            case Self.spans: .status(501)
            case Self.infos: Self.placing("s3://bucket/a")
            default: nil
            }
        }
        let running = try RunningExporter.start(port: tracker.port)
        running.exporter.take(.sample())
        await running.finish()
        #expect(running.exporter.counts.sent == 0)
        #expect(running.exporter.counts.failed == 1)
        await tracker.stop()
    }

    @Test("a store without spans gets them as a file")
    func fileStore() async throws {
        let tracker = try await ScriptedTracker { request, _ in request.path == Self.spans ? .status(501) : nil }
        let running = try RunningExporter.start(port: tracker.port)
        running.exporter.take(.sample())
        await tracker.wait(for: 1, to: Self.files)
        running.exporter.take(.sample())
        await running.finish()
        #expect(tracker.requests(to: Self.spans).count == 1)
        let files = tracker.requests(to: Self.files)
        #expect(files.count == 2)
        #expect(files.allSatisfy { $0.path.hasSuffix("/traces.json") })
        #expect(files.first?.json["spans"]?[0]?["name"] == "invoke")
        await tracker.stop()
    }

    @Test("have a place whose name is escaped")
    func escapedPath() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == Self.infos ? Self.placing("mlflow-artifacts:/my team/é?%20#/a") : nil
        }
        let running = try RunningExporter.start(port: tracker.port)
        running.exporter.take(Self.trace)
        await running.finish()
        let path = tracker.requests(to: Self.files).first?.path ?? ""
        #expect(path.hasPrefix("/api/2.0/mlflow-artifacts/artifacts/my%20team/%C3%A9%3F%20%23/a/attachments/"))
        await tracker.stop()
    }

    @Test("a path that would break a request is not sent", arguments: ["/a b", "/a\r\nX: y", "/é", "/\u{7F}"])
    func brokenTargets(path: String) async throws {
        let tracker = try await ScriptedTracker()
        let client = try WebClient(on: MultiThreadedEventLoopGroup.singleton.next())
        let address = try #require(WebAddress("http://127.0.0.1:\(tracker.port)")).appending(path)
        await #expect(throws: WebFailure.self) {
            _ = try await client.send(WebRequest(.GET, address), timeout: .seconds(240))
        }
        #expect(tracker.requests().isEmpty)
        await tracker.stop()
    }
}
