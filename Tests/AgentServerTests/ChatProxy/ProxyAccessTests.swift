import AgentServer
import TestSupport
import Testing

@Suite("A forwarded path", .serialized)
struct ProxyAccessTests {
    private static let handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"

    @Test(
        "is closed to pages of other origins, but for reading",
        arguments: [
            ("GET", "", 200), ("POST", "Content-Length: 0\r\n", 403), ("DELETE", "", 403), ("GET", handshake, 403),
        ])
    func origin(method: String, headers: String, status: Int) async throws {
        try await RawUpstream.withProxy { app, _ in
            let head = try await app.readHead()
            #expect(head.hasPrefix("get ") && !head.contains("upgrade"))
            try await app.reply("done")
        } _: { port in
            let answer = try await RawAnswer.get(
                "/api/x", method: method, port: port, headers: "Origin: https://evil.example\r\n" + headers
            )
            #expect(answer.status == status)
            #expect(answer["access-control-allow-origin"] == nil)
        }
    }

    @Test("is open to loopback's own pages, for a WebSocket too")
    func ownOrigin() async throws {
        try await RawUpstream.withProxy { app, _ in
            #expect(try await app.readHead().contains("upgrade: websocket"))
            try await app.send("HTTP/1.1 101 OK\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        } _: { port in
            let answer = try await RawAnswer.get(
                "/chat/socket", port: port, headers: "Origin: http://localhost:5173\r\n" + Self.handshake
            )
            #expect(answer.status == 101)
        }
    }

    @Test("is closed to other names of this server")
    func host() async throws {
        try await RawUpstream.withProxy { _, _ in
            Issue.record("The app was asked")
        } _: { port in
            try await RawClient.with(port: port) { client in
                try await client.send("GET /api/x HTTP/1.1\r\nHost: rebound.example\r\n\r\n")
                #expect(try await client.readHead().hasPrefix("http/1.1 403 "))
            }
        }
    }

    @Test("may be read by pages of an origin that is named, by the server's word and not by the app's")
    func cors() async throws {
        try await RawUpstream.withProxy {
            $0.corsOrigins = ["https://app.example"]
            $0.allowedHosts = ["app.example"]
        } answer: { app, _ in
            _ = try await app.readHead()
            try await app.reply("done", headers: "Access-Control-Allow-Origin: https://other.example\r\n")
        } _: { port in
            let origin = "Origin: https://app.example\r\n"
            let answer = try await RawAnswer.get("/api/x", port: port, headers: origin)
            #expect(answer.body == "done")
            #expect(answer["access-control-allow-origin"] == "https://app.example")
            let preflight = try await RawAnswer.get(
                "/api/x", method: "OPTIONS", port: port, headers: origin + "Access-Control-Request-Method: POST\r\n"
            )
            #expect(preflight.status == 204)
            #expect(preflight["access-control-allow-origin"] == "https://app.example")
        }
    }

    @Test("gives way to the server's own routes")
    func routes() async throws {
        try await RawUpstream.withProxy {
            $0.chatProxy.pathPrefixes = ["/"]
        } answer: { app, _ in
            _ = try await app.readHead()
            try await app.reply("from the app")
        } _: { port in
            let health = try await RawAnswer.get("/health", port: port)
            #expect(health.body == #"{"status":"healthy"}"#)
            #expect(try await RawAnswer.get("/invocations", port: port).status == 405)
            #expect(try await RawAnswer.get("/elsewhere", port: port).body == "from the app")
        }
    }

    @Test("may be any that the configuration names")
    func named() async throws {
        try await RawUpstream.withProxy {
            $0.chatProxy.exactPaths = ["/exact"]
            $0.chatProxy.pathPrefixes = ["/more/"]
        } answer: { app, _ in
            _ = try await app.readHead()
            try await app.reply("done")
        } _: { port in
            for (path, status) in [("/exact", 200), ("/more/x", 200), ("/exact/x", 404), ("/moreover", 404)] {
                let answer = try await RawAnswer.get(path, port: port)
                #expect(answer.status == status, "\(path)")
            }
        }
    }

    @Test("is logged like any other, with what the client got")
    func accessLog() async throws {
        let log = try await ChatApp.with { appPort in
            let agent = try AgentProcess(
                ["--port", "0", "--access-log", "--chat-proxy"], environment: ["CHAT_APP_PORT": "\(appPort)"]
            )
            let port = try await agent.port()
            for target in ["/ping?secret=1", "/api/close", "/api/status?code=418", "/api/..;/x"] {
                _ = try await RawAnswer.get(target, port: port, headers: "x-request-id: r-1\r\nCookie: secret\r\n")
            }
            // Leaves before the answer comes.
            try await RawClient.with(port: port) { client in
                try await client.send(
                    "GET /api/slow?ms=5000 HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n")
                _ = try await client.readHead()
            }
            agent.terminate()
            return await agent.outcome().standardError
        }
        let lines = log.split(separator: "\n")
        for (path, status, bytes) in [
            ("/ping", 200, 4), ("/api/close", 502, 75), ("/api/status", 418, 15), ("/api/..;/x", 404, 9),
            ("/api/slow", 499, 0),
        ] {
            let line = try #require(lines.first { $0.contains("path=\(path) ") }, "\(path)")
            for part in ["method=GET", "status=\(status) ", "bytes=\(bytes) ", "peer=127.0.0.1"] {
                #expect(line.contains(part), "\(line)")
            }
            if path != "/api/slow" { #expect(line.contains("request_id=r-1")) }
        }
        #expect(!log.contains("secret"))
    }
}
