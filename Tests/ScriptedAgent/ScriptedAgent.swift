import AgentServer
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Serves the scripted agent in one of the variants of `Conformance/parity/README.md`.
@main
struct ScriptedAgent: AsyncParsableCommand {
    /// What the variants differ in.
    enum Variant: String, ExpressibleByArgument, CaseIterable {
        case responses, plain
        case noInvoke = "no-invoke"
        case noStream = "no-stream"
        case noHandlers = "no-handlers"
        case plainNoHandlers = "plain-no-handlers"
        case proxy
        case proxyExtra = "proxy-extra"
        case proxyDown = "proxy-down"

        var isResponses: Bool { self != .plain && self != .plainNoHandlers && self != .proxyExtra }
        var hasChatProxy: Bool { self == .proxy || self == .proxyExtra || self == .proxyDown }
        var hasInvoke: Bool { self != .noInvoke && self != .noHandlers && self != .plainNoHandlers }
        var hasStream: Bool { self != .noStream && self != .noHandlers && self != .plainNoHandlers }
    }

    @Option(help: "The variant to serve.")
    var variant = Variant.responses

    @Flag(help: "End at once where this process is a worker.")
    var failsAsWorker = false

    @Flag(help: .hidden)
    var seedTraces = false

    @OptionGroup var options: ServerOptions

    func run() async throws {
        if failsAsWorker, getenv("AGENT_SERVER_SUPERVISOR") != nil { throw ExitCode(3) }
        let isResponses = variant.isResponses
        var configuration = AgentServer.Configuration()
        // The recorded chat app shows all headers it sees, and the original adds none of these.
        configuration.chatProxy.addsForwardedHeaders = false
        // No file in the folder it runs in, unless one is asked for.
        configuration.store.location = "none"
        if seedTraces { configuration.traces.seed = { sink in TraceSeeds.plant(in: sink) } }
        let server = AgentServer(
            agentType: isResponses ? .responsesAgent : nil, enableChatProxy: variant.hasChatProxy,
            configuration: configuration
        )
        if variant.hasInvoke {
            try server.invoke { (request: JSONObject) in
                try Script(request, isResponses: isResponses).invoke()
            }
        }
        if variant.hasStream {
            try server.stream { (request: JSONObject, events: EventWriter) in
                try await Script(request, isResponses: isResponses).stream(events)
            }
        }
        try await server.run(options)
    }
}
