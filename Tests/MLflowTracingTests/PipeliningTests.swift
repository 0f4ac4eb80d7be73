import AgentJSON
import MLflowTracing
import TestSupport
import Testing

@Suite("Telling a tracking server of many traces at once", .timeLimit(.minutes(5)))
struct PipeliningTests {
    private static let infos = "/api/3.0/mlflow/traces"

    /// Sends 60 traces in one batch.
    private static func send(to tracker: ScriptedTracker) async throws -> (traces: [FinishedTrace], sent: Int) {
        let traces = (0..<60).map { _ in FinishedTrace.sample() }
        let running = try RunningExporter.start(port: tracker.port) { settings in
            settings.simultaneous = 3
            settings.gathering = .seconds(1)
            settings.batchCount = 60
        }
        for trace in traces { running.exporter.take(trace) }
        await running.finish()
        return (traces, running.exporter.counts.sent)
    }

    private static func ids(_ requests: [ScriptedTracker.Request]) -> [String] {
        requests.compactMap { $0.json["trace"]?["trace_info"]?["trace_id"]?.stringValue }
    }

    @Test("infos of a large batch go one behind the other, without waiting for answers")
    func pipelined() async throws {
        // Nothing is answered before all twenty of a message are there.
        let tracker = try await ScriptedTracker { request, _ in
            guard request.path == Self.infos else { return nil }
            return .hold(20)
        }
        let (traces, sent) = try await Self.send(to: tracker)
        #expect(sent == 60)
        let requests = tracker.requests(to: Self.infos)
        #expect(requests.count == 60)
        #expect(Set(Self.ids(requests)) == Set(traces.map(\.id.text)))
        await tracker.stop()
    }

    @Test("a server that closes after each answer gets the rest one by one, and each trace once at most twice")
    func closing() async throws {
        let tracker = try await ScriptedTracker { request, _ in request.path == Self.infos ? .last(200) : nil }
        let (traces, sent) = try await Self.send(to: tracker)
        #expect(sent == 60)
        #expect(Set(Self.ids(tracker.requests(to: Self.infos))) == Set(traces.map(\.id.text)))
        await tracker.stop()
    }

    @Test("a server that takes no notice of what comes behind a request gets it again, alone")
    func deaf() async throws {
        let tracker = try await ScriptedTracker { request, _ in
            request.path == Self.infos && request.isPipelined ? .hang : nil
        }
        let (traces, sent) = try await Self.send(to: tracker)
        #expect(sent == 60)
        let alone = tracker.requests(to: Self.infos).filter { !$0.isPipelined }
        #expect(Set(Self.ids(alone)) == Set(traces.map(\.id.text)))
        await tracker.stop()
    }

    @Test("an answer that asks for a repetition has that trace sent again")
    func repeated() async throws {
        let tracker = try await ScriptedTracker { request, index in
            request.path == Self.infos && index % 7 == 3 && index < 60 ? .status(503) : nil
        }
        let (traces, sent) = try await Self.send(to: tracker)
        #expect(sent == 60)
        #expect(Set(Self.ids(tracker.requests(to: Self.infos))) == Set(traces.map(\.id.text)))
        await tracker.stop()
    }

    @Test("one that is refused among many is lost alone")
    func refused() async throws {
        let tracker = try await ScriptedTracker { request, index in
            request.path == Self.infos && index == 10 ? .status(422) : nil
        }
        let (_, sent) = try await Self.send(to: tracker)
        #expect(sent == 59)
        #expect(tracker.requests(to: Self.infos).count == 60)
        await tracker.stop()
    }
}
