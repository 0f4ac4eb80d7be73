import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The scripted agent, or another program, as a process of its own.
///
/// Started by hand and watched by threads of its own: with Foundation's `Process` the suite hung now and then, and has
/// not since.
package final class AgentProcess: Sendable {
    /// What a process that has ended left behind.
    package struct Outcome: Sendable {
        package var status: Int32
        package var standardOutput: String
        package var standardError: String
    }

    private struct NotStarted: Error {
        var code: Int32
    }

    private struct NoPort: Error {
        var line: String
    }

    package let pid: Int32
    private let output = Collector()
    private let errors = Collector()
    private let ended = OneTime<Int32>()

    /// Starts the process.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - environment: Variables beside `PATH`.
    ///   - built: The program, as the build has named it.
    ///   - program: Another program instead, by its name on `PATH`.
    package init(
        _ arguments: [String], environment: [String: String] = [:], built: String = "scripted-agent",
        program: String? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writeEnd, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.writeEnd, 2)
        // A socket or a pipe of another test may be open and not yet marked: here it would outlive that test.
        for descriptor in Int32(3)..<4096 { posix_spawn_file_actions_addclose(&actions, descriptor) }

        // Servers in the tests' own process ignore signals, which a child would inherit.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let path = program == nil ? Self.executable(built) : "/usr/bin/env"
        let words: [UnsafeMutablePointer<CChar>?] =
            ([path] + (program.map { [$0] } ?? []) + arguments).map { strdup($0) } + [nil]
        let programs = program == nil ? "/usr/bin:/bin" : getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let variables: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0)=\($1)") } + [strdup("PATH=\(programs)"), nil]
        defer { for text in words + variables { free(text) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, path, &actions, &attributes, words, variables)
        self.pid = pid
        output.closeWriteEnd()
        errors.closeWriteEnd()
        guard code == 0 else { throw NotStarted(code: code) }
        output.start()
        errors.start()
        onThread { [ended, pid] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            ended.set(status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F))
        }
        // What hangs, or was forgotten, ends all the same, and so does whoever waits for it. Once it has been waited for,
        // the number may be another's.
        later { [ended, pid] in if !ended.isSet { kill(pid, SIGKILL) } }
    }

    /// Beside the tests' own executable, where the build has put it.
    package static func executable(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let size = buffer.count
        let count = readlink("/proc/self/exe", &buffer, size)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/" + name
    }

    /// The port it says it serves on.
    package func port() async throws -> Int {
        let line = await output.firstLine.value(or: "")
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else { throw NoPort(line: line) }
        return port
    }

    /// The first line that it prints.
    package var firstLine: String {
        get async { await output.firstLine.value(or: "") }
    }

    /// Sends SIGTERM.
    package func terminate() {
        kill(pid, SIGTERM)
    }

    /// Sends a signal.
    package func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits for its end.
    package func outcome() async -> Outcome {
        let status = await ended.value(or: -1)
        return Outcome(
            status: status, standardOutput: await output.all.value(or: ""),
            standardError: await errors.all.value(or: ""))
    }
}

/// Collects what comes out of a pipe.
private final class Collector: Sendable {
    let writeEnd: Int32
    /// The first line, or what there was at the end.
    let firstLine = OneTime<String>()
    /// Everything, at the end.
    let all = OneTime<String>()
    private let readEnd: Int32

    init() {
        var ends: [Int32] = [0, 0]
        // Closed on exec: a pipe that another child holds open as well has no end.
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    func closeWriteEnd() {
        close(writeEnd)
    }

    func start() {
        onThread { [self] in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(readEnd, &buffer, buffer.count)
                if count <= 0, !(count < 0 && errno == EINTR) { break }
                let old = bytes.count
                bytes += buffer.prefix(max(0, count))
                // Only in what is new: a line may be very long.
                if let end = bytes[old...].firstIndex(of: UInt8(ascii: "\n")) {
                    firstLine.set(String(decoding: bytes[..<end], as: UTF8.self))
                }
            }
            close(readEnd)
            let text = String(decoding: bytes, as: UTF8.self)
            firstLine.set(text)
            all.set(text)
        }
    }
}

/// Does something that blocks on a thread of its own.
private func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        },
        argument
    )
    pthread_detach(thread)
}

/// A value that is set once and can be awaited often.
package final class OneTime<Value: Sendable>: Sendable {
    private let signal = Signal()
    private let box = Mutex<Value?>(nil)

    package init() {}

    package var isSet: Bool { signal.isSet }

    package func set(_ value: Value) {
        box.withLock { if $0 == nil { $0 = value } }
        signal.set()
    }

    /// The value, as soon as there is one; another one when it has not come in time, which is an issue.
    package func value(or missing: Value) async -> Value {
        await signal.wait()
        return box.withLock { $0 } ?? missing
    }
}
