import TestSupport
import Testing

@testable import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Reloading")
struct ReloadTests {
    @Test("sees files that come, change and go, in new folders too, and nothing that a build makes")
    func snapshots() throws {
        try TemporaryFolder.with { folder in
            try folder.write("let a = 1\n", to: "Sources/Agent/a.swift")
            try folder.write("// swift-tools-version:6.2\n", to: "Package.swift")
            let tree = SourceTree(root: folder.path)
            let first = tree.snapshot()
            #expect(
                first.files.keys.sorted().map { $0.dropFirst(folder.path.count) } == [
                    "/Package.swift", "/Sources/Agent/a.swift",
                ])
            for path in [
                ".build/x.swift", ".git/HEAD", "Package.resolved", "Sources/Agent/a.swift~", "node_modules/x.js",
            ] {
                try folder.write("x", to: path)
            }
            #expect(tree.snapshot() == first)
            try folder.write("let a = 12\n", to: "Sources/Agent/a.swift")
            let second = tree.snapshot()
            #expect(second != first)
            try folder.write("let b = 1\n", to: "Sources/Agent/New/b.swift")
            let third = tree.snapshot()
            #expect(third != second)
            #expect(third.folders.contains("\(folder.path)/Sources/Agent/New"))
            unlink("\(folder.path)/Sources/Agent/New/b.swift")
            #expect(tree.snapshot() == second)
        }
    }

    @Test("does not follow links round and round")
    func links() throws {
        try TemporaryFolder.with { folder in
            try folder.write("x", to: "Sources/a.swift")
            symlink("..", "\(folder.path)/Sources/up")
            #expect(SourceTree(root: folder.path).snapshot().folders.count < 100)
        }
    }

    @Test("notices a change, by the system's notices and by looking", arguments: [false, true])
    func notices(polls: Bool) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("x", to: "a.swift")
            let tree = SourceTree(root: folder.path)
            let watcher = SourceWatcher(polls: polls)
            let before = tree.snapshot()
            watcher.watch(before.folders)
            try folder.write("xy", to: "a.swift")
            while tree.snapshot() == before { await watcher.waitForChange() }
            await watcher.waitForChange()
        }
    }

    @Test("stops waiting when it is cancelled")
    func cancelled() async throws {
        try await TemporaryFolder.with { folder in
            let watcher = SourceWatcher(polls: false)
            watcher.watch([folder.path])
            let task = Task { await watcher.waitForChange() }
            task.cancel()
            await task.value
        }
    }

    @Test("shows each of the compiler's errors once, with its line, and no warnings")
    func errors() {
        let block = """
            /p/Sources/p/b.swift:1:14: error: cannot convert value of type 'String' to specified type 'Int'
            1 | let y: Int = "b"
              |              `- error: cannot convert value of type 'String' to specified type 'Int'
            2 | #warning("w")
            """
        let output = """
            Building for debugging...
            error: emit-module command failed with exit code 1 (use -v to see invocation)
            [3/7] Emitting module p
            /p/Sources/p/b.swift:2:10: warning: w
            2 | #warning("w")
              |          `- warning: w

            \(block)

            [4/7] Compiling p b.swift
            \(block)

            /p/Sources/p/main.swift:3:29: error: cannot convert return expression of type 'Int' to return type 'String'
            3 | func f() -> String { return 1 }

            """
        let text = BuildErrors.text(of: Array(output.utf8))
        #expect(text.ranges(of: "b.swift:1:14").count == 1)
        #expect(text.contains("1 | let y: Int = \"b\""))
        #expect(text.contains("main.swift:3:29"))
        #expect(!text.contains("warning: w\n"))
        #expect(!text.contains("Compiling"))
    }

    @Test("shows the end of the output where it finds no error in it")
    func otherErrors() {
        let lines = (1...40).map { "line \($0)" } + ["error: 'p': invalid manifest", "error: 'p': invalid manifest"]
        let text = BuildErrors.text(of: Array(lines.joined(separator: "\n").utf8))
        #expect(text.hasSuffix("line 40\nerror: 'p': invalid manifest"))
        #expect(!text.contains("line 1\n"))
    }

    @Test("finds the package and the product of a program, and says so when there is none")
    func build() throws {
        try TemporaryFolder.with { folder in
            try folder.write("", to: "p/Package.swift")
            let program = "\(folder.path)/p/.build/x86_64-unknown-linux-gnu/debug/my-agent"
            let build = try PackageBuild(program: program)
            #expect(build.package == "\(folder.path)/p")
            #expect(
                build.arguments.suffix(6) == [
                    "--scratch-path", "\(folder.path)/p/.build", "--configuration", "debug", "--product", "my-agent",
                ])
            #expect { try PackageBuild(program: "/usr/local/bin/my-agent") } throws: {
                "\($0)".contains("--reload finds no package of /usr/local/bin/my-agent")
            }
        }
    }
}
