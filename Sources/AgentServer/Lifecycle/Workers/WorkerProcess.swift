#if canImport(Glibc)
import SystemThreads
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

    let pid: Int32
    private let link: Int32

    /// Starts a worker: this program again, with the same arguments.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - socket: The socket to listen on.
    ///   - metrics: Where workers keep what they have counted; `nil` where nothing is measured.
    ///   - onEvent: Called from a thread of its own; last with `ended`.
    init(
        program: String, socket: Int32, metrics: MetricsFolder?, onEvent: @escaping @Sendable (Int32, Event) -> Void
    ) throws(ChildProcess.StartError) {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw ChildProcess.StartError(reason: String(cString: strerror(errno)))
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        var environment = ProcessEnvironment.all
        environment[WorkerLink.variable] = "\(getpid())"
        environment[MetricsFolder.variable] = metrics?.path
        do throws(ChildProcess.StartError) {
            pid = try ChildProcess.start(
                program, CommandLine.arguments, environment: environment,
                descriptors: [(socket, WorkerLink.socketDescriptor), (ends[1], WorkerLink.linkDescriptor)]
            )
        } catch {
            close(ends[0])
            throw error
        }
        link = ends[0]
        let isWatched = DetachedThread.start { [pid, link] in
            LinePipe.read(link) { onEvent(pid, .said($0)) }
            let status = ChildProcess.wait(for: pid)
            close(link)
            onEvent(pid, .ended(ChildProcess.describe(status)))
        }
        if !isWatched {
            kill()
            throw ChildProcess.StartError(reason: "no thread to watch it")
        }
    }

    func retire() { LinePipe.write(WorkerMessage.retire, to: link) }

    func terminate() { send(SIGTERM, to: pid) }

    func kill() { send(SIGKILL, to: pid) }
}

/// `kill`, which the method of the same name hides.
private func send(_ signal: Int32, to pid: Int32) {
    kill(pid, signal)
}
