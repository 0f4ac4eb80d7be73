import ArgumentParser
public import Logging
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
            // Without the usage that the parser adds: the line says what is wrong.
            endProcess(saying: error.message, status: ExitCode.validationFailure.rawValue)
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
        let scheme = configuration.tls.certificateFile == nil ? "http" : "https"
        try await serve(configuration) { address in
            print("Serving \(self.agentName) on \(scheme)://\(address)")
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
