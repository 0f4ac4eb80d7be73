import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import WebClient

/// One GET over HTTP/1.1, on a connection of its own: bounded in size and time, without redirects.
enum WebFetch {
    /// Why there is no answer.
    struct Failure: Error {
        var reason: String
    }

    /// The body of the answer, which must be 200.
    ///
    /// - Parameters:
    ///   - address: Where to ask.
    ///   - limit: Bytes that the body may have.
    ///   - timeout: How long all of it may take.
    ///   - trust: Whom the server's certificate must lead to, over HTTPS.
    static func get(
        _ address: WebAddress, limit: Int, timeout: Duration, trust: NIOSSLTrustRoots
    ) async throws(Failure) -> [UInt8] {
        var configuration = WebClient.Configuration()
        configuration.answerLimit = limit
        configuration.connectTimeout = timeout
        configuration.tls.trustRoots = trust
        let answer: WebAnswer
        do {
            let client = try WebClient(configuration, on: MultiThreadedEventLoopGroup.singleton.next())
            answer = try await client.send(
                WebRequest(
                    .GET, address,
                    headers: [
                        ("Accept", "application/json"), ("User-Agent", "swift-agent-server/\(AgentServer.version)"),
                        ("Connection", "close"),
                    ]
                ),
                timeout: timeout
            )
        } catch {
            throw Failure(reason: "\(error)")
        }
        guard answer.status == 200 else { throw Failure(reason: "answered with status \(answer.status)") }
        return Array(answer.body.readableBytesView)
    }
}
