import AgentStore
import ArgumentParser
public import Logging
import ServiceLifecycle
import UnixSignals

extension AgentServer {
    /// Serves as the command line and the environment say, until SIGTERM or SIGINT, and drains.
    ///
    /// With workers, this process becomes their supervisor, and each of them runs the program anew. Prints help, and
    /// errors of the command line, and ends the process where they ask for that.
    ///
    /// - Throws: ``ServerError`` when the server cannot start, a port in use for example.
    public func run() async throws {
        let command = ServeCommand.parseOrExit()
        do {
            try await run(command.options)
        } catch let error as ValidationError {
            endProcess(saying: error.message, status: ExitCode.validationFailure.rawValue)
        }
    }

    /// Serves as these options and the environment say, for programs with a command line of their own.
    ///
    /// - Throws: `ValidationError` of a value that cannot be used, ``ServerError`` when the server cannot start.
    public func run(_ options: ServerOptions) async throws {
        try await Launch(options, base: configuration).run { self }
    }

    /// Serves until the process gets SIGTERM or SIGINT, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - configuration: How the server behaves.
    ///   - logger: Where the server's and the agents' messages go.
    ///   - onReady: Called once with `host:port` when clients can connect.
    /// - Throws: ``ServerError`` when the server cannot start.
    public func serve(
        _ configuration: Configuration, logger: Logger = Logger(label: "agent-server"),
        onReady: @escaping @Sendable (String) async -> Void = { _ in }
    ) async throws {
        try await serve(configuration, as: nil, logger: logger, onReady: onReady)
    }

    /// Serves alone, or as a worker.
    func serve(
        _ configuration: Configuration, as worker: WorkerLink?, logger: Logger,
        onReady: @escaping @Sendable (String) async -> Void
    ) async throws {
        try configuration.checkAccess()
        let store = try openStore(configuration)
        let traces = keptTraces(in: store, configuration, logger: logger)
        let exporters = try traceExporters(configuration, logger: logger)
        if let traces { configuration.traces.seed?(traces) }
        let crew = worker?.metricsFolder.map { WorkerMetrics($0) }
        let site = site(
            configuration, store: store, traces: traces,
            tracing: try configuration.callTracing(into: exporters),
            metrics: configuration.hasMetrics ? ProcessMetrics.install(crew: crew) : .here(process: nil, crew: nil),
            logger: logger
        )
        if let store { site.metrics?.read { [.init(.storeQueueDepth, store.waitingWrites)] } }
        if let exporters { site.metrics?.read { ServerMetrics.readings(of: exporters.reports) } }
        AgentTracing.install(logger: logger)
        try await site.access?.keyStore?.prepare()
        let service = SiteService(
            site: site, store: store, exporters: exporters, configuration: configuration, logger: logger,
            worker: worker, onReady: onReady
        )
        var group = ServiceGroupConfiguration(
            services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
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
        commandName: CommandLine.arguments.first.flatMap { $0.split(separator: "/").last.map(String.init) },
        abstract: "Serves an agent over HTTP.",
        discussion: "Flags win over the environment, and the environment over the file that --config names. On "
            + "Databricks Apps (DATABRICKS_APP_PORT is set) the server listens on 0.0.0.0 and that port unless told "
            + "otherwise.",
        version: AgentServer.version
    )

    @OptionGroup var options: ServerOptions
}
