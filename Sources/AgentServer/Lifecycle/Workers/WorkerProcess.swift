#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A worker, as its supervisor sees it.
struct WorkerProcess: Sendable {
    /// What happens to a worker.
    enum Event: Sendable {
        case said(String)
        /// It has ended; how.
        case ended(String)
    }

    /// Why a worker could not be started.
    struct StartError: Error {
        var reason: String
    }

    let pid: Int32
    private let link: Int32

    /// Starts a worker: this program again, with the same arguments.
    ///
    /// `posix_spawn`, because a process with threads may do little between `fork` and `exec`; and by hand, because
    /// swift-subprocess hands down no descriptors but the standard ones.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - socket: The socket to listen on.
    ///   - onEvent: Called from a thread of its own; last with `ended`.
    init(program: String, socket: Int32, onEvent: @escaping @Sendable (Int32, Event) -> Void) throws(StartError) {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw StartError(reason: Self.text(errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Out of the way of the numbers they get in the worker.
        let theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, 16)
        close(ends[1])
        let inherited = fcntl(socket, F_DUPFD_CLOEXEC, 16)
        defer {
            close(theirs)
            close(inherited)
        }
        do {
            pid = try Self.spawn(program, socket: inherited, link: theirs)
        } catch {
            close(ends[0])
            throw error
        }
        link = ends[0]
        let watched = DetachedThread.start { [pid, link] in
            LinePipe.read(link) { onEvent(pid, .said($0)) }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            close(link)
            onEvent(pid, .ended(Self.describe(status)))
        }
        if !watched {
            kill(pid, SIGKILL)
            throw StartError(reason: "no thread to watch it")
        }
    }

    func retire() { LinePipe.write(WorkerMessage.retire, to: link) }

    func terminate() { kill(pid, SIGTERM) }

    func kill() { kill(pid, SIGKILL) }

    private func kill(_ pid: Int32, _ signal: Int32) {
        #if canImport(Glibc)
        _ = Glibc.kill(pid, signal)
        #elseif canImport(Musl)
        _ = Musl.kill(pid, signal)
        #else
        _ = Darwin.kill(pid, signal)
        #endif
    }

    private static func spawn(_ program: String, socket: Int32, link: Int32) throws(StartError) -> Int32 {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, socket, WorkerLink.socketDescriptor)
        posix_spawn_file_actions_adddup2(&actions, link, WorkerLink.linkDescriptor)
        // The supervisor has signals ignored, because it reads them from a queue. A worker decides for itself.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        var environment = ProcessEnvironment.all
        environment[WorkerLink.variable] = "\(getpid())"
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, program, &actions, &attributes, arguments, variables)
        guard code == 0 else { throw StartError(reason: "\(program): \(text(code))") }
        return pid
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// How a process ended.
    private static func describe(_ status: Int32) -> String {
        let signal = status & 0x7F
        return signal == 0
            ? "exit status \((status >> 8) & 0xFF)" : "signal \(signal), \(String(cString: strsignal(signal)))"
    }
}
