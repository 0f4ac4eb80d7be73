import ArgumentParser

/// `agent-server init`: writes a package for a new agent.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a package for a new agent into a new folder: the agent, a test, a README, a Dockerfile."
    )

    @Argument(help: "The package's name, which is also its folder's and the program's: letters, digits, - and _.")
    var name: String

    @Option(help: "A clone of swift-agent-server to depend on, in place of the published package.")
    var path: String?

    func run() throws {
        let template = try PackageTemplate(name: name, dependency: path.map { try Folder.absolute($0) })
        try Folder.create(name)
        for file in template.files { try Folder.write(file.text, to: "\(name)/\(file.path)") }
        print(
            """
            Made \(name)/ with an agent in Sources/\(name)/\(template.typeName).swift. Go on with
                cd \(name)
                swift run \(name)
            """
        )
    }
}
