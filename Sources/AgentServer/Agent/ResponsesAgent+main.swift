extension ResponsesAgent {
    /// Serves the agent as the command line and the environment say; `--help` explains them.
    ///
    /// This is what `@main` calls.
    public static func main() async {
        do {
            try await AgentServer(Self()).run()
        } catch {
            endProcess(saying: "\(error)")
        }
    }
}
