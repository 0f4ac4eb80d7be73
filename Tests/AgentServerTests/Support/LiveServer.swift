import AgentServer
import Logging
import NIOCore
import NIOPosix

/// A server on a socket of its own, for the length of a test.
func withLiveServer(
    _ agent: some ResponsesAgent, configuration: AgentServer.Configuration = .init(),
    _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
    try await withLiveServer(AgentServer(agent), configuration: configuration, body)
}

func withLiveServer(
    _ server: AgentServer, configuration: AgentServer.Configuration = .init(),
    _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
    var configuration = configuration
    configuration.port = 0
    // Tests leave no files in the folder they run in.
    if configuration.store.location == AgentServer.Configuration().store.location {
        configuration.store.location = "memory:"
    }
    let (addresses, ready) = AsyncStream.makeStream(of: String.self)
    try await withThrowingTaskGroup(of: Void.self) { [configuration] group in
        group.addTask {
            defer { ready.finish() }
            try? await server.serve(configuration, logger: Logger(label: "live") { _ in SwiftLogNoOpLogHandler() }) {
                ready.yield($0)
            }
        }
        guard let address = await addresses.first(where: { _ in true }),
            let port = Int(address.split(separator: ":").last ?? "")
        else { throw NotStarted() }
        do {
            try await body(port)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
    }
}

private struct NotStarted: Error {}

/// A client that sends bytes as they are.
struct RawClient {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, and closes when the body ends.
    ///
    /// - Parameter closesHalf: Whether ``Conversation/finish()`` closes one direction only.
    static func with<Result: Sendable>(
        port: Int, closesHalf: Bool = false, _ body: @escaping (inout Conversation) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: closesHalf)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: closesHalf)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var conversation = Conversation(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&conversation)
        }
    }

    /// Both directions of a connection.
    struct Conversation {
        fileprivate var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        /// What was received and not yet returned.
        private var received: [UInt8] = []

        init(
            inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
            outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) {
            self.inbound = inbound
            self.outbound = outbound
        }

        func send(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text))
        }

        func send(_ bytes: [UInt8]) async throws {
            try await outbound.write(ByteBuffer(bytes: bytes))
        }

        /// Reads so many bytes; fewer, if the connection closed.
        mutating func read(_ count: Int) async throws -> [UInt8] {
            while received.count < count, let buffer = try await inbound.next() { received += buffer.readableBytesView }
            let bytes = Array(received.prefix(count))
            received.removeFirst(bytes.count)
            return bytes
        }

        /// Sends, also while another task reads.
        var sender: @Sendable (String) async throws -> Void {
            { [outbound] text in try await outbound.write(ByteBuffer(string: text)) }
        }

        /// Says that there is no more to come.
        func finish() {
            outbound.finish()
        }

        /// Reads until the text has come, and returns all up to its end; what there was, if the connection closed.
        mutating func read(until end: String) async throws -> String {
            let end = Array(end.utf8)
            var searched = 0
            while true {
                if let range = received[searched...].firstRange(of: end) { return take(range.upperBound) }
                // Only in what is new, but for an end that has come in part.
                searched = max(0, received.count - end.count)
                guard let buffer = try await inbound.next() else { return take(received.count) }
                received += buffer.readableBytesView
            }
        }

        /// Reads until the server closes the connection.
        mutating func readToEnd() async throws -> String {
            while let buffer = try await inbound.next() { received += buffer.readableBytesView }
            return take(received.count)
        }

        private mutating func take(_ count: Int) -> String {
            defer { received.removeFirst(count) }
            return String(decoding: received.prefix(count), as: UTF8.self)
        }
    }
}

/// A POST of a JSON text, as bytes.
func post(_ body: String, headers: String = "") -> String {
    "POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
