import ArgumentParser

/// The files of a new agent's package.
struct PackageTemplate {
    /// A file of the package.
    struct File {
        var path: String
        var text: String
    }

    /// The package's, the target's and the program's name.
    let name: String
    /// The agent's type: `my-agent` makes `MyAgent`.
    let typeName: String
    /// The path of a clone to depend on; `nil` for the published package.
    let dependency: String?

    /// - Throws: `ValidationError` when the name cannot be one of a target and of a type.
    init(name: String, dependency: String?) throws {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, name.first?.isLetter == true, name.utf8.count <= 64 else {
            throw ValidationError("'\(name)' is no name for a package: letters, digits, - and _, a letter first")
        }
        let words = name.split { $0 == "-" || $0 == "_" }
        var typeName = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        // A type of that name would hide the module's, or one of its own.
        if typeName == name.replacing("-", with: "_") || Self.taken.contains(typeName) { typeName += "Agent" }
        guard !Self.takenNames.contains(name.lowercased()) else {
            throw ValidationError("'\(name)' is taken by a part of the server or of Swift")
        }
        (self.name, self.typeName, self.dependency) = (name, typeName, dependency)
    }

    /// Types that an agent's file sees.
    private static let taken: Set<String> = [
        "Agent", "AgentRequest", "AgentResponse", "AgentContext", "AgentError", "AgentExecution", "ResponseWriter",
        "ResponsesAgent", "StreamEvent", "Item", "JSON", "String", "Int", "Test", "Testing", "Task", "Array", "Set",
    ]
    /// Modules and packages that the name must not hide.
    private static let takenNames: Set<String> = [
        "swift", "testing", "foundation", "agentserver", "agentservertesting", "agentjson", "openresponses",
        "agent-server", "swift-agent-server", "demoagent", "logging", "glibc", "test", "main",
    ]

    /// The module's name: that of the target, as an identifier.
    private var module: String { name.replacing("-", with: "_") }

    /// All files, each with its path in the package.
    var files: [File] {
        [
            File(path: "Package.swift", text: manifest),
            File(path: "Sources/\(name)/\(typeName).swift", text: agent),
            File(path: "Tests/\(name)Tests/\(typeName)Tests.swift", text: test),
            File(path: "README.md", text: readme),
            File(path: "Dockerfile", text: dockerfile),
            File(path: ".dockerignore", text: ".build*\n.git\n.swiftpm\n"),
            File(path: ".gitignore", text: ".build*/\n.swiftpm/\n*.db\n"),
        ]
    }

    private var manifest: String {
        let package =
            dependency.map { #".package(name: "swift-agent-server", path: "\#(Self.escaped($0))")"# }
            ?? #".package(url: "https://github.com/swift-agent-server/swift-agent-server", branch: "main")"#
        return """
            // swift-tools-version:6.2
            import PackageDescription

            let package = Package(
                name: "\(name)",
                platforms: [.macOS(.v15)],
                dependencies: [
                    \(package)
                ],
                targets: [
                    .executableTarget(
                        name: "\(name)",
                        dependencies: [.product(name: "AgentServer", package: "swift-agent-server")]
                    ),
                    .testTarget(
                        name: "\(name)Tests",
                        dependencies: [
                            "\(name)",
                            .product(name: "AgentServerTesting", package: "swift-agent-server"),
                        ]
                    ),
                ]
            )

            """
    }

    private var agent: String {
        """
        import AgentServer

        /// Says again what it is told. Yours will know better.
        @main
        struct \(typeName): ResponsesAgent {
            func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
                try await response.text("You said: ")
                try await response.text(request.lastUserText)
            }
        }

        """
    }

    private var test: String {
        """
        import AgentServer
        import AgentServerTesting
        import Testing

        @testable import \(module)

        @Test("answers synchronously and in a stream")
        func answers() async {
            let server = TestAgentServer(\(typeName)())
            let question: JSON = ["input": [["role": "user", "content": "hello"]]]
            let answer = await server.invoke(question)
            #expect(answer.status == 200)
            #expect(answer.outputText == "You said: hello")
            let stream = await server.stream(question)
            #expect(stream.outputText == "You said: hello")
            #expect(stream.isDone)
        }

        """
    }

    private var readme: String {
        """
        # \(name)

        An agent, served over HTTP by [swift-agent-server](https://github.com/swift-agent-server/swift-agent-server). It
        is in `Sources/\(name)/\(typeName).swift`.

        ```sh
        swift run \(name)            # serve it on http://127.0.0.1:8000
        swift run \(name) --reload   # the same, and build it again whenever its source changes
        swift run \(name) --help     # all options
        swift test
        ```

        Ask it something:

        ```sh
        curl http://127.0.0.1:8000/invocations -d '{"input": [{"role": "user", "content": "Hello!"}]}'
        ```

        ## In a container

        ```sh
        docker build --tag \(name) .
        KEY=$(openssl rand -hex 16); echo "$KEY"
        docker run --rm --publish 8000:8000 --env AGENT_SERVER_API_KEYS=me:$KEY \(name)
        ```

        In a container the server listens to the world, and starts only with a key that its clients must send, as
        `Authorization: Bearer KEY`; or with `--env AGENT_SERVER_INSECURE=true`, where something else keeps strangers
        out. The image holds the program and what it links with, and no Swift.

        """ + (dependency == nil ? "" : "\n" + Self.localNote)
    }

    private static let localNote = """
        `Package.swift` names a clone of the server on this machine, which a container does not have: name the published
        package there before you build an image.

        """

    private var dockerfile: String {
        """
        FROM swift:6.3-bookworm AS build
        RUN apt-get update && apt-get install --yes --no-install-recommends libsqlite3-dev zlib1g-dev
        WORKDIR /build
        # Apart from the sources, so that a change of them does not fetch the dependencies again. With Package.resolved
        # if there is one, so that the same versions are fetched.
        COPY Package.* ./
        RUN mkdir -p Sources/\(name) Tests/\(name)Tests && swift package resolve
        COPY . .
        RUN swift build --configuration release --static-swift-stdlib --product \(name) && mkdir -p image && \\
            cp "$(swift build --configuration release --static-swift-stdlib --show-bin-path)/\(name)" image/ && \\
            strip image/\(name)

        FROM debian:bookworm-slim
        RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates libsqlite3-0 && \\
            rm -rf /var/lib/apt/lists/*
        COPY --from=build /build/image/\(name) /usr/local/bin/\(name)
        USER nobody
        WORKDIR /tmp
        # In a container every address is a published one, or nobody can reach it. Needs AGENT_SERVER_API_KEYS, then, which
        # is nothing to keep in an image, or AGENT_SERVER_INSECURE=true.
        ENV AGENT_SERVER_HOST=0.0.0.0
        EXPOSE 8000
        ENTRYPOINT ["/usr/local/bin/\(name)"]

        """
    }

    /// A text as it stands between the quotes of a literal.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
