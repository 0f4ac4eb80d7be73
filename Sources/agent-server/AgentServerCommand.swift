import AgentServer
import ArgumentParser
import DemoAgent

/// The command line of `agent-server`.
@main
struct AgentServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent-server",
        abstract: "Serves the demo agent over HTTP, or makes a package for an agent of your own.",
        discussion: "Flags win over the environment, and the environment over the file that --config names. On "
            + "Databricks Apps (DATABRICKS_APP_PORT is set) the server listens on 0.0.0.0 and that port unless told "
            + "otherwise. --generate-completion-script bash (or zsh, fish) prints completions for a shell.",
        version: AgentServer.version,
        subcommands: [InitCommand.self]
    )

    @OptionGroup var options: ServerOptions

    func run() async {
        await DemoAgent.serve(options)
    }
}
