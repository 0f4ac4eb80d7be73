import Synchronization
import SystemThreads

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How the program that runs was built, and how to build it again.
struct PackageBuild: Sendable {
    /// What came of a build.
    enum Outcome: Sendable {
        /// There is a new program.
        case done
        /// The program is what it was.
        case unchanged
        /// What the compiler says, each error once.
        case failed(String)
    }

    /// The folder of the package.
    let package: String
    let arguments: [String]
    private let program: String
    private let swift: String

    /// - Parameter program: The path of the program: `…/.build/<platform>/debug/<product>`.
    /// - Throws: ``ServerError`` when it does not lie in a package's build folder, or there is no `swift`.
    init(program: String) throws {
        var folders = program.split(separator: "/").map { String($0) }
        let product = folders.popLast() ?? ""
        let configuration = folders.popLast() ?? ""
        _ = folders.popLast()
        let scratch = "/" + folders.joined(separator: "/")
        guard configuration == "debug" || configuration == "release",
            let package = Self.package(builtIn: scratch)
        else {
            throw ServerError(
                message: "--reload finds no package of \(program); start the program by `swift run` in its package"
            )
        }
        guard let swift = Self.find("swift") else {
            throw ServerError(message: "--reload finds no `swift` on the PATH")
        }
        (self.package, self.program, self.swift) = (package, program, swift)
        arguments = [
            "swift", "build", "--package-path", package, "--scratch-path", scratch, "--configuration", configuration,
            "--product", product,
        ]
    }

    /// Builds. Cancelling ends the build.
    func run() async -> Outcome {
        let before = SourceTree.stamp(ofFile: program)
        let (status, output) = await Self.run(swift, arguments)
        guard status == 0 else { return .failed(BuildErrors.text(of: output)) }
        return SourceTree.stamp(ofFile: program) == before ? .unchanged : .done
    }

    // MARK: Places

    /// The package that is built in a folder. That is the one around `.build`; a folder that was named by hand may lie
    /// anywhere, even in another package.
    private static func package(builtIn scratch: String) -> String? {
        if scratch.hasSuffix("/.build") { return package(above: scratch) }
        return package(above: workingDirectory) ?? package(above: scratch)
    }

    private static func package(above folder: String) -> String? {
        var folder = folder[...]
        while !folder.isEmpty {
            if SourceTree.stamp(ofFile: folder + "/Package.swift") != nil { return String(folder) }
            folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
        }
        return nil
    }

    private static var workingDirectory: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        return getcwd(&buffer, buffer.count).map { String(cString: $0) } ?? ""
    }

    /// A program on the `PATH`, or where toolchains are put.
    private static func find(_ name: String) -> String? {
        let environment = ProcessEnvironment.all
        let home = environment["HOME"] ?? "/root"
        let path = (environment["PATH"] ?? "").split(separator: ":").map { String($0) }
        let usual = ["\(home)/.local/share/swiftly/bin", "/opt/swift/usr/bin", "/usr/local/swift/usr/bin", "/usr/bin"]
        return (path + usual).map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    // MARK: Process

    /// The end of the output that is kept.
    private static let outputLimit = 1 << 20

    private static func run(_ program: String, _ arguments: [String]) async -> (status: Int32, output: [UInt8]) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return (-1, Array("no pipe can be had".utf8)) }
        let (reader, writer) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let pid: Int32
        do throws(ChildProcess.StartError) {
            defer { close(writer) }
            pid = try ChildProcess.start(
                program, arguments, environment: ProcessEnvironment.all, descriptors: [(writer, 1), (writer, 2)],
                hasOwnGroup: true
            )
        } catch {
            close(reader)
            return (-1, Array(error.reason.utf8))
        }
        let outcome = OneShot<(Int32, [UInt8])>()
        DetachedThread.start {
            var output: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            while case let count = read(reader, &buffer, buffer.count), count > 0 || count < 0 && errno == EINTR {
                output += buffer.prefix(max(0, count))
                if output.count > 2 * outputLimit { output.removeFirst(output.count - outputLimit) }
            }
            close(reader)
            outcome.set((ChildProcess.wait(for: pid), output))
        }
        return await withTaskCancellationHandler {
            await outcome.value
        } onCancel: {
            // The compiler's processes, too.
            kill(-pid, SIGTERM)
        }
    }
}
