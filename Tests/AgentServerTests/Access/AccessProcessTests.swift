import AgentServer
import TestSupport
import Testing

@Suite("Access to a server's process", .serialized)
struct AccessProcessTests {
    @Test(
        "is not open to the world by an oversight: the server does not start, nor a supervisor",
        arguments: [
            (["--host", "0.0.0.0"], [:]), (["--host", "::"], [:]), ([], ["AGENT_SERVER_HOST": "0.0.0.0"]),
            (["--host", "0.0.0.0", "--workers", "2"], [:]), (["--host", "0.0.0.0", "--rate-limit", "1"], [:]),
            (["--host", "0.0.0.0", "--trust-forwarded-user"], [:]),
            ([], ["DATABRICKS_APP_PORT": "0", "AGENT_SERVER_INSECURE": "0"]),
        ] as [([String], [String: String])])
    func oversight(arguments: [String], environment: [String: String]) async throws {
        let outcome = try await AgentProcess(["--port", "0"] + arguments, environment: environment).outcome()
        #expect(outcome.status != 0)
        #expect(outcome.standardOutput == "")
        let lines = outcome.standardError.split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.contains("is not on loopback, and no key is asked for") == true)
    }

    @Test(
        "is open to the world where keys are asked for, or somebody wants it so",
        arguments: [
            (["--insecure"], [:], 200), ([], ["AGENT_SERVER_INSECURE": "true"], 200),
            ([], ["DATABRICKS_APP_PORT": "0"], 200), (["--api-key", "secret"], [:], 401),
            (["--workers", "1"], ["AGENT_SERVER_API_KEYS": "ops:secret"], 401),
        ] as [([String], [String: String], Int)])
    func meant(arguments: [String], environment: [String: String], status: Int) async throws {
        let agent = try AgentProcess(["--port", "0", "--host", "0.0.0.0"] + arguments, environment: environment)
        let port = try await agent.port()
        #expect(try await RawAnswer.get("/agent/info", port: port).status == status)
        #expect(try await RawAnswer.get("/health", port: port).status == 200)
        let key = "Authorization: Bearer secret\r\n"
        #expect(try await RawAnswer.get("/agent/info", port: port, headers: key).status == 200)
        agent.terminate()
        let outcome = await agent.outcome()
        #expect(outcome.status == 0)
        #expect(!outcome.standardError.contains("secret"))
    }

    @Test(
        "is not given by keys that cannot be used: the server says which, and shows none",
        arguments: [
            (["--api-key", "ops:"], [:], "--api-key: key 1 is empty"),
            (["--api-key", "a:secret", "--api-key", "b:secret"], [:], "--api-key: keys 1 and 2 are the same"),
            ([], ["AGENT_SERVER_API_KEYS": ""], "AGENT_SERVER_API_KEYS: key 1 is empty"),
            ([], ["AGENT_SERVER_API_KEYS": "secret1,secr et2"], "AGENT_SERVER_API_KEYS: key 2 has a character"),
            (
                ["--workers", "2", "--jwt-jwks", "/nowhere/secret"], [:],
                "that jwt-jwks names cannot be used: it cannot be read"
            ),
        ] as [([String], [String: String], String)])
    func unusable(arguments: [String], environment: [String: String], message: String) async throws {
        let outcome = try await AgentProcess(["--port", "0"] + arguments, environment: environment).outcome()
        #expect(outcome.status != 0)
        let lines = outcome.standardError.split(separator: "\n")
        #expect(lines.first?.contains(message) == true, "\(outcome.standardError)")
        #expect(!outcome.standardError.replacing("/nowhere/secret", with: "").contains("secr"))
    }
}
