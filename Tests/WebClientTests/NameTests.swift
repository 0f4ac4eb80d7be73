import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing
import WebClient

@Suite("A name with several addresses", .timeLimit(.minutes(5)))
struct NameTests {
    /// Two addresses for each name, at the first of which nobody is.
    private final class TwoAddresses: Resolver, Sendable {
        private let loop: any EventLoop

        init(_ loop: any EventLoop) { self.loop = loop }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeCompletedFuture { [try SocketAddress(ipAddress: "::1", port: port)] }
        }

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeCompletedFuture { [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
        }

        func cancelQueries() {}
    }

    @Test("is reached by the second of them, and the connection is used again")
    func names() async throws {
        let server = try await ScriptedTracker()
        var configuration = WebClient.Configuration()
        configuration.maximumConnections = 1
        configuration.maximumWaiting = 0
        configuration.idleTime = .seconds(60)
        configuration.resolver = { TwoAddresses($0) }
        let client = try WebClient(configuration, on: MultiThreadedEventLoopGroup.singleton.next())
        let address = try #require(WebAddress("http://somewhere.test:\(server.port)/thing"))
        for _ in 0..<5 {
            let answer = try await client.send(WebRequest(.GET, address), timeout: .seconds(240))
            #expect(answer.status == 200)
        }
        #expect(server.connectionCount == 1)
        client.close()
        await server.stop()
    }
}
