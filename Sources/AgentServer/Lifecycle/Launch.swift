import Logging
import NIOCore

/// What a process that was started with an agent becomes: a server that serves alone, a supervisor of workers, or one of
/// these workers.
struct Launch: Sendable {
    private let configuration: AgentServer.Configuration
    private let worker: WorkerLink?

    /// - Throws: `ValidationError` of a value that cannot be used.
    init(_ options: ServerOptions, base: AgentServer.Configuration) throws {
        let environment = ProcessEnvironment.all
        configuration = try options.apply(to: base, environment: environment)
        worker = WorkerLink.inherited(environment)
    }

    /// Runs until the process is to end.
    ///
    /// - Parameter makeServer: Makes the server; not called in a supervisor, which runs no agent.
    func run(_ makeServer: @Sendable () async throws -> AgentServer) async throws {
        try configuration.checkAccess()
        setUpLogging()
        if let worker {
            try await work(worker, makeServer)
        } else if configuration.workers != nil || configuration.reloads {
            // Said once, here, rather than by each worker.
            try await AccessControl(configuration.access, logger: Self.logger)?.keyStore?.prepare()
            let supervisor = try Supervisor(configuration, logger: Logger(label: "supervisor"))
            try await supervisor.run { name, address in
                announce(name, address)
            }
        } else {
            let server = try await make(makeServer)
            try await server.serve(configuration, as: nil, logger: Self.logger) { address in
                announce(server.agentName, address)
            }
        }
    }

    private func work(_ worker: WorkerLink, _ makeServer: () async throws -> AgentServer) async throws {
        if let workers = configuration.workers, ProcessEnvironment.all["NIO_SINGLETON_GROUP_LOOP_COUNT"] == nil {
            // The workers share the cores. Before anything asks for an event loop.
            NIOSingletons.groupLoopCountSuggestion = max(1, System.coreCount / workers)
        }
        let server = try await make(makeServer)
        try await server.serve(configuration, as: worker, logger: Self.logger) { _ in
            worker.say(WorkerMessage.ready + server.agentName)
        }
    }

    /// Makes the server, and its agents. Metrics that they make then have a place to go to.
    private func make(_ makeServer: () async throws -> AgentServer) async throws -> AgentServer {
        if configuration.hasMetrics { ProcessMetrics.install() }
        return try await makeServer()
    }

    private static var logger: Logger { Logger(label: "agent-server") }

    private func setUpLogging() {
        let level = configuration.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }

    private func announce(_ name: String, _ address: String) {
        let scheme = configuration.tls.certificateFile == nil ? "http" : "https"
        print("Serving \(name) on \(scheme)://\(address)")
        flushStandardOutput()
    }
}
