import HTTPTypes
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import AgentServer

/// A server on a socket of its own that speaks WebSocket at `/socket`, for the length of a test.
final class WebSocketServer: Sendable {
    let port: Int
    private let listener: Listener
    private let isDraining = Atomic(false)

    private init(_ listener: Listener) {
        self.listener = listener
        port = listener.address.port ?? 0
    }

    /// Takes no new connections, and tells those that are open how to go on. Once: the listening socket closes with it.
    func drain(_ drain: ConnectionDrain) async {
        guard !isDraining.exchange(true, ordering: .relaxed) else { return }
        await listener.drain(drain)
    }

    /// Waits until all connections have ended; closes them all at once where that is wanted.
    func end(atOnce: Bool) async {
        await listener.waitForEnd(until: atOnce ? .now : .now + .seconds(600), closingTime: .zero)
    }

    /// - Parameters:
    ///   - subprotocol: What it agrees on.
    ///   - handler: Serves each socket.
    ///   - change: Changes the configuration.
    ///   - body: The test.
    static func with(
        subprotocol: String? = nil, _ handler: @escaping WebSocketHandler = WebSocketServer.echo,
        change: (inout AgentServer.Configuration) -> Void = { _ in },
        _ body: (WebSocketServer) async throws -> Void
    ) async throws {
        var configuration = AgentServer.Configuration()
        change(&configuration)
        let site = ServerSite(
            configuration, agents: AgentDirectory(main: ServedAgent(ClosureAgent())), store: nil,
            logger: Logger(label: "sockets") { _ in SwiftLogNoOpLogHandler() },
            routes: [
                Router.Route(webSocket: "/socket", subprotocol: subprotocol, handler: handler),
                Router.Route(.post, "/socket") { _ in .text("posted", status: 200) },
                Router.Route(webSocket: "/alone", handler: handler),
            ]
        )
        let connection = AgentConnection(
            site: site, limits: configuration.limits, tls: try configuration.tls.context()
        )
        let server = WebSocketServer(
            try Listener(ListeningSocket(host: "127.0.0.1", port: 0), setUp: connection)
        )
        do {
            try await body(server)
        } catch {
            await server.drain(.stopping)
            await server.end(atOnce: true)
            throw error
        }
        await server.drain(.stopping)
        await server.end(atOnce: true)
    }

    /// Sends every message back.
    static let echo: WebSocketHandler = { _, socket in
        while let message = await socket.receive() {
            switch message {
            case .text(let bytes): try? await socket.send(text: bytes)
            case .binary(let bytes): try? await socket.send(text: Array("\(bytes.count) bytes".utf8))
            }
        }
    }

    static func handshake(_ path: String = "/socket", headers: String = "") -> String {
        """
        GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(headers)\r\n
        """
    }

    /// Opens a socket for the length of a body.
    func open<Result: Sendable>(
        closesHalf: Bool = false, _ body: @escaping (inout RawClient.Conversation) async throws -> Result
    ) async throws -> Result {
        try await RawClient.with(port: port, closesHalf: closesHalf) { client in
            try await client.send(Self.handshake())
            let head = try await client.readHead()
            guard head.hasPrefix("http/1.1 101 ") else { throw RawAnswer.NoAnswer(text: head) }
            return try await body(&client)
        }
    }
}

/// A frame as it is on the wire.
struct RawFrame: Equatable, CustomStringConvertible {
    var first: UInt8
    var payload: [UInt8]

    /// - Parameters:
    ///   - opcode: Its kind.
    ///   - payload: Its payload, without a mask.
    ///   - isLast: Whether it ends its message.
    init(_ opcode: UInt8, _ payload: [UInt8] = [], isLast: Bool = true) {
        first = (isLast ? 0x80 : 0) | opcode
        self.payload = payload
    }

    static func text(_ text: String, isLast: Bool = true) -> RawFrame { RawFrame(1, Array(text.utf8), isLast: isLast) }
    static func more(_ text: String, isLast: Bool = true) -> RawFrame { RawFrame(0, Array(text.utf8), isLast: isLast) }
    static func ping(_ text: String) -> RawFrame { RawFrame(9, Array(text.utf8)) }
    static func pong(_ text: String) -> RawFrame { RawFrame(10, Array(text.utf8)) }
    static func close(_ code: UInt16, _ reason: String = "") -> RawFrame {
        RawFrame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
    }

    /// The code of a goodbye.
    var closeCode: UInt16? {
        first == 0x88 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }

    var description: String { "\(String(first, radix: 16)) \(String(decoding: payload.prefix(100), as: UTF8.self))" }

    /// The bytes of a client's frame.
    func masked(_ key: [UInt8] = [0x11, 0xA2, 0x33, 0xC4]) -> [UInt8] {
        head(isMasked: true) + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    /// The bytes of a frame without a mask.
    var unmasked: [UInt8] { head(isMasked: false) + payload }

    private func head(isMasked: Bool) -> [UInt8] {
        let mask: UInt8 = isMasked ? 0x80 : 0
        let size = payload.count
        switch size {
        case ..<126: return [first, mask | UInt8(size)]
        case ..<65536: return [first, mask | 126, UInt8(size >> 8), UInt8(size & 0xFF)]
        default: return [first, mask | 127] + (0..<8).reversed().map { UInt8(size >> ($0 * 8) & 0xFF) }
        }
    }
}

extension RawClient.Conversation {
    func send(_ frames: RawFrame...) async throws {
        try await send(frames.flatMap { $0.masked() })
    }

    /// The next frame of the server; `nil` when it has closed.
    mutating func nextFrame() async throws -> RawFrame? {
        let head = try await read(2)
        guard head.count == 2 else { return nil }
        #expect(head[1] & 0x80 == 0)
        var size = Int(head[1] & 0x7F)
        if size > 125 { size = try await read(size == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
        var frame = RawFrame(0, try await read(size))
        frame.first = head[0]
        return frame.payload.count == size ? frame : nil
    }
}
