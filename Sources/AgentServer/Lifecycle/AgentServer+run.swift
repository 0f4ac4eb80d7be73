import ArgumentParser
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

extension AgentServer {
    /// Serves as the command line and the environment say, until SIGTERM or SIGINT, and drains.
    ///
    /// Prints help, and errors of the command line, and ends the process where they ask for that.
    ///
    /// - Throws: ``ServerError`` when the server cannot start, a port in use for example.
    public func run() async throws {
        let command = ServeCommand.parseOrExit()
        do {
            try await run(command.options)
        } catch let error as ValidationError {
            ServeCommand.exit(withError: error)
        }
    }

    /// Serves as these options and the environment say, for programs with a command line of their own.
    ///
    /// - Throws: `ValidationError` of a value that cannot be used, ``ServerError`` when the server cannot start.
    public func run(_ options: ServerOptions) async throws {
        let configuration = try options.apply(to: self.configuration, environment: ProcessEnvironment.all)
        let level = configuration.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        try await serve(configuration) { address in
            print("Serving \(self.agentName) on http://\(address)")
            flushStandardOutput()
        }
    }

    /// Serves until the process gets SIGTERM or SIGINT, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - configuration: How the server behaves.
    ///   - logger: Where the server's and the agents' messages go.
    ///   - onReady: Called once with `host:port` when clients can connect. They are answered when it has returned.
    /// - Throws: ``ServerError`` when the server cannot start.
    public func serve(
        _ configuration: Configuration, logger: Logger = Logger(label: "agent-server"),
        onReady: @escaping @Sendable (String) async -> Void = { _ in }
    ) async throws {
        let site = site(configuration, logger: logger)
        let service = SiteService(site: site, configuration: configuration, logger: logger, onReady: onReady)
        var group = ServiceGroupConfiguration(
            services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        )
        // The drain ends by itself in time; this is for what refuses to.
        group.maximumGracefulShutdownDuration = configuration.drainTime + .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }
}

/// A server that could not start.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, in one line.
    public var message: String

    public var description: String { message }
}

/// The life of a server: listens, sweeps, drains.
struct SiteService: Service {
    let site: ServerSite
    let configuration: AgentServer.Configuration
    let logger: Logger
    let onReady: @Sendable (String) async -> Void

    func run() async throws {
        let server = Server(
            childChannelSetup: AgentConnection(site: site, limits: configuration.limits),
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024
            ),
            onServerRunning: { channel in
                await onReady(channel.localAddress.map(Self.text) ?? "?")
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quietLogger
        )
        let registry = site.invoker.registry
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await registry.run() }
                try await withGracefulShutdownHandler {
                    try await server.run()
                } onGracefulShutdown: {
                    logger.info("Stopping", metadata: ["running": "\(registry.count)"])
                    registry.drain(until: .now + configuration.drainTime)
                }
                group.cancelAll()
            }
        } catch let error as IOError {
            throw ServerError(message: startMessage(error))
        } catch is SocketAddressError {
            throw ServerError(message: "\(configuration.host) is no address of this machine")
        }
    }

    /// The framework says at `info` what we say ourselves.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(.notice, logger.logLevel)
        return quiet
    }

    private func startMessage(_ error: IOError) -> String {
        let place = "\(configuration.host):\(configuration.port)"
        return switch error.errnoCode {
        case EADDRINUSE: "Port \(configuration.port) is in use on \(configuration.host)"
        case EACCES: "Not allowed to listen on \(place)"
        case EADDRNOTAVAIL: "\(configuration.host) is no address of this machine"
        default: "Cannot listen on \(place): \(error)"
        }
    }

    private static func text(_ address: SocketAddress) -> String {
        let port = address.port ?? 0
        guard let ip = address.ipAddress else { return "?" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}

/// The command line of an agent.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves an agent over HTTP.",
        discussion: "Flags win over the environment. On Databricks Apps (DATABRICKS_APP_PORT is set) the server "
            + "listens on 0.0.0.0 and that port unless told otherwise.",
        version: AgentServer.version
    )

    @OptionGroup var options: ServerOptions
}
