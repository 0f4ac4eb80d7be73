import AgentServer
import AgentServerTesting
import Testing

@Suite("The routes")
struct RouterTests {
    private let server = TestAgentServer(ClosureAgent())

    @Test("answer health and info as MLflow does")
    func infos() async throws {
        #expect(await server.send("GET", "/health").text == #"{"status":"healthy"}"#)
        let info = await server.send("GET", "/agent/info")
        let expected =
            #"{"name":"mlflow_agent_server","use_case":"agent","mlflow_version":"3.17.2","agent_api":"responses"}"#
        #expect(info.text == expected)
        let plain = await TestAgentServer(AgentServer()).send("GET", "/agent/info")
        #expect(plain.json["agent_api"] == nil)
    }

    @Test(
        "refuse other methods with what is allowed",
        arguments: [
            ("GET", "/invocations", "POST"), ("DELETE", "/invocations", "POST"), ("HEAD", "/invocations", "POST"),
            ("POST", "/health", "GET"), ("OPTIONS", "/agent/info", "GET"),
        ])
    func methods(method: String, path: String, allowed: String) async throws {
        let answer = await server.send(method, path)
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == allowed)
        #expect(answer.json == ["detail": "Method Not Allowed"])
    }

    @Test(
        "err below a dialect's paths as the dialect does",
        arguments: [
            ("GET", "/responses", 405, "POST"), ("PUT", "/v1/responses", 405, "POST"),
            ("PATCH", "/v1/conversations/c", 405, "GET, POST, DELETE"), ("POST", "/models/m", 405, "GET"),
            ("POST", "/responses/r/nope", 404, nil), ("GET", "/v1/conversations/c/x/y", 404, nil),
            ("GET", "/models/a/b", 404, nil), ("GET", "/v1/models/a/b/?c=1", 404, nil),
        ] as [(String, String, Int, String?)])
    func dialectErrors(method: String, path: String, status: Int, allowed: String?) async {
        let answer = await server.send(method, path)
        #expect(answer.status == status)
        #expect(answer.headers["allow"] == allowed)
        let message: JSON = status == 405 ? "Method Not Allowed" : "Not Found"
        let error: JSON = [
            "message": message, "type": status == 405 ? "invalid_request" : "not_found",
            "code": status == 405 ? "method_not_allowed" : "not_found", "param": .null,
        ]
        #expect(answer.json == ["error": error, "detail": message])
        var configuration = AgentServer.Configuration()
        configuration.chatProxy.isEnabled = true
        let proxying = TestAgentServer(ClosureAgent(), configuration: configuration)
        #expect(await proxying.send(method, path).json == answer.json)
    }

    @Test("err as the original where there is no such dialect", arguments: ["/responses", "/v1/models", "/v1/x"])
    func plainErrors(path: String) async {
        let answer = await TestAgentServer(AgentServer()).send("GET", path)
        #expect(answer.status == 404)
        #expect(answer.json == ["detail": "Not Found"])
    }

    @Test(
        "send paths with slashes at their end to the right one",
        arguments: [
            ("/health/", "/health"), ("/health//", "/health"), ("/health/?a=1&b=%20", "/health?a=1&b=%20"),
            ("/invocations/", "/invocations"), ("/agent/info/?", "/agent/info"),
        ])
    func slashes(target: String, location: String) async throws {
        let answer = await server.send("POST", target, headers: ["host": "127.0.0.1:8000"])
        #expect(answer.status == 307)
        #expect(answer.headers["location"] == "http://127.0.0.1:8000" + location)
        #expect(answer.bytes.isEmpty)
    }

    @Test(
        "keep the scheme that a proxy on this machine tells, and no other word",
        arguments: [("https", "https"), ("HTTPS", "https"), ("javascript", "http"), ("", "http")]
    )
    func forwardedScheme(forwarded: String, scheme: String) async throws {
        let headers = ["host": "127.0.0.1", "x-forwarded-proto": forwarded]
        let answer = await server.send("GET", "/health/", headers: headers)
        #expect(answer.headers["location"] == "\(scheme)://127.0.0.1/health")
    }

    @Test(
        "know no other path",
        arguments: [
            "/", "/nope", "/nope/", "//health", "/./health", "/x/../health", "/Health", "/health%20", "/health%zz",
            "/health%3Fa=1", "*", "", "/agent", "/health%", "/%", "/v1", "/v1/", "/v1/nope", "/responsesx",
            "/v10/responses",
        ])
    func unknown(target: String) async throws {
        let answer = await server.send("GET", target)
        #expect(answer.status == 404)
        #expect(answer.json == ["detail": "Not Found"])
    }

    @Test("take an escaped slash for a part of what stands in a place")
    func escapedSlashes() async {
        let answer = await server.send("GET", "/responses/a%2Fb%3Fc")
        #expect(answer.status == 404)
        #expect(answer.json["error"]?["message"] == "Response with id 'a/b?c' not found.")
        #expect(await server.send("POST", "/responses/a%2Fcancel").status == 405)
    }

    @Test("send what stands in a place back as it came")
    func escapedRedirect() async {
        let answer = await server.send("GET", "/responses/a%0D%0Ab%2F//?c=1", headers: ["host": "127.0.0.1"])
        #expect(answer.status == 307)
        #expect(answer.headers["location"] == "http://127.0.0.1/responses/a%0D%0Ab%2F?c=1")
    }

    @Test(
        "are found behind escapes and queries",
        arguments: ["/%68ealth", "/health?", "/health?x=/nope", "/health#x", "/health?a#b?c"])
    func escapes(target: String) async throws {
        #expect(await server.send("GET", target).status == 200)
    }
}

@Suite("The check of the Host header")
struct HostCheckTests {
    @Test(
        "lets loopback's names pass while the server listens on loopback",
        arguments: [
            "localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "127.8.9.1:1", "[::1]:8000", "app.localhost",
        ])
    func loopback(host: String) async throws {
        let answer = await TestAgentServer(ClosureAgent()).send("GET", "/health", headers: ["host": host])
        #expect(answer.status == 200)
    }

    @Test(
        "refuses other names, for a page may lead its name to 127.0.0.1",
        arguments: [
            "evil.example", "evil.example:8000", "127.0.0.1.evil.example", "127.0.0.1:80.evil.example",
            "localhost.evil",
            "a b", "[::1", "::1:8000", "127.0.0.256", "1.2.3.4", "127.0.0.1:",
        ])
    func others(host: String) async throws {
        let answer = await TestAgentServer(ClosureAgent()).send("GET", "/health", headers: ["host": host])
        // A port may be empty by the grammar of authorities.
        #expect(answer.status == (host == "127.0.0.1:" ? 200 : 403))
    }

    @Test("lets names pass that were allowed, or all of them")
    func allowed() async throws {
        var configuration = AgentServer.Configuration()
        configuration.allowedHosts = ["Agent.Example"]
        let named = TestAgentServer(ClosureAgent(), configuration: configuration)
        #expect(await named.send("GET", "/health", headers: ["host": "agent.example:80"]).status == 200)
        #expect(await named.send("GET", "/health", headers: ["host": "other.example"]).status == 403)
        configuration.allowedHosts = ["*"]
        let any = TestAgentServer(ClosureAgent(), configuration: configuration)
        #expect(await any.send("GET", "/health", headers: ["host": "other.example"]).status == 200)
    }

    @Test(
        "keeps other origins' pages from calling the agent blindly",
        arguments: [
            ("https://evil.example", 403), ("null", 403), ("http://localhost:3000", 200), ("http://127.0.0.1", 200),
        ])
    func origins(origin: String, status: Int) async throws {
        let server = TestAgentServer(ClosureAgent())
        let headers = ["origin": origin, "content-type": "text/plain"]
        #expect(await server.invoke(userMessage("x"), headers: headers).status == status)
        // What only reads is the browser's business.
        #expect(await server.send("GET", "/health", headers: headers).status == 200)
    }

    @Test("is off where the server listens to the world")
    func world() async throws {
        var configuration = AgentServer.Configuration()
        configuration.host = "0.0.0.0"
        let server = TestAgentServer(ClosureAgent(), configuration: configuration)
        let headers = ["host": "agent.example", "origin": "https://evil.example"]
        #expect(await server.invoke(userMessage("x"), headers: headers).status == 200)
    }
}

@Suite("Cross-origin requests")
struct CrossOriginTests {
    private func server(_ origins: [String]) -> TestAgentServer {
        var configuration = AgentServer.Configuration()
        configuration.corsOrigins = origins
        return TestAgentServer(ClosureAgent(), configuration: configuration)
    }

    @Test("are not answered to pages unless their origin was named")
    func none() async throws {
        let headers = ["origin": "https://a.example", "access-control-request-method": "POST"]
        for server in [server([]), server(["https://b.example"])] {
            let preflight = await server.send("OPTIONS", "/invocations", headers: headers)
            #expect(preflight.status == 405)
            #expect(preflight.headers["access-control-allow-origin"] == nil)
            let get = await server.send("GET", "/health", headers: headers)
            #expect(get.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test("of a named origin are allowed, and that origin alone is told so", arguments: ["https://a.example", "*"])
    func named(origin: String) async throws {
        let server = server([origin])
        let preflight = await server.send(
            "OPTIONS", "/invocations",
            headers: [
                "origin": "https://a.example", "access-control-request-method": "POST",
                "access-control-request-headers": "content-type",
            ]
        )
        #expect(preflight.status == 204)
        #expect(preflight.headers["access-control-allow-origin"] == "https://a.example")
        #expect(preflight.headers["access-control-allow-headers"] == "content-type")
        let get = await server.send("GET", "/health", headers: ["origin": "https://a.example"])
        #expect(get.headers["access-control-allow-origin"] == "https://a.example")
        #expect(get.headers["vary"] == "origin")
    }
}
