import HTTPTypes
import TestSupport
import Testing

@testable import AgentServer

@Suite("A WebSocket's handshake", .serialized)
struct WebSocketHandshakeTests {
    @Test("is agreed to, as the standard's example has it")
    func agreement() async throws {
        try await WebSocketServer.with { server in
            try await RawClient.with(port: server.port) { client in
                try await client.send(WebSocketServer.handshake(headers: "x-request-id: abc\r\n"))
                let answer = try RawAnswer(try await client.read(until: "\r\n\r\n"))
                #expect(answer.status == 101)
                #expect(answer["upgrade"] == "websocket")
                #expect(answer["connection"] == "upgrade")
                #expect(answer["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                #expect(answer["x-request-id"] == "abc")
                #expect(answer["date"] != nil)
                for name in ["sec-websocket-extensions", "sec-websocket-protocol", "content-length"] {
                    #expect(answer[name] == nil)
                }
            }
        }
    }

    @Test("loses no bytes that follow it at once")
    func early() async throws {
        try await WebSocketServer.with { server in
            try await RawClient.with(port: server.port) { client in
                try await client.send(Array(WebSocketServer.handshake().utf8) + RawFrame.text("early").masked())
                _ = try await client.readHead()
                #expect(try await client.nextFrame() == .text("early"))
            }
        }
    }

    @Test(
        "agrees on the handler's subprotocol with those who offer it",
        arguments: [("a, spoken", "spoken"), ("spoken", "spoken"), ("Spoken", nil), ("", nil)] as [(String, String?)])
    func subprotocol(offered: String, agreed: String?) async throws {
        try await WebSocketServer.with(subprotocol: "spoken") { server in
            let headers = offered.isEmpty ? "" : "Sec-WebSocket-Protocol: \(offered)\r\n"
            try await RawClient.with(port: server.port) { client in
                try await client.send(WebSocketServer.handshake(headers: headers))
                let answer = try RawAnswer(try await client.read(until: "\r\n\r\n"))
                #expect(answer.status == 101)
                #expect(answer["sec-websocket-protocol"] == agreed)
            }
        }
    }

    private static let upgrade = "Connection: upgrade\r\nUpgrade: WebSocket\r\n"
    private static let version = "Sec-WebSocket-Version: 13\r\n"
    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    @Test(
        "is refused where it is none",
        arguments: [
            ("Upgrade: websocket\r\n" + version + key, 400),
            (upgrade + key, 426),
            (upgrade + "Sec-WebSocket-Version: 8\r\n" + key, 426),
            (upgrade + "Sec-WebSocket-Version: 13, 8\r\n" + key, 426),
            (upgrade + version, 400),
            (upgrade + version + key + key, 400),
            (upgrade + version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n", 400),
            (upgrade + version + "Sec-WebSocket-Key: dGhlIHNhbXBs!SBub25jZQ==\r\n", 400),
            (upgrade + version + key + "Content-Length: 2\r\n", 400),
        ])
    func refused(headers: String, status: Int) async throws {
        try await WebSocketServer.with { server in
            let answer = try await RawAnswer.get("/socket", port: server.port, headers: headers, body: "xx")
            #expect(answer.status == status)
            #expect(answer.json["detail"]?.stringValue?.isEmpty == false)
            #expect(answer["x-request-id"] != nil)
            #expect(answer["sec-websocket-version"] == (status == 426 ? "13" : nil))
            #expect(answer["upgrade"] == (status == 426 ? "websocket" : nil))
            #expect(answer["connection"]?.contains("close") == true)
        }
    }

    @Test("leaves the path's other requests alone", arguments: ["GET", "HEAD", "PUT"])
    func otherMethods(method: String) async throws {
        try await WebSocketServer.with { server in
            let answer = try await RawAnswer.get("/socket", method: method, port: server.port)
            #expect(answer.status == 405)
            #expect(answer["allow"] == "POST")
            #expect(try await RawAnswer.get("/socket", method: "POST", port: server.port).body == "posted")
            let headers = "Upgrade: websocket\r\n" + Self.version + Self.key
            let post = try await RawAnswer.get("/socket", method: "POST", port: server.port, headers: headers)
            #expect(post.body == "posted")
        }
    }

    @Test("is what other requests are told of where there is nothing else")
    func alone() async throws {
        try await WebSocketServer.with { server in
            let plain = try await RawAnswer.get("/alone", port: server.port)
            #expect(plain.status == 426)
            #expect(plain["sec-websocket-version"] == "13")
            #expect(plain["upgrade"] == "websocket")
            let post = try await RawAnswer.get("/alone", method: "POST", port: server.port)
            #expect(post.status == 405)
            #expect(post["allow"] == "GET")
        }
    }

    @Test("means nothing in HTTP/1.0")
    func legacy() async throws {
        try await WebSocketServer.with { server in
            let answer = try await RawClient.with(port: server.port) { client in
                let handshake = WebSocketServer.handshake()
                try await client.send(handshake.replacing("HTTP/1.1", with: "HTTP/1.0"))
                return try await client.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.0 405 "))
        }
    }

    @Test(
        "is refused to pages of other origins, wherever the server listens",
        arguments: ["127.0.0.1", "0.0.0.0"],
        [
            ("http://localhost:8000", 101), ("https://LOCALHOST:8000", 101), ("http://localhost", 403),
            ("http://localhost:3000", 403), ("https://evil.example", 403), ("null", 403), ("", 403),
            ("https://localhost:8000.evil.example", 403), ("https://named.example", 101),
        ])
    func origins(host: String, page: (origin: String, status: Int)) async throws {
        try await WebSocketServer.with(WebSocketServer.echo) {
            $0.host = host
            $0.corsOrigins = ["https://named.example"]
        } _: { server in
            try await RawClient.with(port: server.port) { client in
                let handshake = WebSocketServer.handshake(headers: "Origin: \(page.origin)\r\n")
                try await client.send(handshake.replacing("Host: localhost\r\n", with: "Host: localhost:8000\r\n"))
                #expect(try await client.readHead().hasPrefix("http/1.1 \(page.status) "))
            }
        }
    }

    @Test(
        "knows the ports that are left out",
        arguments: [
            ("https://a.example", "a.example:443", true), ("https://a.example:443", "a.example", true),
            ("http://a.example", "a.example:80", true), ("http://a.example", "a.example:443", false),
            ("http://[::1]:80", "[::1]", true), ("a.example", "a.example", false),
        ])
    func ports(origin: String, authority: String, isSame: Bool) {
        #expect(HostCheck.isSameOrigin(origin, as: authority) == isSame)
        #expect(!HostCheck.isSameOrigin(origin, as: nil))
    }

    @Test("is refused under other names while the server listens on loopback")
    func host() async throws {
        try await WebSocketServer.with { server in
            try await RawClient.with(port: server.port) { client in
                let handshake = WebSocketServer.handshake()
                try await client.send(handshake.replacing("localhost", with: "evil.example"))
                #expect(try await client.readHead().hasPrefix("http/1.1 403 "))
            }
        }
    }

    @Test("stays with the server where others are forwarded")
    func proxy() async throws {
        try await RawUpstream.with { app, _ in
            _ = try await app.readHead()
            try await app.reply("the app's", status: "400 No")
        } _: { appPort in
            try await WebSocketServer.with(WebSocketServer.echo) {
                $0.chatProxy.isEnabled = true
                $0.chatProxy.port = appPort
                $0.chatProxy.pathPrefixes = ["/"]
            } _: { server in
                try await RawClient.with(port: server.port) { client in
                    try await client.send(WebSocketServer.handshake())
                    #expect(try await client.readHead().hasPrefix("http/1.1 101 "))
                    try await client.send(RawFrame.text("x"))
                    #expect(try await client.nextFrame() == .text("x"))
                }
                try await RawClient.with(port: server.port) { client in
                    try await client.send(WebSocketServer.handshake("/elsewhere"))
                    #expect(try await client.readToEnd().hasSuffix("the app's"))
                }
            }
        }
    }
}
