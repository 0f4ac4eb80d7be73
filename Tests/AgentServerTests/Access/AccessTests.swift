import AgentServerTesting
import HTTPTypes
import Logging
import NIOCore
import TestSupport
import Testing

@testable import AgentServer

@Suite("Access")
struct AccessTests {
    private func configuration(
        _ keys: [String] = ["ops:secret", "boss+admin:other"],
        _ change: (inout AgentServer.Configuration) -> Void = { _ in }
    ) throws -> AgentServer.Configuration {
        var configuration = AgentServer.Configuration()
        configuration.access.apiKeys = try keys.map { try APIKey(parsing: $0) }
        change(&configuration)
        return configuration
    }

    private func server(
        _ keys: [String] = ["ops:secret", "boss+admin:other"],
        _ change: (inout AgentServer.Configuration) -> Void = { _ in }
    ) throws -> TestAgentServer {
        TestAgentServer(principalAgent, configuration: try configuration(keys, change))
    }

    // MARK: Keys

    @Test(
        "is given to those who send a key, whose name the agent learns",
        arguments: [
            ("Bearer secret", "<ops>"), ("bearer other", "<boss>"), ("BEARER   secret", "<ops>"),
        ])
    func keys(header: String, text: String) async throws {
        let answer = try await server().invoke(userMessage("?"), headers: ["authorization": header])
        #expect(answer.status == 200)
        #expect(answer.outputText == text)
    }

    @Test(
        "is refused to others, in MLflow's form",
        arguments: [
            nil, "", "Bearer", "Bearer ", "secret", "Basic secret", "Bearersecret", "Bearer Secret", "Bearer secret x",
            "Bearer ops:secret", "Bearer a.b.c",
        ])
    func refusals(header: String?) async throws {
        let answer = try await server().invoke(
            userMessage("?"), headers: header.map { ["authorization": $0] } ?? [:]
        )
        #expect(answer.status == 401)
        #expect(answer.headers["www-authenticate"] == "Bearer")
        #expect(answer.headers["x-request-id"] != nil)
        #expect(answer.json.objectValue?.count == 1)
        #expect(answer.json["detail"]?.stringValue?.isEmpty == false)
    }

    @Test(
        "needs no key for health and the description, and tells nothing new of other paths",
        arguments: [
            ("GET", "/health", 200), ("HEAD", "/health", 200), ("POST", "/health", 405), ("GET", "/docs", 200),
            ("GET", "/openapi.json", 200), ("GET", "/nowhere", 404), ("POST", "/invocations/", 307),
            ("GET", "/agent/info", 401), ("HEAD", "/agent/info", 401), ("POST", "/agent/info", 401),
            ("GET", "/invocations", 401), ("OPTIONS", "/invocations", 401), ("GET", "/%61gent/info", 401),
        ])
    func paths(method: String, target: String, status: Int) async throws {
        let server = try server()
        #expect(await server.send(method, target).status == status)
        let known = ["authorization": "Bearer secret"]
        #expect(await server.send(method, target, headers: known).status != 401)
    }

    @Test("lets browsers ask whether they may send a key, and shows pages why they were refused")
    func preflight() async throws {
        let server = try server { $0.corsOrigins = ["https://a.example"] }
        let headers = ["origin": "https://a.example", "access-control-request-method": "POST"]
        #expect(await server.send("OPTIONS", "/invocations", headers: headers).status == 204)
        let other = ["origin": "https://b.example", "access-control-request-method": "POST"]
        #expect(await server.send("OPTIONS", "/invocations", headers: other).status == 405)
        let refused = await server.send("POST", "/invocations", headers: ["origin": "https://a.example"])
        #expect(refused.headers["access-control-allow-origin"] == "https://a.example")
    }

    @Test("is everybody's where no key is asked for, in one name, with any key")
    func open() async throws {
        let server = try server([])
        for header in ["Bearer x", "nonsense", ""] {
            let answer = await server.invoke(userMessage("?"), headers: ["authorization": header])
            #expect(answer.outputText == "<>")
        }
    }

    @Test("makes an administrator of the holder of a key that says so")
    func administrator() async throws {
        let access = try #require(AccessControl(try configuration().access, logger: Logger(label: "test")))
        func principal(_ key: String) async throws -> Principal {
            try await access.admit(
                ServerRequest(method: .get, target: "/agent/info", headers: [.authorization: "Bearer \(key)"])
            )
        }
        #expect(try await principal("other") == Principal(id: "boss", isAdmin: true))
        #expect(try await principal("secret") == Principal(id: "ops", isAdmin: false))
    }

    @Test("has nothing to do where nothing is asked for")
    func nothing() throws {
        #expect(AccessControl(AgentServer.Configuration.Access(), logger: Logger(label: "test")) == nil)
    }

    // MARK: Over a socket

    @Test("is checked before a protocol is changed")
    func upgrade() async throws {
        try await withLiveServer(principalAgent, configuration: try configuration()) { port in
            let upgrade = "Upgrade: websocket\r\nConnection: upgrade\r\n"
            let answer = try await RawAnswer.get("/agent/info", port: port, headers: upgrade)
            #expect(answer.status == 401)
            #expect(try await call(port, key: "secret") == (200, "<ops>"))
            #expect(try await call(port, key: nil).status == 401)
        }
    }

    @Test("is the chat app's own business for what is forwarded to it")
    func proxied() async throws {
        let keys = try configuration().access
        try await RawUpstream.withProxy {
            $0.access = keys
        } answer: { client, _ in
            _ = try await client.readHead()
            try await client.reply("from the app")
        } _: { port in
            let answer = try await RawAnswer.get("/api/x", port: port)
            #expect(answer.body == "from the app")
            #expect(try await RawAnswer.get("/agent/info", port: port).status == 401)
        }
    }

    // MARK: Forwarded users

    @Test("goes by the forwarded user only where the operator says so")
    func forwardedUser() async throws {
        let user = ["x-forwarded-user": "ada", "x-forwarded-email": "ada@example.com"]
        #expect(try await server([]).invoke(userMessage("?"), headers: user).outputText == "<>")
        let trusting = try server([]) { $0.access.trustsForwardedUser = true }
        #expect(await trusting.invoke(userMessage("?"), headers: user).outputText == "<ada>")
        let email = ["x-forwarded-user": "", "x-forwarded-email": "ada@example.com"]
        #expect(await trusting.invoke(userMessage("?"), headers: email).outputText == "<ada@example.com>")
        #expect(await trusting.invoke(userMessage("?")).outputText == "<>")
        let long = ["x-forwarded-user": String(repeating: "a", count: 513)]
        #expect(await trusting.invoke(userMessage("?"), headers: long).status == 401)
    }

    @Test("goes by the key where one is asked for, whatever is forwarded")
    func keysFirst() async throws {
        let server = try server { $0.access.trustsForwardedUser = true }
        let user = ["x-forwarded-user": "ada"]
        #expect(await server.invoke(userMessage("?"), headers: user).status == 401)
        let both = user.merging(["authorization": "Bearer secret"]) { first, _ in first }
        #expect(await server.invoke(userMessage("?"), headers: both).outputText == "<ops>")
    }

    // MARK: Rate

    @Test("is limited for each principal, and for nobody who is not let in")
    func rate() async throws {
        let server = try server { $0.access.rateLimit = 2 }
        let (ops, boss) = (["authorization": "Bearer secret"], ["authorization": "Bearer other"])
        for _ in 0..<3 { #expect(await server.send("GET", "/agent/info").status == 401) }
        for _ in 0..<2 { #expect(await server.send("GET", "/agent/info", headers: ops).status == 200) }
        let refused = await server.send("GET", "/agent/info", headers: ops)
        #expect(refused.status == 429)
        #expect(refused.json["detail"]?.stringValue?.isEmpty == false)
        #expect(refused.headers["www-authenticate"] == nil)
        #expect((1...30).contains(try #require(refused.headers["retry-after"].flatMap { Int($0) })))
        #expect(await server.invoke(userMessage("?"), headers: ops).status == 429)
        #expect(await server.invoke(userMessage("?"), headers: boss).status == 200)
        for _ in 0..<5 { #expect(await server.send("GET", "/health", headers: ops).status == 200) }
    }

    @Test("is limited for all together where nobody is told apart")
    func rateForAll() async throws {
        let server = try server([]) { $0.access.rateLimit = 1 }
        #expect(await server.send("GET", "/agent/info", headers: ["authorization": "Bearer a"]).status == 200)
        #expect(await server.send("GET", "/agent/info", headers: ["authorization": "Bearer b"]).status == 429)
    }

    // MARK: Forms

    @Test(
        "is refused in the form of the path's dialect",
        arguments: [
            ("/responses", true), ("/responses/resp_1?x=/v1", true), ("/v1/responses", true),
            ("/conversations/c/items", true), ("/models", true), ("/models/demo", true),
            ("/v1/models?x", true), ("/invocations", false), ("/agent/info", false), ("/v1", false), ("/v1/x", false),
            ("/responsesx", false), ("/v10/x", false), ("/x?/responses", false),
        ])
    func forms(target: String, isOpenResponses: Bool) throws {
        let (refused, slow) = (
            AccessRefusal.wrongKey.reply(at: target), AccessRefusal.tooMany(retryAfter: 7).reply(at: target)
        )
        #expect(refused.status.code == 401)
        #expect(refused.headers[.wwwAuthenticate] == "Bearer")
        #expect(slow.status.code == 429)
        #expect(slow.headers[.retryAfter] == "7")
        for (reply, type, code) in [
            (refused, "invalid_request", "invalid_api_key"), (slow, "too_many_requests", "rate_limit_exceeded"),
        ] {
            guard case .whole(let buffer) = reply.body else {
                Issue.record("a stream")
                continue
            }
            let body = try JSON(parsing: Array(buffer.readableBytesView))
            let message = try #require(body["detail"])
            let error: JSON = ["message": message, "type": .string(type), "code": .string(code), "param": .null]
            #expect(body == (isOpenResponses ? ["error": error, "detail": message] : ["detail": message]))
        }
    }
}
