import Logging
import NIOCore
import Testing

@testable import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("A listener")
struct ListenerTests {
    @Test("closes its socket once, however often it is told to end")
    func closing() async throws {
        // The system gives out the lowest number that is free, so that nobody else gets one of the highest.
        var limit = rlimit()
        #if canImport(Glibc)
        let kind = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        #else
        let kind = RLIMIT_NOFILE
        #endif
        try #require(getrlimit(kind, &limit) == 0)
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let number = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, Int32(clamping: min(limit.rlim_cur, 4096)) - 8)
        socket.close()
        try #require(number >= 0)
        let configuration = AgentServer.Configuration()
        let site = ServerSite(
            configuration, agents: AgentDirectory(main: ServedAgent(ClosureAgent())), store: nil,
            logger: Logger(label: "listener") { _ in SwiftLogNoOpLogHandler() }
        )
        let listener = try Listener(
            ListeningSocket(inherited: number),
            setUp: AgentConnection(site: site, limits: configuration.limits, tls: nil)
        )
        await listener.drain(.stopping)
        try #require(fcntl(number, F_GETFD) == -1)
        // Another file gets the number.
        try #require(fcntl(0, F_DUPFD_CLOEXEC, number) == number)
        await listener.close()
        #expect(fcntl(number, F_GETFD) != -1)
        close(number)
    }
}
