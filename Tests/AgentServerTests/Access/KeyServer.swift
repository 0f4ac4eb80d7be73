import AgentServer
import Synchronization
import TestSupport

/// A server of key sets on loopback, which says what the test wants.
final class KeyServer: Sendable {
    /// The status line's end, and the body.
    private let answer: Mutex<(status: String, body: String)>
    private let requests = Counter()

    private init(_ body: String) {
        answer = Mutex(("200 OK", body))
    }

    /// How often it was asked.
    var asked: Int { requests.value }

    func say(_ body: String, status: String = "200 OK") {
        answer.withLock { $0 = (status, body) }
    }

    /// Has one answer for the length of a test.
    static func with(
        _ body: String, _ test: @escaping @Sendable (KeyServer, String) async throws -> Void
    ) async throws {
        let server = KeyServer(body)
        try await RawUpstream.with { client, _ in
            guard try await client.readHead().hasPrefix("get /keys?tenant=1 http/1.1\r\n") else { return }
            server.requests.add(1)
            let (status, body) = server.answer.withLock { $0 }
            try await client.reply(body, status: status)
        } _: { port in
            try await test(server, "http://127.0.0.1:\(port)/keys?tenant=1")
        }
    }
}

/// An agent that says in whose name it is called.
let principalAgent = ClosureAgent { _, response in
    try await response.text("<\(AgentContext.current?.principal ?? "none")>")
}

/// Calls a server's agent over a socket.
func call(_ port: Int, key: String?) async throws -> (status: Int, text: String) {
    let body = userMessage("?").description
    let field = key.map { "Authorization: Bearer \($0)\r\n" } ?? ""
    let answer = try await RawAnswer.get(
        "/invocations", method: "POST", port: port, headers: field + "Content-Length: \(body.utf8.count)\r\n",
        body: body
    )
    return (answer.status, answer.json["output"]?[0]?["content"]?[0]?["text"]?.stringValue ?? answer.body)
}
