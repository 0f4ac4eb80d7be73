import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where a server listens, in words.
struct ListeningPlace: Sendable {
    let host: String
    let port: Int

    init(_ configuration: AgentServer.Configuration) {
        host = configuration.host
        port = configuration.port
    }

    /// Does something that listens here.
    ///
    /// - Throws: ``ServerError`` that says in one line why that cannot be.
    func listening<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as IOError {
            throw ServerError(message: message(error))
        } catch is SocketAddressError {
            throw ServerError(message: "\(host) is no address of this machine")
        }
    }

    private func message(_ error: IOError) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "Port \(port) is in use on \(host)"
        case EACCES: "Not allowed to listen on \(host):\(port)"
        case EADDRNOTAVAIL: "\(host) is no address of this machine"
        default: "Cannot listen on \(host):\(port): \(error)"
        }
    }

    /// An address as `host:port`.
    static func text(_ address: SocketAddress?) -> String {
        guard let address, let ip = address.ipAddress else { return "?" }
        let port = address.port ?? 0
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
