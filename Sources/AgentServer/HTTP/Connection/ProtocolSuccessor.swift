import NIOCore

/// Takes a connection over from the handlers that understand HTTP, and gets all bytes that follow.
protocol ProtocolSuccessor: ChannelHandler {
    /// What the decoder had read beyond the handshake. Comes before ``settle()``.
    func receiveSurplus(_ piece: ByteBuffer)

    /// The handlers have gone. What was read meanwhile is to be looked at now.
    func settle()
}

extension ProtocolSuccessor {
    /// Takes a channel over from the handlers that understand HTTP, while they are at work.
    ///
    /// This one goes before them, so that nothing is written through them, and nothing new is read by them. The decoder
    /// gives back what it has read beyond the handshake only a little later, and that comes first: what is read
    /// meanwhile, and the end of it, waits.
    ///
    /// - Parameters:
    ///   - channel: The channel.
    ///   - first: The first of the handlers.
    ///   - decoder: The one of them that reads bytes.
    ///   - others: The rest of them.
    func takeOver(
        _ channel: any Channel, before first: any ChannelHandler, decoder: any RemovableChannelHandler,
        others: [any RemovableChannelHandler]
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        let surplus = Surplus { [weak self] in self?.receiveSurplus($0) }
        try pipeline.addHandler(surplus, position: .after(decoder))
        try pipeline.addHandler(self, position: .before(first))
        for handler in others { pipeline.removeHandler(handler, promise: nil) }
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { [self] _ in
            pipeline.removeHandler(surplus, promise: nil)
            settle()
        }
        // A read that was put off in these handlers went with them.
        channel.read()
    }
}

/// Catches what a decoder gives back.
private final class Surplus: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let onBytes: (ByteBuffer) -> Void

    init(onBytes: @escaping (ByteBuffer) -> Void) {
        self.onBytes = onBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onBytes(unwrapInboundIn(data))
    }
}
