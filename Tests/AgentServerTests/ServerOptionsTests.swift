import AgentServer
import ArgumentParser
import Logging
import Testing

@Suite("The command line and the environment")
struct ServerOptionsTests {
    private func configuration(
        _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) throws -> AgentServer.Configuration {
        try ServerOptions.parse(arguments).apply(to: AgentServer.Configuration(), environment: environment)
    }

    @Test("give loopback and port 8000 when nothing is said")
    func defaults() throws {
        let configuration = try configuration()
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8000)
        #expect(configuration.appName == "mlflow_agent_server")
        #expect(configuration.limits.bodyBytes == 64 * 1024 * 1024)
    }

    @Test("let a flag win over the environment, and the environment over the default")
    func precedence() throws {
        let environment = [
            "AGENT_SERVER_PORT": "9000", "AGENT_SERVER_HOST": "0.0.0.0", "AGENT_SERVER_LOG_LEVEL": "debug",
        ]
        let both = try configuration(["--port", "0"], environment)
        #expect(both.port == 0)
        #expect(both.host == "0.0.0.0")
        #expect(both.logLevel == .debug)
    }

    @Test("listen to the world on the port of a Databricks App, unless told otherwise")
    func databricks() throws {
        let app = ["DATABRICKS_APP_PORT": "8080", "DATABRICKS_APP_NAME": ""]
        #expect(try configuration([], app).host == "0.0.0.0")
        #expect(try configuration([], app).port == 8080)
        #expect(try configuration([], app).appName == "")
        #expect(try configuration(["--host", "127.0.0.1", "--port", "1"], app).host == "127.0.0.1")
        #expect(try configuration(["--host", "127.0.0.1", "--port", "1"], app).port == 1)
    }

    @Test("read lists, flags and numbers")
    func kinds() throws {
        let fromEnvironment = try configuration(
            [],
            [
                "AGENT_SERVER_CORS_ORIGINS": "https://a.example, https://b.example,,", "AGENT_SERVER_ACCESS_LOG": "yes",
                "AGENT_SERVER_INVOCATION_TIMEOUT": "7", "AGENT_SERVER_MAX_BODY_BYTES": "10",
            ])
        #expect(fromEnvironment.corsOrigins == ["https://a.example", "https://b.example"])
        #expect(fromEnvironment.logsAccess)
        #expect(fromEnvironment.limits.invocationTime == .seconds(7))
        #expect(fromEnvironment.limits.bodyBytes == 10)
        let fromFlags = try configuration(["--allowed-host", "a", "--allowed-host", "b", "--access-log"])
        #expect(fromFlags.allowedHosts == ["a", "b"])
        #expect(fromFlags.logsAccess)
    }

    @Test(
        "refuse what cannot be used, and name it",
        arguments: [
            (["--port", "70000"], [:], "--port"), ([], ["AGENT_SERVER_PORT": "http"], "AGENT_SERVER_PORT"),
            ([], ["AGENT_SERVER_PORT": ""], "AGENT_SERVER_PORT"), ([], ["AGENT_SERVER_HOST": ""], "AGENT_SERVER_HOST"),
            (["--log-level", "loud"], [:], "loud"),
            ([], ["AGENT_SERVER_ACCESS_LOG": "maybe"], "AGENT_SERVER_ACCESS_LOG"),
            ([], ["DATABRICKS_APP_PORT": "-1"], "DATABRICKS_APP_PORT"),
            (["--max-body-bytes", "0"], [:], "--max-body-bytes"),
            ([], ["AGENT_SERVER_DRAIN_TIMEOUT": "99999999999999999999"], "AGENT_SERVER_DRAIN_TIMEOUT"),
        ] as [([String], [String: String], String)])
    func refusals(arguments: [String], environment: [String: String], name: String) {
        #expect { try configuration(arguments, environment) } throws: { "\($0)".contains(name) }
    }
}
