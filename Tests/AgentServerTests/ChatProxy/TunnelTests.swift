import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import AgentServer

/// Two channels in the moment in which HTTP has ended on them, and its handlers have not yet gone.
@Suite("The ends of a tunnel, while their pipelines change")
struct TunnelTests {
    private let loop = EmbeddedEventLoop()
    private let client: EmbeddedChannel
    private let app: EmbeddedChannel

    init() throws {
        client = EmbeddedChannel(loop: loop)
        app = EmbeddedChannel(loop: loop)
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        try app.pipeline.syncOperations.addHandlers(encoder, decoder)
        let parser = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        try client.pipeline.syncOperations.addHandler(parser)
        for channel in [client, app] { try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait() }

        try client.writeInbound(text("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nfrom the client;"))
        let headers: HTTPHeaders = ["connection": "upgrade", "upgrade": "x"]
        try app.writeOutbound(
            HTTPClientRequestPart.head(.init(version: .http1_1, method: .GET, uri: "/", headers: headers))
        )
        try app.writeOutbound(HTTPClientRequestPart.end(nil))
        while try app.readOutbound(as: ByteBuffer.self) != nil {}
        try app.writeInbound(
            text("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nfrom the app;")
        )

        let (near, far) = Tunnel.pair(idleTime: .hours(1))
        try far.takeOver(app, before: encoder, decoder: decoder, others: [encoder])
        try near.takeOver(client, before: parser, decoder: parser, others: [])
    }

    private func text(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    /// What a channel has sent.
    private func sent(by channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    @Test("pass on what the parsers have read too much, and then what came meanwhile")
    func order() throws {
        try client.writeInbound(text("more"))
        try app.writeInbound(text("more"))
        #expect(try sent(by: app) == "")
        loop.run()
        #expect(try sent(by: app) == "from the client;more")
        #expect(try sent(by: client) == "from the app;more")
        try client.writeInbound(text("and more"))
        #expect(try sent(by: app) == "and more")
    }

    @Test("close when the other one does, without a byte through the parsers", arguments: [true, false])
    func closing(isClient: Bool) throws {
        (isClient ? client : app).close(promise: nil)
        loop.run()
        #expect(!client.isActive)
        #expect(!app.isActive)
    }

    @Test("pass all on that came before the end")
    func end() throws {
        try app.writeInbound(text("more"))
        app.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        loop.run()
        #expect(try sent(by: client) == "from the app;more")
        // Such a channel knows no half of a close.
        #expect(!client.isActive)
    }

    @Test("close when the server stops")
    func stopping() {
        client.pipeline.fireUserInboundEventTriggered(ConnectionDrain.stopping)
        loop.run()
        #expect(!client.isActive)
        #expect(!app.isActive)
    }
}
