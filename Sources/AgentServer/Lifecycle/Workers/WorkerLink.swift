#if canImport(Glibc)
import SystemThreads
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What a worker and its supervisor say to each other: a line each time, over a socket that only the two of them hold.
enum WorkerMessage {
    /// From the worker: it takes connections. The agent's name follows.
    static let ready = "ready "
    /// From the worker: it has taken its first connection.
    static let served = "served"
    /// To the worker: others take over.
    static let retire = "retire"
}

/// A worker's end of the link to its supervisor.
///
/// A supervisor that has gone closes its end, and the worker ends, too.
struct WorkerLink: Sendable {
    /// The socket to listen on.
    let socket: Int32
    /// Where workers keep what they have counted; `nil` where nothing is measured.
    let metricsFolder: MetricsFolder?
    private let link: Int32

    /// Where a worker finds the descriptors that it inherits.
    static let socketDescriptor: Int32 = 3
    static let linkDescriptor: Int32 = 4
    /// The variable that tells a process that it is a worker: its supervisor's process id.
    static let variable = "AGENT_SERVER_SUPERVISOR"

    /// The link of this process, if it is a worker. To be asked once, at the start.
    static func inherited(_ environment: [String: String]) -> WorkerLink? {
        guard let supervisor = environment[variable] else { return nil }
        guard supervisor == "\(getppid())" else {
            // Another process of the same name would be a supervisor again, which nobody has asked for.
            if isLinkClosed { endProcess(saying: "The supervisor has gone") }
            return nil
        }
        // Processes that the agent starts are no workers.
        unsetenv(variable)
        unsetenv(MetricsFolder.variable)
        for descriptor in [socketDescriptor, linkDescriptor] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        // Meant for the supervisor, even when a whole process group gets it.
        signal(SIGHUP, SIG_IGN)
        return WorkerLink(
            socket: socketDescriptor, metricsFolder: environment[MetricsFolder.variable].map { MetricsFolder($0) },
            link: linkDescriptor
        )
    }

    /// Whether the supervisor has gone.
    var isAlone: Bool { Self.isLinkClosed }

    /// Whether there is a link to a supervisor, and that has gone.
    private static var isLinkClosed: Bool {
        var byte: UInt8 = 0
        return recv(linkDescriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    /// Says something to the supervisor. One that has gone does not hear it.
    func say(_ message: String) {
        LinePipe.write(message, to: link)
    }

    /// What the supervisor says, line by line, until it has gone.
    var messages: AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(16))
        DetachedThread.start { [link] in
            LinePipe.read(link) { continuation.yield($0) }
            continuation.finish()
        }
        return lines
    }
}

/// Lines over a socket, by calls that block.
enum LinePipe {
    /// Calls back for each line, until the other side has closed.
    static func read(_ descriptor: Int32, _ onLine: (String) -> Void) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes += buffer.prefix(count)
            while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                onLine(String(decoding: bytes[..<end], as: UTF8.self))
                bytes.removeSubrange(...end)
            }
        }
    }

    static func write(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        // Short, and seldom: the socket's buffer has room.
        _ = send(descriptor, bytes, bytes.count, flags)
    }
}
