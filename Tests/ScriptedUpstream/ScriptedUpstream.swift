import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Stands in for an OpenAI-compatible endpoint: the last user message says what its model does, so that a test can bring it
/// about through a whole server.
@main
struct ScriptedUpstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "scripted-upstream")

    @Option(help: "Where to listen on 127.0.0.1; 0 picks a free port.")
    var port = 0

    @Option(help: "What it offers: chat (/v1/chat/completions), responses (/v1/responses), or both.")
    var api = Offer.both

    @Option(help: "A field of a request that it does not know, and refuses; may be given again.")
    var refuses: [String] = []

    @Flag(help: "Whether it refuses calls in a conversation without the reasoning before them.")
    var demandsReasoning = false

    func run() async throws {
        let desk = Desk()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [api, refuses, demandsReasoning] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamHandler(
                            desk: desk, offer: api, refuses: refuses, demandsReasoning: demandsReasoning))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        print("http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
        // A pipe would hold it back.
        fflush(nil)
        try await channel.closeFuture.get()
    }

    /// Which of the two formats it speaks.
    enum Offer: String, ExpressibleByArgument, CaseIterable {
        case chat, responses, both

        func includes(_ format: ModelRequest.Format) -> Bool {
            switch format {
            case .chat: self != .responses
            case .responses: self != .chat
            }
        }
    }
}
