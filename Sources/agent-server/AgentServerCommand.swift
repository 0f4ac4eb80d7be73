import AgentServer
import ArgumentParser
import DemoAgent
import ModelAgent

/// The command line of `agent-server`.
@main
struct AgentServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent-server",
        abstract: "Serves a model, or the demo agent, over HTTP; or makes a package for an agent of your own.",
        discussion:
            "With --model-url and --model it serves that model, otherwise the demo agent, which has none. Flags win over the environment, and the environment over the file that --config names. On "
            + "Databricks Apps (DATABRICKS_APP_PORT is set) the server listens on 0.0.0.0 and that port unless told "
            + "otherwise. --generate-completion-script bash (or zsh, fish) prints completions for a shell.",
        version: AgentServer.version,
        subcommands: [InitCommand.self]
    )

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var options: ServerOptions

    func run() async throws {
        let agent: ModelAgent?
        do {
            agent = try model.agent(options)
        } catch let error as ModelSetupError {
            throw ValidationError(error.message)
        }
        if let agent {
            await ModelAgent.serve(options) { agent }
        } else {
            await DemoAgent.serve(options)
        }
    }
}
