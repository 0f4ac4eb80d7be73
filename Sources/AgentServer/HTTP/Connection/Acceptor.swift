import Synchronization
import SystemThreads

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Accepts connections on a thread of its own.
///
/// NIO's server channel is not made for a socket that processes share: when another one is faster, it trips over an
/// assertion of its own in debug builds. And it resets a connection that was accepted just before the channel is closed.
final class Acceptor: Sendable {
    private let socket: Int32
    /// A byte in the pipe ends the thread.
    private let stopReader: Int32
    private let stopWriter: Int32
    private let ended = OneShot<Void>()
    private let isStopping = Atomic(false)

    /// How long to wait when the process has no more files to open.
    private static let patience: Int32 = 100

    /// Begins to accept.
    ///
    /// - Parameters:
    ///   - socket: A socket that listens and does not block. It stays open.
    ///   - onConnection: Takes the descriptor of a connection, which is its to close.
    /// - Throws: `ServerError` when the system has no thread or pipe.
    init(_ socket: Int32, onConnection: @escaping @Sendable (Int32) -> Void) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ServerError(message: "Cannot listen: no pipe can be had") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (self.socket, stopReader, stopWriter) = (socket, ends[0], ends[1])
        guard DetachedThread.start({ [self] in run(onConnection) }) else {
            for end in ends { close(end) }
            throw ServerError(message: "Cannot listen: no thread can be had")
        }
    }

    /// Accepts no more. Returns when the last connection has been handed over. To be called once.
    func stop() async {
        guard !isStopping.exchange(true, ordering: .relaxed) else { return }
        _ = write(stopWriter, [0], 1)
        await ended.value
        close(stopWriter)
        close(stopReader)
    }

    private func run(_ onConnection: (Int32) -> Void) {
        var files = [
            pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&files, 2, -1) > 0 else { continue }
            if files[0].revents != 0 { break }
            // One at a time: the next one may be for another process.
            let connection = accept(socket, nil, nil)
            if connection >= 0 {
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                onConnection(connection)
            } else if errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM {
                // Connections wait until others have closed.
                _ = poll(&files, 1, Self.patience)
            }
        }
        ended.set(())
    }
}
