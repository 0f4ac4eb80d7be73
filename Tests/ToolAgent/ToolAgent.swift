import AgentServer
import ArgumentParser
import ModelAgent

/// A model with tools that do what tests need of them.
@main
struct ToolAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tool-agent")

    @Option(help: "Calls of the model in one response.")
    var turns = 20

    @Option(help: "Milliseconds that a response may take.")
    var time = 60_000

    @Option(help: "Milliseconds that one call of a tool may take.")
    var toolTime = 60_000

    @OptionGroup var model: ModelOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        var limits = ModelAgent.Limits()
        limits.turns = turns
        limits.time = .milliseconds(time)
        limits.toolTime = .milliseconds(toolTime)
        guard let agent = try model.agent(server, tools: ScriptedTools.all, limits: limits) else {
            throw ValidationError("Name a model: --model-url and --model")
        }
        await ModelAgent.serve(server) { agent }
    }
}
