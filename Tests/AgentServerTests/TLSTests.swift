import AgentServer
import TestSupport
import Testing

@Suite("A server with a certificate", .serialized)
struct TLSTests {
    private static let versions = ["1.1", "2"]
    private static let json = ["--header", "Content-Type: application/json"]

    @Test("is tested by a curl that knows HTTP/2")
    func curl() async throws {
        let version = try await AgentProcess(["--version"], program: "curl").outcome()
        #expect(version.status == 0, "curl is missing; Scripts/setup installs it")
        #expect(version.standardOutput.contains("HTTP2"), "this curl knows no HTTP/2, and all tests of it will fail")
    }

    @Test("answers calls", arguments: versions)
    func call(version: String) async throws {
        try await TLS.withServer { tls, port in
            let body = userMessage("Ada").description
            let answer = try await tls.answer(version, port, "/invocations", Self.json + ["--data", body])
            #expect(answer.version == version)
            #expect(answer.status == 200)
            #expect(answer.body.contains("Hello, Ada"))
            #expect(try await tls.answer(version, port, "/health").body == #"{"status":"healthy"}"#)
            #expect(try await tls.answer(version, port, "/nowhere").status == 404)
            #expect(try await tls.answer(version, port, "/health", ["--head"]).status == 200)
        }
    }

    @Test("streams answers event by event", arguments: versions)
    func stream(version: String) async throws {
        let hasFirst = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("first")
            await hasFirst.wait()
            try await response.text("second")
        }
        try await TLS.withServer(agent) { tls, port in
            let curl = try tls.curl(
                version, port, "/invocations", Self.json + ["--data", #"{"input": [], "stream": true}"#]
            )
            #expect(await curl.firstLine.hasPrefix("data: {"))
            hasFirst.set()
            let outcome = await curl.outcome()
            #expect(outcome.status == 0)
            #expect(outcome.standardOutput.contains("second"))
            #expect(outcome.standardOutput.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("learns that its client has left", arguments: versions)
    func leaving(version: String) async throws {
        let cancelled = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("first")
            try await waitForCancellation(telling: cancelled)
        }
        try await TLS.withServer(agent) { tls, port in
            let curl = try tls.curl(
                version, port, "/invocations", Self.json + ["--data", #"{"input": [], "stream": true}"#]
            )
            _ = await curl.firstLine
            curl.terminate()
            await cancelled.wait()
            _ = await curl.outcome()
        }
    }

    @Test("sends a large answer whole", arguments: versions)
    func largeAnswer(version: String) async throws {
        let size = 4 << 20
        let agent = ClosureAgent { _, response in try await response.text(String(repeating: "x", count: size)) }
        try await TLS.withServer(agent) { tls, port in
            let answer = try await tls.answer(
                version, port, "/invocations", Self.json + ["--data", userMessage("").description]
            )
            #expect(answer.body.utf8.count { $0 == UInt8(ascii: "x") } >= size)
        }
    }

    @Test("refuses a body that is too large, and lets the client read that", arguments: versions)
    func largeBody(version: String) async throws {
        try await TLS.withServer {
            $0.limits.bodyBytes = 1000
        } _: { tls, port in
            try tls.folder.write(String(repeating: "x", count: 1 << 20), to: "body")
            let answer = try await tls.answer(
                version, port, "/invocations", ["--data-binary", "@\(tls.folder.path)/body"]
            )
            #expect(answer.status == 413)
        }
    }

    @Test("closes a connection whose client does not speak TLS")
    func plain() async throws {
        try await TLS.withServer { _, port in
            let answer = try await RawClient.with(port: port) { client in
                try await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try? await client.readToEnd()
            }
            #expect(answer?.contains("HTTP") != true)
        }
    }

    @Test("closes a connection whose client does not come to speak", arguments: ["", "\u{16}\u{3}\u{1}"])
    func silent(bytes: String) async throws {
        try await TLS.withServer {
            $0.limits.arrivalTime = .milliseconds(200)
        } _: { _, port in
            let answer = try await RawClient.with(port: port) { client in
                if !bytes.isEmpty { try await client.send(bytes) }
                return try await client.readToEnd()
            }
            #expect(answer == "")
        }
    }

    @Test(
        "closes a connection that nobody uses, whatever its client says to that",
        arguments: [("http/1.1", "silent"), ("h2", "silent"), ("h2", "answers"), ("h2", "mute")])
    func idle(version: String, manner: String) async throws {
        try await TLS.withServer {
            $0.limits.idleTime = .milliseconds(500)
        } _: { tls, port in
            let client = try tls.python(
                port, protocols: [version], argument: manner,
                """
                if argument == "silent":
                    while connection.recv(4096):
                        pass
                    print("closed")
                else:
                    print("told" if 7 in frames(argument == "answers") else "not told")
                """
            )
            let outcome = await client.outcome()
            #expect(
                outcome.standardOutput == (manner == "silent" ? "closed\n" : "open\ntold\n"), "\(outcome.standardError)"
            )
        }
    }

    @Test("ends an HTTP/2 connection that is open when it drains: what is under way first, and an idle one at once")
    func drain() async throws {
        try await TLS.with { tls in
            let agent = try AgentProcess([
                "--port", "0", "--tls-certificate", tls.certificateFile, "--tls-key", tls.keyFile, "--drain-timeout",
                "600",
            ])
            let port = try await agent.port()
            let idle = try ["answers", "mute"].map { manner in
                try tls.python(
                    port, protocols: ["h2"], argument: manner,
                    #"print("told" if 7 in frames(argument == "answers") else "not told")"#
                )
            }
            for client in idle { #expect(await client.firstLine == "open") }
            let handshake = try AgentProcess(
                [
                    "-c",
                    "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); s.settimeout(60); "
                        + "print('open', flush=True); print(s.recv(1))",
                    "\(port)",
                ], program: "python3"
            )
            #expect(await handshake.firstLine == "open")
            let delta: JSON = ["type": "response.output_text.delta", "item_id": "m", "delta": "x"]
            let body: JSON = [
                "input": [], "stream": true,
                "custom_inputs": ["events": .array(Array(repeating: delta, count: 5)), "delay_ms": 200],
            ]
            let stream = try tls.curl("2", port, "/invocations", Self.json + ["--data", body.description])
            _ = await stream.firstLine
            agent.terminate()
            let outcome = await stream.outcome()
            #expect(outcome.status == 0, "\(outcome.standardError)")
            #expect(outcome.standardOutput.hasSuffix("data: [DONE]\n\n"))
            for client in idle { #expect(await client.outcome().standardOutput == "open\ntold\n") }
            #expect(await handshake.outcome().standardOutput == "open\nb''\n")
            #expect(await agent.outcome().status == 0)
        }
    }

    @Test(
        "says in one line why it does not start",
        arguments: [
            ("missing.pem", "key.pem", "missing.pem cannot be read"),
            ("certificate.pem", "missing.pem", "missing.pem cannot be read"),
            ("key.pem", "key.pem", "key.pem holds no certificate in PEM form"),
            ("certificate.pem", "certificate.pem", "certificate.pem holds no private key in PEM form"),
            ("certificate.pem", "other.pem", "other.pem does not belong to the certificate in"),
            ("", "key.pem", " cannot be read"),
        ])
    func startErrors(certificate: String, key: String, message: String) async throws {
        try await TLS.with { tls in
            var configuration = AgentServer.Configuration()
            configuration.port = 0
            configuration.store.location = "none"
            configuration.tls.certificateFile = "\(tls.folder.path)/\(certificate)"
            configuration.tls.keyFile = "\(tls.folder.path)/\(key)"
            let error = await #expect(throws: ServerError.self) {
                try await AgentServer(ClosureAgent()).serve(configuration)
            }
            #expect(error?.message.contains(message) == true)
            #expect(error?.message.contains("\n") == false)
        }
    }
}
