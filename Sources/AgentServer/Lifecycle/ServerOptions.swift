public import ArgumentParser
import Logging

/// What the command line of every agent understands. Flags win over the environment.
public struct ServerOptions: ParsableArguments, Sendable {
    @Option(help: Self.help("The address to listen on", "AGENT_SERVER_HOST", "127.0.0.1"))
    var host: String?

    @Option(help: Self.help("The port to listen on; 0 picks a free one", "AGENT_SERVER_PORT", "8000"))
    var port: Int?

    @Option(
        help: Self.help(
            "The least severe messages to log: trace, debug, info, notice, warning, error, critical",
            "AGENT_SERVER_LOG_LEVEL", "info"
        )
    )
    var logLevel: String?

    @Flag(help: Self.help("Log every request", "AGENT_SERVER_ACCESS_LOG", "off"))
    var accessLog = false

    @Option(
        help: Self.help(
            "An origin whose pages may call this server from a browser; repeat for several",
            "AGENT_SERVER_CORS_ORIGINS", "none"
        )
    )
    var corsOrigin: [String] = []

    @Option(
        help: Self.help(
            "A further name by which this server may be called while it listens on loopback; '*' for all",
            "AGENT_SERVER_ALLOWED_HOSTS", "loopback's own"
        )
    )
    var allowedHost: [String] = []

    @Option(help: Self.help("Bytes that a request's body may have", "AGENT_SERVER_MAX_BODY_BYTES", "67108864"))
    var maxBodyBytes: Int?

    @Option(
        help: Self.help(
            "Requests that the agent answers at the same time", "AGENT_SERVER_MAX_CONCURRENT_REQUESTS", "20000"
        )
    )
    var maxConcurrentRequests: Int?

    @Option(
        help: Self.help("Seconds that an invocation may take", "AGENT_SERVER_INVOCATION_TIMEOUT", "3600")
    )
    var invocationTimeout: Int?

    @Option(
        help: Self.help("Seconds that requests may go on after SIGTERM", "AGENT_SERVER_DRAIN_TIMEOUT", "30")
    )
    var drainTimeout: Int?

    @Option(
        help: Self.help(
            "Seconds after which a quiet stream gets a comment", "AGENT_SERVER_KEEP_ALIVE_INTERVAL", "15"
        )
    )
    var keepAliveInterval: Int?

    public init() {}

    private static func help(_ text: String, _ variable: String, _ value: String) -> ArgumentHelp {
        ArgumentHelp("\(text). Environment: \(variable). Default: \(value).")
    }

    /// The configuration that these options, the environment and a base make, in this order of precedence.
    ///
    /// - Parameters:
    ///   - base: What counts where neither says anything.
    ///   - environment: The process's environment.
    /// - Throws: `ValidationError` that names the flag or variable that cannot be used.
    public func apply(
        to base: AgentServer.Configuration, environment: [String: String]
    ) throws -> AgentServer.Configuration {
        let settings = Settings(environment: environment)
        var configuration = base
        if let port = environment["DATABRICKS_APP_PORT"] {
            configuration.host = "0.0.0.0"
            configuration.port = try Settings.number(port, "DATABRICKS_APP_PORT", in: 0...65_535)
        }
        try settings.text(host, "--host", "AGENT_SERVER_HOST") { host, _ in configuration.host = host }
        try settings.number(port, "--port", "AGENT_SERVER_PORT", in: 0...65_535) { configuration.port = $0 }
        try settings.text(logLevel, "--log-level", "AGENT_SERVER_LOG_LEVEL") { name, place in
            guard let level = Logger.Level(rawValue: name.lowercased()) else {
                throw ValidationError("\(place) is '\(name)', which is no log level")
            }
            configuration.logLevel = level
        }
        configuration.logsAccess = try accessLog || settings.flag("AGENT_SERVER_ACCESS_LOG") ?? base.logsAccess
        configuration.corsOrigins += corsOrigin.isEmpty ? settings.list("AGENT_SERVER_CORS_ORIGINS") : corsOrigin
        configuration.allowedHosts += allowedHost.isEmpty ? settings.list("AGENT_SERVER_ALLOWED_HOSTS") : allowedHost
        let count = 1...Int(Int32.max)
        try settings.number(maxBodyBytes, "--max-body-bytes", "AGENT_SERVER_MAX_BODY_BYTES", in: count) {
            configuration.limits.bodyBytes = $0
        }
        try settings.number(
            maxConcurrentRequests, "--max-concurrent-requests", "AGENT_SERVER_MAX_CONCURRENT_REQUESTS", in: count
        ) { configuration.limits.concurrentRequests = $0 }
        try settings.number(
            invocationTimeout, "--invocation-timeout", "AGENT_SERVER_INVOCATION_TIMEOUT", in: count
        ) { configuration.limits.invocationTime = .seconds($0) }
        try settings.number(drainTimeout, "--drain-timeout", "AGENT_SERVER_DRAIN_TIMEOUT", in: 0...86_400) {
            configuration.drainTime = .seconds($0)
        }
        try settings.number(
            keepAliveInterval, "--keep-alive-interval", "AGENT_SERVER_KEEP_ALIVE_INTERVAL", in: count
        ) { configuration.keepAliveInterval = .seconds($0) }
        // Set but empty counts, as in the original.
        if let name = environment["DATABRICKS_APP_NAME"] { configuration.appName = name }
        return configuration
    }
}

/// Values from flags or the environment.
private struct Settings {
    var environment: [String: String]

    func text(_ flag: String?, _ name: String, _ variable: String, set: (String, String) throws -> Void) throws {
        guard let value = flag ?? environment[variable] else { return }
        let place = flag == nil ? variable : name
        guard !value.isEmpty else { throw ValidationError("\(place) is empty") }
        try set(value, place)
    }

    func number(
        _ flag: Int?, _ name: String, _ variable: String, in range: ClosedRange<Int>, set: (Int) -> Void
    ) throws {
        if let flag {
            set(try Self.checked(flag, name, in: range))
        } else if let text = environment[variable] {
            set(try Self.number(text, variable, in: range))
        }
    }

    static func number(_ text: String, _ name: String, in range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(text) else { throw ValidationError("\(name) is '\(text)', which is no whole number") }
        return try checked(number, name, in: range)
    }

    private static func checked(_ number: Int, _ name: String, in range: ClosedRange<Int>) throws -> Int {
        guard range.contains(number) else {
            throw ValidationError("\(name) is \(number); it must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ variable: String) throws -> Bool? {
        switch environment[variable]?.lowercased() {
        case nil: nil
        case "1", "true", "yes", "on": true
        case "0", "false", "no", "off", "": false
        case let value?: throw ValidationError("\(variable) is '\(value)'; it must be true or false")
        }
    }

    func list(_ variable: String) -> [String] {
        (environment[variable] ?? "").split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
    }
}

extension Substring {
    /// Without the spaces around it.
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
