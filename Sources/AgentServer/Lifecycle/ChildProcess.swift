#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Starting programs, with descriptors of ours in places of theirs.
///
/// `posix_spawn`, because a process with threads may do little between `fork` and `exec`; by hand, because
/// swift-subprocess hands down no descriptors but the standard ones.
enum ChildProcess {
    /// Why a program could not be started.
    struct StartError: Error {
        var reason: String
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - arguments: Its arguments; the first one is its name.
    ///   - environment: Its variables.
    ///   - descriptors: Ours, and the number each has in the program. Others are closed there if they are marked so.
    ///   - hasOwnGroup: Whether signals of the terminal do not reach it.
    /// - Returns: Its process id. To be waited for.
    static func start(
        _ program: String, _ arguments: [String], environment: [String: String],
        descriptors: [(ours: Int32, theirs: Int32)], hasOwnGroup: Bool = false
    ) throws(StartError) -> Int32 {
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
        // Out of the way of the numbers they get.
        let moved = descriptors.map { fcntl($0.ours, F_DUPFD_CLOEXEC, 16) }
        defer { for descriptor in moved { close(descriptor) } }
        for (ours, pair) in zip(moved, descriptors) { posix_spawn_file_actions_adddup2(&actions, ours, pair.theirs) }
        // This process may have signals ignored, because it reads them from a queue. A program decides for itself.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (hasOwnGroup ? POSIX_SPAWN_SETPGROUP : 0))
        )
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, program, &actions, &attributes, words, variables)
        guard code == 0 else { throw StartError(reason: "\(program): \(String(cString: strerror(code)))") }
        return pid
    }

    /// Waits for the end of a program, by a call that blocks. The status is that of `waitpid`.
    static func wait(for pid: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        return status
    }

    /// How a program ended, in words.
    static func describe(_ status: Int32) -> String {
        let signal = status & 0x7F
        guard signal != 0 else { return "exit status \((status >> 8) & 0xFF)" }
        return "signal \(signal), \(String(cString: strsignal(signal)))"
    }
}
