package import NIOCore
import NIOPosix

/// A client that sends bytes as they are.
package struct RawClient {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, and closes when the body ends.
    ///
    /// - Parameter closesHalf: Whether ``Conversation/finish()`` closes one direction only.
    package static func with<Result: Sendable>(
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
        // A server that keeps a client waiting for ever fails the test; it does not hang it.
        let limit = channel.channel.eventLoop.scheduleTask(in: TimeAmount(longestWait)) {
            channel.channel.close(promise: nil)
        }
        defer { limit.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            var conversation = Conversation(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&conversation)
        }
    }

    /// Both directions of a connection.
    package struct Conversation {
        fileprivate var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        /// What was received and not yet returned.
        private var received: [UInt8] = []

        package init(
            inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
            outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) {
            self.inbound = inbound
            self.outbound = outbound
        }

        package func send(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text))
        }

        package func send(_ bytes: [UInt8]) async throws {
            try await outbound.write(ByteBuffer(bytes: bytes))
        }

        /// Reads so many bytes; fewer, if the connection closed.
        package mutating func read(_ count: Int) async throws -> [UInt8] {
            while received.count < count, let buffer = try await inbound.next() { received += buffer.readableBytesView }
            let bytes = Array(received.prefix(count))
            received.removeFirst(bytes.count)
            return bytes
        }

        /// Sends, also while another task reads.
        package var sender: @Sendable (String) async throws -> Void {
            { [outbound] text in try await outbound.write(ByteBuffer(string: text)) }
        }

        /// Says that there is no more to come.
        package func finish() {
            outbound.finish()
        }

        /// Reads until the text has come, and returns all up to its end; what there was, if the connection closed.
        package mutating func read(until end: String) async throws -> String {
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
        package mutating func readToEnd() async throws -> String {
            while let buffer = try await inbound.next() { received += buffer.readableBytesView }
            return take(received.count)
        }

        private mutating func take(_ count: Int) -> String {
            defer { received.removeFirst(count) }
            return String(decoding: received.prefix(count), as: UTF8.self)
        }
    }
}
