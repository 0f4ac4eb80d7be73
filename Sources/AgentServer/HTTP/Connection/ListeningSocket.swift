import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A socket that listens.
///
/// Processes may share it. As long as one holds it open, nobody is refused: connections wait in its queue.
struct ListeningSocket: Sendable {
    let descriptor: Int32
    let address: SocketAddress

    /// A socket that this process has inherited.
    ///
    /// - Throws: `IOError` when it is none.
    init(inherited descriptor: Int32) throws {
        address = try Self.address(of: descriptor)
        self.descriptor = descriptor
    }

    /// Binds and listens.
    ///
    /// - Throws: `IOError` or `SocketAddressError` when the place cannot be had.
    init(host: String, port: Int) throws {
        let wanted = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let family = wanted.withSockAddr { address, _ in Int32(address.pointee.sa_family) }
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let socket = try Self.checked(socket(family, kind, 0), "socket")
        do {
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            // Another process may be faster to accept, and then there is nothing to wait for.
            _ = fcntl(socket, F_SETFL, O_NONBLOCK)
            var on: Int32 = 1
            try Self.checked(
                setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size)), "setsockopt"
            )
            try wanted.withSockAddr { address, size in
                _ = try Self.checked(bind(socket, address, socklen_t(size)), "bind")
            }
            try Self.checked(listen(socket, 1024), "listen")
            address = try Self.address(of: socket)
        } catch {
            closeDescriptor(socket)
            throw error
        }
        descriptor = socket
    }

    /// Closes this process's hold on the socket.
    func close() {
        closeDescriptor(descriptor)
    }

    private static func address(of socket: Int32) throws -> SocketAddress {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return try withUnsafeMutablePointer(to: &storage) { storage in
            try storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try checked(getsockname(socket, address, &size), "getsockname")
                switch Int32(address.pointee.sa_family) {
                case AF_INET6:
                    return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        SocketAddress($0.pointee, host: "")
                    }
                default:
                    return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        SocketAddress($0.pointee, host: "")
                    }
                }
            }
        }
    }

    @discardableResult
    private static func checked(_ result: Int32, _ call: String) throws -> Int32 {
        guard result >= 0 else { throw IOError(errnoCode: errno, reason: call) }
        return result
    }
}

/// `close`, which the method of the same name hides.
private func closeDescriptor(_ descriptor: Int32) {
    close(descriptor)
}
