import AgentServer
import Logging
import Testing

@Suite("An error of an agent in the log")
struct AgentErrorLogTests {
    private struct Outage: Error {}

    @Test(
        "is a warning where it came from elsewhere, and no more than a line where the agent does not want to",
        arguments: [
            (AgentError("down", status: 502, cause: Outage()), Logger.Level.warning),
            (AgentError("down", status: 502), .info), (AgentError("no", status: 404, cause: Outage()), .info),
        ])
    func level(error: AgentError, level: Logger.Level) async throws {
        let lines = LogLines()
        let server = try BareServer(ClosureAgent { _, _ in throw error }, logger: lines.logger)
        _ = await server.send("POST", "/responses", ["input": "x"])
        #expect(lines.all == ["Agent refused"])
        #expect(lines.levels == [level])
    }
}
