import AgentServer
import TestSupport

/// Servers that speak HTTPS, and clients that do.
struct TLS: Sendable {
    let folder: TemporaryFolder

    var certificateFile: String { "\(folder.path)/certificate.pem" }
    var keyFile: String { "\(folder.path)/key.pem" }

    /// Writes the certificate for the length of a test.
    static func with<Result>(_ body: (TLS) async throws -> Result) async throws -> Result {
        try await TemporaryFolder.with { folder in
            try folder.write(TestCertificate.certificate, to: "certificate.pem")
            try folder.write(TestCertificate.key, to: "key.pem")
            try folder.write(TestCertificate.otherKey, to: "other.pem")
            return try await body(TLS(folder: folder))
        }
    }

    /// Has a server speak HTTPS, for the length of a test.
    ///
    /// - Parameter chatAppPort: Where it forwards to; `nil` for nowhere.
    static func withServer(
        _ agent: some ResponsesAgent = ClosureAgent(), chatAppPort: Int? = nil,
        _ change: (inout AgentServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (TLS, Int) async throws -> Void
    ) async throws {
        try await with { tls in
            var configuration = AgentServer.Configuration()
            configuration.tls.certificateFile = tls.certificateFile
            configuration.tls.keyFile = tls.keyFile
            configuration.chatProxy.isEnabled = chatAppPort != nil
            configuration.chatProxy.port = chatAppPort ?? 0
            change(&configuration)
            try await withLiveServer(agent, configuration: configuration) { port in try await body(tls, port) }
        }
    }

    /// Sends a request with curl, which prints the answer.
    ///
    /// - Parameters:
    ///   - version: `1.1` or `2`.
    ///   - url: The path, or what else comes behind the port.
    ///   - arguments: Further arguments.
    func curl(_ version: String, _ port: Int, _ url: String, _ arguments: [String] = []) throws -> AgentProcess {
        try AgentProcess(
            ["--silent", "--show-error", "--no-buffer", "--max-time", "60", "--cacert", certificateFile]
                + (version == "2" ? ["--http2"] : ["--http1.1"]) + arguments + ["https://127.0.0.1:\(port)\(url)"],
            program: "curl"
        )
    }

    /// The answer of a request that curl sends: HTTP's version, status and body.
    func answer(
        _ version: String, _ port: Int, _ url: String, _ arguments: [String] = []
    ) async throws -> (version: String, status: Int, body: String) {
        let outcome = try await curl(version, port, url, ["--write-out", "\n%{http_version} %{http_code}"] + arguments)
            .outcome()
        guard outcome.status == 0 else { throw Failed(outcome: outcome) }
        let end = outcome.standardOutput.lastIndex(of: "\n") ?? outcome.standardOutput.startIndex
        let words = outcome.standardOutput[end...].split { $0 == " " || $0 == "\n" }
        return (
            words.first.map(String.init) ?? "", words.last.flatMap { Int($0) } ?? 0,
            String(outcome.standardOutput[..<end])
        )
    }

    /// A client made of Python, for what curl cannot do.
    ///
    /// It has `connection`, a socket that speaks TLS; `argument`; and `frames`, which opens a connection of HTTP/2 and
    /// returns the kinds of the frames that it gets until it is closed. `answers` says whether it answers a ping.
    func python(_ port: Int, protocols: [String], argument: String = "", _ script: String) throws -> AgentProcess {
        let head = """
            import socket, ssl, sys
            context = ssl.create_default_context(cafile=sys.argv[1])
            context.set_alpn_protocols(sys.argv[3].split())
            plain = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
            plain.settimeout(60)
            connection = context.wrap_socket(plain, server_hostname="localhost")
            argument = sys.argv[4]

            def frames(answers):
                connection.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
                received, kinds = b"", []
                while piece := connection.recv(4096):
                    received += piece
                    while len(received) >= 9 and len(received) >= (end := 9 + int.from_bytes(received[:3], "big")):
                        frame, received = received[:end], received[end:]
                        if not kinds:
                            print("open", flush=True)
                        kinds.append(frame[3])
                        if answers and frame[3] == 6 and not frame[4] & 1:
                            connection.sendall(frame[:4] + bytes([1]) + frame[5:])
                return kinds

            """
        return try AgentProcess(
            ["-c", head + script, certificateFile, "\(port)", protocols.joined(separator: " "), argument],
            program: "python3"
        )
    }

    struct Failed: Error {
        var outcome: AgentProcess.Outcome
    }
}
