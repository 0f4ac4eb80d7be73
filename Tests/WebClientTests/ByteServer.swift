import NIOCore
import NIOPosix
import Synchronization

/// A server that sends bytes as a test says, whatever it is asked.
final class ByteServer: Sendable {
    /// One connection.
    final class Peer: Sendable {
        fileprivate let channel: any Channel
        /// Ends when the client has closed.
        let closed: EventLoopFuture<Void>

        fileprivate init(_ channel: any Channel) {
            self.channel = channel
            closed = channel.closeFuture
        }

        func send(_ text: String) async throws {
            try await channel.writeAndFlush(ByteBuffer(string: text)).get()
        }

        func close() async throws { try await channel.close().get() }
    }

    private let channel: any Channel
    let port: Int
    /// The connections, each as soon as something has come by it.
    let peers: AsyncStream<Peer>

    init() async throws {
        let (peers, continuation) = AsyncStream.makeStream(of: Peer.self)
        self.peers = peers
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FirstBytes { continuation.yield(Peer(channel)) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close().get() }
}

/// Tells of each piece that comes.
private final class FirstBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let onBytes: () -> Void

    init(_ onBytes: @escaping () -> Void) {
        self.onBytes = onBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { onBytes() }
}
