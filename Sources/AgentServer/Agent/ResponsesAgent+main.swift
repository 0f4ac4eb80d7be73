import ArgumentParser

extension ResponsesAgent {
    /// Serves the agent as the command line and the environment say; `--help` explains them.
    ///
    /// This is what `@main` calls. With workers, the agent is made in each of them, and not in their supervisor.
    public static func main() async {
        let command = ServeCommand.parseOrExit()
        await serve(command.options)
    }

    /// Serves the agent as these options and the environment say, for programs with a command line of their own. Ends
    /// the process with a line on standard error where that fails.
    ///
    /// - Parameter options: The options.
    public static func serve(_ options: ServerOptions) async {
        await serve(options) { try await Self() }
    }

    /// Serves an agent as ``serve(_:)`` does.
    ///
    /// - Parameters:
    ///   - options: The options.
    ///   - make: Makes the agent, in each of the workers where there are some.
    public static func serve(_ options: ServerOptions, making make: @escaping @Sendable () async throws -> Self) async {
        do {
            try await Launch(options, base: AgentServer.Configuration()).run { AgentServer(try await make()) }
        } catch let error as ValidationError {
            endProcess(saying: error.message, status: ExitCode.validationFailure.rawValue)
        } catch {
            endProcess(saying: "\(error)")
        }
    }
}
