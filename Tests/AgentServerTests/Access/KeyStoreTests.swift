import NIOSSL
import TestSupport
import Testing
import WebClient

@testable import AgentServer

@Suite("The keys of tokens")
struct KeyStoreTests {
    private func withServer(
        _ url: String, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        var configuration = AgentServer.Configuration()
        configuration.access.jwt.keySet = url
        try await withLiveServer(principalAgent, configuration: configuration, body)
    }

    @Test("are fetched when the server starts, once for all requests that wait, and again when a token names a new one")
    func rotation() async throws {
        let (old, new) = (try await TokenIssuer.ecdsa("old"), try await TokenIssuer.ecdsa("new"))
        let oldToken = try old.token()
        try await KeyServer.with(TokenIssuer.keySet(old)) { keys, url in
            try await withServer(url) { port in
                await withTaskGroup { group in
                    for _ in 0..<8 { group.addTask { (try? await call(port, key: oldToken))?.status } }
                    for await status in group { #expect(status == 200) }
                }
                #expect(keys.asked == 1)
                keys.say(TokenIssuer.keySet(new))
                let before = try await call(port, key: oldToken)
                #expect(before.status == 200)
                #expect(try await call(port, key: new.token()) == (200, "<jwt:ada>"))
                #expect(keys.asked == 2)
                #expect(try await call(port, key: oldToken).status == 401)
                // Nobody can have them fetched again and again.
                for id in ["a", "b", "c"] {
                    #expect(try await call(port, key: new.token(header: ["kid": .string(id)])).status == 401)
                }
                #expect(keys.asked == 2)
            }
        }
    }

    @Test(
        "stay as they are when others cannot be had",
        arguments: [
            ("503 Service Unavailable", "{}"), ("200 OK", "no JSON"), ("200 OK", #"{"keys": []}"#),
            ("302 Found", ""), ("200 OK", String(repeating: " ", count: KeySource.maximumBytes + 1)),
        ])
    func outage(status: String, body: String) async throws {
        let issuer = try await TokenIssuer.ecdsa()
        try await KeyServer.with(TokenIssuer.keySet(issuer)) { keys, url in
            try await withServer(url) { port in
                let before = try await call(port, key: issuer.token())
                #expect(before.status == 200)
                keys.say(body, status: status)
                #expect(try await call(port, key: issuer.token(header: ["kid": "new"])).status == 401)
                #expect(keys.asked == 2)
                #expect(try await call(port, key: issuer.token()).status == 200)
            }
        }
    }

    @Test("may be missing at the start: the server serves, and takes no token")
    func absent() async throws {
        let issuer = try await TokenIssuer.ecdsa()
        // Nobody listens there.
        try await withServer("http://127.0.0.1:1/keys") { port in
            let health = try await RawAnswer.get("/health", port: port)
            #expect(health.status == 200)
            #expect(try await call(port, key: issuer.token()).status == 401)
        }
    }

    // MARK: The client

    @Test("are not waited for longer than they may take")
    func silence() async throws {
        try await RawUpstream.with { client, _ in
            _ = try await client.readHead()
            try await client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")
            _ = try await client.readToEnd()
        } _: { port in
            let address = try #require(WebAddress("http://127.0.0.1:\(port)/"))
            let error = await #expect(throws: WebFetch.Failure.self) {
                try await WebFetch.get(address, limit: 100, timeout: .milliseconds(100), trust: .default)
            }
            #expect(error?.reason == "no answer in time")
        }
    }

    @Test(
        "come in any framing, and whole",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", "abcd"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", "abcd"),
            ("HTTP/1.0 200 OK\r\n\r\nabcd", "abcd"), ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd", nil),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", nil), ("hello\r\n\r\n", nil), ("", nil),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", nil),
        ])
    func framing(answer: String, body: String?) async throws {
        try await RawUpstream.with { client, _ in
            _ = try await client.readHead()
            try await client.send(answer)
        } _: { port in
            let address = try #require(WebAddress("http://localhost:\(port)/"))
            let bytes = try? await WebFetch.get(address, limit: 4, timeout: .seconds(60), trust: .default)
            #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == body)
        }
    }

    @Test("come over HTTPS from a server whose certificate is trusted, and from no other")
    func certificate() async throws {
        try await TLS.withServer { tls, port in
            for host in ["localhost", "127.0.0.1"] {
                let address = try #require(WebAddress("https://\(host):\(port)/health"))
                let bytes = try await WebFetch.get(
                    address, limit: 1000, timeout: .seconds(60), trust: .file(tls.certificateFile)
                )
                #expect(String(decoding: bytes, as: UTF8.self).contains("healthy"))
                await #expect(throws: WebFetch.Failure.self) {
                    try await WebFetch.get(address, limit: 1000, timeout: .seconds(60), trust: .default)
                }
            }
        }
    }

    // MARK: Places

    @Test(
        "are at a URL with its parts",
        arguments: [
            ("https://a.example/keys?x=1#y", true, "a.example", 443, "a.example", "/keys?x=1"),
            ("HTTP://localhost:81", false, "localhost", 81, "localhost:81", "/"),
            ("https://[::1]:8443?x", true, "::1", 8443, "[::1]:8443", "/?x"),
        ])
    func addresses(
        text: String, isSecure: Bool, host: String, port: Int, authority: String, target: String
    ) throws {
        let address = try #require(WebAddress(text))
        #expect(address.isSecure == isSecure)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.authority == authority)
        #expect(address.target == target)
    }

    @Test(
        "are not at what is no URL, or one that is not safe",
        arguments: [
            "ftp://a.example/", "https://", "https:///x", "https://:443/", "https://a:b@c.example/", "https://a:0/",
            "https://a:x/", "https://a:65536/", "https://[::1/", "https://[::1]x/", "https://a b/", "https://a/\r\nx",
            "http://a.example/keys", "http://127.0.0.1.example/", "http://10.0.0.1/",
        ])
    func unusableAddresses(text: String) {
        guard case .unusable = KeySource(text) else {
            Issue.record("usable: \(text)")
            return
        }
        var configuration = AgentServer.Configuration()
        configuration.access.jwt.keySet = text
        #expect(throws: ServerError.self) { try configuration.checkAccess() }
    }

    // MARK: When

    @Test("are fetched for an unknown one at most once a minute, and one fetch does for all")
    func unknownKeys() {
        let start = ContinuousClock.now
        var refresh = KeyRefresh()
        refresh.began()
        refresh.ended(failed: false, now: start)
        #expect(refresh.missed(waiting: 0, now: start) == .fetch)
        #expect(refresh.missed(waiting: 1, now: start) == .wait)
        #expect(refresh.missed(waiting: KeyRefresh.maximumWaiting, now: start) == .refuse)
        refresh.ended(failed: false, now: start + .seconds(1))
        #expect(refresh.missed(waiting: 0, now: start + .seconds(59)) == .refuse)
        #expect(refresh.missed(waiting: 0, now: start + .seconds(60)) == .fetch)
    }

    @Test("of a server that has none are asked for by requests, which is no reason to refuse an unknown one then")
    func firstKeys() {
        let start = ContinuousClock.now
        var refresh = KeyRefresh()
        #expect(refresh.missed(waiting: 0, now: start) == .fetch)
        refresh.ended(failed: true, now: start + .seconds(1))
        #expect(refresh.missed(waiting: 0, now: start + .seconds(59)) == .refuse)
        #expect(refresh.missed(waiting: 0, now: start + .seconds(60)) == .fetch)
        refresh.ended(failed: false, now: start + .seconds(61))
        #expect(refresh.missed(waiting: 0, now: start + .seconds(62)) == .fetch)
        refresh.ended(failed: false, now: start + .seconds(63))
        #expect(refresh.missed(waiting: 0, now: start + .seconds(64)) == .refuse)
    }

    @Test("are fetched every hour, or a minute after that has failed")
    func age() {
        let start = ContinuousClock.now
        var refresh = KeyRefresh()
        refresh.began()
        #expect(refresh.passed(now: start + .seconds(9999)) == false)
        refresh.ended(failed: false, now: start)
        #expect(refresh.passed(now: start + .seconds(3599)) == false)
        #expect(refresh.passed(now: start + .seconds(3600)) == true)
        #expect(refresh.passed(now: start + .seconds(3601)) == false)
        refresh.ended(failed: true, now: start + .seconds(3605))
        #expect(refresh.passed(now: start + .seconds(3664)) == false)
        #expect(refresh.passed(now: start + .seconds(3665)) == true)
    }
}
