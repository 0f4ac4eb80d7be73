import Logging

/// Watches a package's sources and builds it when they change.
struct Reloader: Sendable {
    private let build: PackageBuild
    private let tree: SourceTree
    private let watcher: SourceWatcher
    private let logger: Logger

    /// How long the sources must have been quiet: an editor saves several files, and each in several steps.
    private static let quietTime: Duration = .milliseconds(150)
    /// Makes the watcher look at the files themselves, for file systems that send no notices: folders that a container
    /// shares with its host, for example.
    static let pollingVariable = "AGENT_SERVER_RELOAD_POLLING"

    /// - Parameter program: The path of the program that runs.
    /// - Throws: ``ServerError`` when there is no package to build.
    init(program: String, logger: Logger) throws {
        build = try PackageBuild(program: program)
        tree = SourceTree(root: build.package)
        let polling = ProcessEnvironment.all[Self.pollingVariable] ?? ""
        watcher = SourceWatcher(polls: !["", "0", "false", "no", "off"].contains(polling.lowercased()))
        self.logger = logger
    }

    /// Watches until the task is cancelled.
    ///
    /// - Parameter onNewProgram: Called after each build that made a new program.
    func run(_ onNewProgram: @Sendable () -> Void) async {
        logger.info("Watching", metadata: ["package": "\(build.package)"])
        var built = tree.snapshot()
        var watched: [String] = []
        while !Task.isCancelled {
            // What has changed before a folder was watched gave no notice: look once more, then.
            if built.folders == watched {
                await watcher.waitForChange()
            } else {
                watched = built.folders
                watcher.watch(watched)
            }
            let now = await settled()
            guard now != built, !Task.isCancelled else {
                // New folders count, even while they are empty.
                built.folders = now.folders
                continue
            }
            built = now
            logger.info("Building")
            switch await build.run() {
            case .done: onNewProgram()
            case .unchanged: logger.info("Nothing to do: the program is what it was")
            case .failed(let errors) where !Task.isCancelled:
                logger.error("The build failed; the old program goes on")
                printError(errors)
            case .failed: break
            }
        }
    }

    /// The sources, when they have been quiet for a while.
    private func settled() async -> SourceTree.Snapshot {
        var last = tree.snapshot()
        while (try? await Task.sleep(for: Self.quietTime)) != nil {
            let next = tree.snapshot()
            if next == last { break }
            last = next
        }
        return last
    }
}
