import AgentServerTesting
import AgentStore
import HTTPTypes
import Logging
import MLflowTracing
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import AgentServer

@Suite("GET /traces")
struct TraceRouteTests {
    private func server(
        _ change: (inout AgentServer.Configuration) -> Void = { _ in }
    ) -> TestAgentServer {
        var configuration = AgentServer.Configuration()
        change(&configuration)
        return TestAgentServer(ClosureAgent(), configuration: configuration)
    }

    /// Leaves traces: the number of each is its id, and its time in seconds.
    private func plant(_ traces: [FinishedTrace], in server: TestAgentServer) throws {
        let kept = try #require(server.site.traces)
        for trace in traces { kept.take(trace) }
    }

    private func numbers(_ answer: TestAnswer) -> [Int] {
        (answer.json["data"]?.arrayValue ?? []).compactMap { row in
            row["id"]?.stringValue.flatMap { Int($0.suffix(8), radix: 16) }
        }
    }

    @Test("shows a call's trace, in MLflow's words")
    func call() async throws {
        let server = server()
        #expect(await server.invoke(userMessage("Ada")).status == 200)
        let list = await server.send("GET", "/traces")
        #expect(list.status == 200)
        #expect(list.headers["cache-control"] == "no-store")
        #expect(list.json["object"] == "list")
        #expect(list.json["has_more"] == false)
        let row = try #require(list.json["data"]?[0])
        #expect(list.json["first_id"] == row["id"])
        #expect(row["request_preview"] == "Ada")
        #expect(row["response_preview"] == "Hello, Ada")
        #expect(row["state"] == "OK")
        let id = try #require(row["trace_id"]?.stringValue)
        for form in [id, String(id.dropFirst(3))] {
            let trace = await server.send("GET", "/traces/\(form)")
            #expect(trace.status == 200)
            #expect(trace.json["trace_id"]?.stringValue == id)
            #expect(trace.json["tags"]?["mlflow.traceName"] == row["name"])
            let span = try #require(trace.json["spans"]?[0])
            #expect(span["parent_span_id"] == .null)
            #expect(span["attributes"]?["mlflow.spanInputs"]?["input"]?[0]?["content"] == "Ada")
        }
    }

    @Test("shows a call while it goes on")
    func live() async throws {
        let (begun, gate) = (Signal(), Signal())
        let server = TestAgentServer(
            ClosureAgent { _, response in
                begun.set()
                await gate.wait()
                try await response.text("done")
            })
        async let answer = server.invoke(userMessage("?"))
        await begun.wait()
        let list = await server.send("GET", "/traces?state=in_progress")
        #expect(list.json["data"]?[0]?["state"] == "IN_PROGRESS")
        #expect(list.json["data"]?[0]?["response_preview"] == .null)
        let id = try #require(list.json["first_id"]?.stringValue)
        let trace = await server.send("GET", "/traces/\(id)")
        #expect(trace.json["spans"]?[0]?["end_time_unix_nano"] == .null)
        gate.set()
        #expect(await answer.status == 200)
        #expect(await server.send("GET", "/traces/\(id)").json["state"] == "OK")
    }

    @Test("filters and pages")
    func queries() async throws {
        let server = server()
        try plant((1...30).map { .sample($0) }, in: server)
        try plant([.sample(40, session: "a b"), .sample(41, failure: "Error: x")], in: server)
        #expect(numbers(await server.send("GET", "/traces")) == [41, 40] + (13...30).reversed())
        let first = await server.send("GET", "/traces?limit=3")
        #expect(numbers(first) == [41, 40, 30])
        #expect(first.json["has_more"] == true)
        let last = try #require(first.json["last_id"]?.stringValue)
        #expect(numbers(await server.send("GET", "/traces?limit=3&after=\(last)")) == [29, 28, 27])
        #expect(numbers(await server.send("GET", "/traces?session=a%20b")) == [40])
        #expect(numbers(await server.send("GET", "/traces?state=ERROR")) == [41])
        #expect(numbers(await server.send("GET", "/traces?from=28000&to=1970-01-01T00:00:30Z")) == [30, 29, 28])
        #expect(numbers(await server.send("GET", "/traces?from=1970-01-01T01:00:40%2B01:00")) == [41, 40])
    }

    @Test("shows all calls of one caller's trace, each by its own id")
    func callers() async throws {
        let keys = try ["ada:one", "bob:two"].map { try APIKey(parsing: $0) }
        let server = server {
            $0.tracing.continuesCallers = true
            $0.access.apiKeys = keys
        }
        let parent = "00-0171cd8997da37c89ce231d93aea7adf-7f92f9511a9b2e6b-01"
        func send(_ target: String, as key: String) async -> TestAnswer {
            await server.send("GET", target, headers: ["authorization": "Bearer \(key)"])
        }
        for (text, key) in [("1", "one"), ("2", "one"), ("3", "one"), ("stranger", "two")] {
            let headers = ["traceparent": parent, "authorization": "Bearer \(key)"]
            #expect(await server.invoke(userMessage(text), headers: headers).status == 200)
        }
        let list = await send("/traces", as: "one")
        let rows = list.json["data"]?.arrayValue ?? []
        #expect(Set(rows.map { $0["request_preview"] }) == ["1", "2", "3"])
        #expect(Set(rows.map { $0["trace_id"] }) == ["tr-0171cd8997da37c89ce231d93aea7adf"])
        for row in rows {
            let id = try #require(row["id"]?.stringValue)
            #expect(id.wholeMatch(of: /tr-[0-9a-f]{32}:[0-9a-f]{16}/) != nil)
            let trace = await send("/traces/\(id)", as: "one")
            #expect(trace.json["request_preview"] == row["request_preview"])
            #expect(trace.json["spans"]?[0]?["span_id"]?.stringValue == String(id.suffix(16)))
            #expect(await send("/traces/\(id)", as: "two").status == 404)
        }
        // By the id alone: the newest of one's own.
        #expect(await send("/traces/tr-0171cd8997da37c89ce231d93aea7adf", as: "one").json["id"] == rows.first?["id"])
        let other = await send("/traces/tr-0171cd8997da37c89ce231d93aea7adf", as: "two")
        #expect(other.json["request_preview"] == "stranger")
        // Page by page, each once.
        let last = try #require(rows.first?["id"]?.stringValue)
        let rest = await send("/traces?after=\(last)", as: "one").json["data"]?.arrayValue
        #expect(rest?.map { $0["id"] } == rows.dropFirst().map { $0["id"] })
    }

    @Test(
        "refuses what it cannot use, and names it",
        arguments: [
            "limit=0", "limit=101", "limit=x", "after=x", "after=tr-000000000000000000000000000000ff:x",
            "after=tr-000000000000000000000000000000ff", "state=x",
            "from=yesterday", "to=2026-02-30", "from=3000&to=2000",
        ])
    func faults(query: String) async throws {
        let answer = await server().send("GET", "/traces?\(query)")
        #expect(answer.status == 400)
        #expect(answer.json["detail"]?.stringValue?.hasPrefix(query.split(separator: "=")[0]) == true)
    }

    @Test("knows what is not there, and other methods")
    func others() async throws {
        let server = server()
        for id in ["x", "tr-", "tr-0123456789abcdef0123456789abcdef"] {
            #expect(await server.send("GET", "/traces/\(id)").status == 404)
        }
        #expect(await server.send("POST", "/traces").status == 405)
        #expect(await server.send("DELETE", "/traces/x").status == 405)
        #expect(await server.send("HEAD", "/traces").status == 200)
        let uri = ["MLFLOW_TRACKING_URI": "http://127.0.0.1:9"]
        for none in [
            self.server { $0.traces.keep = 0 }, self.server { $0.store.location = "none" },
            self.server { $0.tracing.environment = uri },
        ] {
            #expect(await none.send("GET", "/traces").status == 404)
            #expect(none.site.traces == nil)
        }
        let both = self.server {
            $0.tracing.environment = uri
            $0.traces.keep = 5
        }
        #expect(both.site.traces != nil)
    }

    @Test("is for plain agents too")
    func plain() async throws {
        let agent = AgentServer()
        try agent.invoke { (request: JSONObject) in request }
        let server = TestAgentServer(agent)
        #expect(await server.invoke(["a": 1]).status == 200)
        let list = await server.send("GET", "/traces")
        #expect(list.json["data"]?.arrayValue?.count == 1)
        #expect(await server.send("GET", "/responses/x").status == 404)
    }

    // MARK: Access

    @Test("shows everybody their own, and an administrator all")
    func principals() async throws {
        let keys = try ["ada:one", "bob:two", "boss+admin:three"].map { try APIKey(parsing: $0) }
        let server = server { $0.access.apiKeys = keys }
        try plant([.sample(1, of: "ada"), .sample(2, of: "bob")], in: server)
        func list(_ key: String) async -> [Int] {
            numbers(await server.send("GET", "/traces", headers: ["authorization": "Bearer \(key)"]))
        }
        #expect(await list("one") == [1])
        #expect(await list("two") == [2])
        #expect(await list("three") == [2, 1])
        #expect(await server.send("GET", "/traces").status == 401)
        let id = TraceID(high: 1, low: 2).text
        for (key, status) in [("one", 404), ("two", 200), ("three", 200)] {
            let headers = ["authorization": "Bearer \(key)"]
            #expect(await server.send("GET", "/traces/\(id)", headers: headers).status == status)
            let after = await server.send("GET", "/traces?after=\(id)", headers: headers)
            #expect(after.status == (status == 404 ? 400 : 200))
        }
    }

    /// Status messages and exceptions of the root and its step.
    private func errors(_ answer: TestAnswer) -> [JSON?] {
        (answer.json["spans"]?.arrayValue ?? []).flatMap { span in
            [span["status"]?["message"], span["events"]?[0]?["attributes"]?["exception.message"]]
        }
    }

    @Test("hides errors of which clients are not told from everybody but administrators")
    func secrets() async throws {
        struct Secret: Error, CustomStringConvertible {
            var description: String { "the password is swordfish" }
        }
        let agent = ClosureAgent { request, response in
            switch request.lastUserText {
            case "secret": try withSpan("step", type: .tool, inputs: "prompt") { _ in throw Secret() }
            case "caught": try? withSpan("step", type: .tool) { _ in throw Secret() }
            default: try withSpan("step", type: .tool) { _ in throw AgentError("not today", status: 403) }
            }
            try await response.text("went on")
        }
        var configuration = AgentServer.Configuration()
        configuration.access.apiKeys = try ["ada:one", "boss+admin:three"].map { try APIKey(parsing: $0) }
        let server = TestAgentServer(agent, configuration: configuration)
        func look(_ target: String, as key: String) async -> TestAnswer {
            await server.send("GET", target, headers: ["authorization": "Bearer \(key)"])
        }
        /// The path of a new call's trace.
        func path(_ text: String) async throws -> String {
            let headers = ["authorization": "Bearer one", "x-request-id": "r1"]
            _ = await server.invoke(userMessage(text), headers: headers)
            let rows = await look("/traces", as: "one").json["data"]?.arrayValue ?? []
            let id = rows.first { $0["request_preview"]?.stringValue == text }?["id"]?.stringValue
            return "/traces/\(try #require(id))"
        }
        let secret = try await path("secret")
        let masked = await look(secret, as: "one")
        #expect(errors(masked) == Array(repeating: "Internal error (id r1)", count: 4))
        #expect(!masked.text.contains("swordfish"))
        #expect(masked.json["spans"]?[1]?["attributes"]?["mlflow.spanInputs"] == "prompt")
        #expect(masked.json["spans"]?[1]?["events"]?[0]?["attributes"]?.objectValue?.count == 1)
        let whole = await look(secret, as: "three")
        let (status, message): (JSON, JSON) = ("Secret: the password is swordfish", "the password is swordfish")
        #expect(errors(whole) == [status, message, status, message])
        #expect(whole.json["public_status"] == "Internal error (id r1)")
        let caught = await look(try await path("caught"), as: "one")
        #expect(errors(caught) == [nil, nil, "Internal error", "Internal error"])
        #expect(!caught.text.contains("swordfish"))
        #expect(caught.json["spans"]?[1]?["status"]?["code"] == "ERROR")
        let refused = await look(try await path("refused"), as: "one")
        #expect(errors(refused) == ["AgentError: not today", "not today", "AgentError: not today", "not today"])
    }

    @Test("hides errors of traces that do not say what the client was told")
    func olderSecrets() async throws {
        let keys = try ["ada:one"].map { try APIKey(parsing: $0) }
        let server = server { $0.access.apiKeys = keys }
        try plant([.sample(1, of: "ada", failure: "Secret: 1234")], in: server)
        let path = "/traces/\(TraceID(high: 1, low: 1).text)"
        let trace = await server.send("GET", path, headers: ["authorization": "Bearer one"])
        #expect(errors(trace) == ["Internal error", nil])
        // Who sits at the machine of a server without keys is not told apart from who runs it.
        let open = self.server()
        try plant([.sample(1, failure: "Secret: 1234")], in: open)
        #expect(errors(await open.send("GET", path)) == ["Secret: 1234", nil])
    }

    @Test(
        "is for this machine only where nobody is told apart",
        arguments: [
            ("127.0.0.1", "localhost", [:], 200), ("::1", "[::1]:8000", [:], 200),
            ("::ffff:127.0.0.1", "127.0.0.1", [:], 200), ("10.0.0.7", "localhost", [:], 403),
            ("127.0.0.1", "evil.example", [:], 403), ("127.0.0.1", "localhost", ["x-forwarded-for": "10.0.0.7"], 403),
            ("127.0.0.1", "localhost", ["forwarded": "for=10.0.0.7"], 403),
            ("127.0.0.1", "localhost", ["origin": "https://page.example"], 403),
            ("127.0.0.1", "localhost:8000", ["origin": "http://localhost:8000"], 200),
        ] as [(String, String, [String: String], Int)])
    func locality(peer: String, host: String, headers: [String: String], status: Int) async throws {
        let server = server {
            $0.host = "0.0.0.0"
            $0.access.isInsecure = true
            $0.corsOrigins = ["*"]
        }
        for path in ["/traces", "/traces/tr-0123456789abcdef0123456789abcdef"] {
            let request = ServerRequest(
                method: .get, target: path, authority: host, headers: RequestHeaders(headers).fields, peer: peer)
            let reply = await server.site.answer(request, client: ClientPresence())
            #expect(reply.status.code == (status == 200 && path != "/traces" ? 404 : status))
        }
    }

    private struct NoBody: Error {}

    @Test("shows forwarded users their own, wherever they are")
    func forwardedUsers() async throws {
        let server = server {
            $0.host = "0.0.0.0"
            $0.access.isInsecure = true
            $0.access.trustsForwardedUser = true
        }
        try plant([.sample(1, of: "ada"), .sample(2, of: "bob"), .sample(3)], in: server)
        func answer(_ headers: [String: String]) async -> Reply {
            let request = ServerRequest(
                method: .get, target: "/traces", authority: "app.example", headers: RequestHeaders(headers).fields,
                peer: "10.0.0.1")
            return await server.site.answer(request, client: ClientPresence())
        }
        #expect(await answer([:]).status == 403)
        let reply = await answer(["x-forwarded-user": "ada", "x-forwarded-for": "10.1.1.1"])
        guard case .whole(let body) = reply.body else { throw NoBody() }
        let json = try JSON(parsing: Array(body.readableBytesView))
        #expect(json["data"]?.arrayValue?.map { $0["principal"] } == ["ada"])
    }

    @Test("lets traces that are there grow old where new ones go elsewhere")
    func exported() async throws {
        try await TemporaryFolder.with { folder in
            var configuration = AgentServer.Configuration()
            configuration.store.location = folder.path + "/traces.db"
            func count(after change: (inout AgentServer.Configuration) -> Void) async throws -> Int64? {
                var changed = configuration
                change(&changed)
                let store = try #require(try AgentServer(ClosureAgent()).openStore(changed))
                if changed.keptTraceCount > 0 {
                    let now = SpanClock.now / 1_000_000_000
                    try await store.insert((0..<3).compactMap { KeptTrace(.sample(Int(now) - $0)) })
                }
                try await store.sweep()
                let count = try await store.integer("SELECT count(*) FROM traces")
                await store.close()
                return count
            }
            let kept = try await count { _ in }
            let exported = try await count { $0.tracing.environment["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:9" }
            let refused = try await count { $0.traces.keep = 0 }
            #expect([kept, exported, refused] == [3, 3, 0])
        }
    }

    // MARK: Over a socket

    @Test("makes up what goes on away from the event loops of connections")
    func place() async throws {
        let onLoop = Sightings()
        var configuration = AgentServer.Configuration()
        configuration.traces.seed = { sink in
            _ = Trace(sink: sink).begin("agent") {
                onLoop.add(MultiThreadedEventLoopGroup.currentEventLoop != nil)
                return "in"
            }
        }
        try await withLiveServer(ClosureAgent(), configuration: configuration) { port in
            let list = try await RawAnswer.get("/traces", port: port)
            let json = try JSON(parsing: list.body)
            let id = try #require(json["first_id"]?.stringValue)
            #expect(try await RawAnswer.get("/traces/\(id)", port: port).status == 200)
        }
        #expect(onLoop.all == [false, false])
    }

    @Test("finds in the store what an earlier server has left there")
    func restart() async throws {
        try await TemporaryFolder.with { folder in
            var configuration = AgentServer.Configuration()
            configuration.store.location = folder.path + "/traces.db"
            try await withLiveServer(ClosureAgent(), configuration: configuration) { port in
                let body = "{\"input\": \"kept\"}"
                let answer = try await RawAnswer.get(
                    "/responses", method: "POST", port: port, headers: "Content-Length: \(body.utf8.count)\r\n",
                    body: body)
                #expect(answer.status == 200)
            }
            try await withLiveServer(ClosureAgent(), configuration: configuration) { port in
                let answer = try await RawAnswer.get("/traces", port: port)
                #expect(answer.body.contains(#""request_preview":"kept""#))
            }
        }
    }
}

/// What was seen, one after the other.
private final class Sightings: Sendable {
    private let values = Mutex<[Bool]>([])

    var all: [Bool] { values.withLock { $0 } }

    func add(_ value: Bool) { values.withLock { $0.append(value) } }
}

extension FinishedTrace {
    /// A trace of the second that its number says.
    fileprivate static func sample(
        _ number: Int, of principal: String = "", session: String? = nil, failure: String? = nil
    ) -> FinishedTrace {
        let start = UInt64(number) * 1_000_000_000
        let span = FinishedSpan(
            id: SpanID(value: 1), parent: nil, name: "agent", type: .unknown, start: start, end: start + 5_000_000,
            failure: failure)
        var annotations = TraceAnnotations()
        annotations.session = session
        return FinishedTrace(
            id: TraceID(high: 1, low: UInt64(number)), spans: [span], annotations: annotations, principal: principal)
    }
}
