import AgentServer
import NIOCore
import NIOPosix
import TestSupport

/// A chat app in the test's process that says what the test wants, byte by byte.
enum RawUpstream {
    typealias Conversation = RawClient.Conversation

    /// Listens, and has a server forward to it, for the length of a test.
    ///
    /// - Parameters:
    ///   - host: Where it listens.
    ///   - closesHalf: Whether ``RawClient/Conversation/finish()`` closes one direction only.
    ///   - change: Changes the configuration of the server that forwards.
    ///   - answer: What it does with each connection, which closes afterwards; and which one it is, from 0.
    ///   - body: The test, with the server's port.
    static func withProxy(
        host: String = "127.0.0.1", closesHalf: Bool = false,
        _ change: @escaping @Sendable (inout AgentServer.Configuration) -> Void = { _ in },
        answer: @escaping @Sendable (inout Conversation, Int) async throws -> Void,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await with(host: host, closesHalf: closesHalf, answer: answer) { port in
            try await AgentServerTests.withProxy(to: port, change, body)
        }
    }

    /// Listens for the length of a test, which gets the port.
    static func with(
        host: String = "127.0.0.1", closesHalf: Bool = false,
        answer: @escaping @Sendable (inout Conversation, Int) async throws -> Void,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: closesHalf)
            .bind(host: host, port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: closesHalf)
                    )
                }
            }
        let port = listener.channel.localAddress?.port ?? 0
        try await listener.executeThenClose { connections in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { group in
                        var number = 0
                        for try await connection in connections {
                            group.addTask { [number] in
                                // What the server breaks off is the test's business, not an error of the app.
                                try? await connection.executeThenClose { inbound, outbound in
                                    var conversation = Conversation(
                                        inbound: inbound.makeAsyncIterator(), outbound: outbound
                                    )
                                    try await answer(&conversation, number)
                                }
                            }
                            number += 1
                        }
                    }
                }
                defer { group.cancelAll() }
                try await body(port)
            }
        }
    }
}

extension RawClient.Conversation {
    /// Reads the head of a message, and returns it in lower case.
    mutating func readHead() async throws -> String {
        try await read(until: "\r\n\r\n").lowercased()
    }

    /// Answers with a text.
    func reply(_ text: String, status: String = "200 OK", headers: String = "") async throws {
        try await send("HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
    }
}

/// A chunk of a body.
func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
