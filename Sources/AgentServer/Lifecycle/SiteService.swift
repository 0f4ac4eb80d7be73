import Logging
import NIOCore
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The life of a server: listens, sweeps, drains.
struct SiteService: Service {
    let site: ServerSite
    let configuration: AgentServer.Configuration
    let logger: Logger
    let onReady: @Sendable (String) async -> Void

    /// How long connections may take to close when the drain is over.
    private static let closingTime: Duration = .seconds(2)

    func run() async throws {
        let registry = site.invoker.registry
        let listener = try await listen()
        await onReady(listener.address.map(Self.text) ?? "?")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            do {
                try await gracefulShutdown()
                await stop(listener, registry)
            } catch {
                // Cancelled: at once, then.
                registry.stopAll()
                await listener.close()
            }
            group.cancelAll()
        }
    }

    private func listen() async throws -> Listener {
        let connection = AgentConnection(
            site: site, limits: configuration.limits, tls: try configuration.tls.context()
        )
        do {
            return try await Listener.open(
                .address(host: configuration.host, port: configuration.port), setUp: connection
            )
        } catch let error as IOError {
            throw ServerError(message: startMessage(error))
        } catch is SocketAddressError {
            throw ServerError(message: "\(configuration.host) is no address of this machine")
        }
    }

    /// Lets what runs come to its end, for as long as that may take.
    private func stop(_ listener: Listener, _ registry: InvocationRegistry) async {
        logger.info("Stopping", metadata: ["running": "\(registry.count)"])
        let deadline = ContinuousClock.now + configuration.drainTime
        registry.drain(until: deadline)
        await listener.drain(.stopping)
        await listener.waitForEnd(until: deadline + Self.closingTime)
    }

    private func startMessage(_ error: IOError) -> String {
        let place = "\(configuration.host):\(configuration.port)"
        return switch error.errnoCode {
        case EADDRINUSE: "Port \(configuration.port) is in use on \(configuration.host)"
        case EACCES: "Not allowed to listen on \(place)"
        case EADDRNOTAVAIL: "\(configuration.host) is no address of this machine"
        default: "Cannot listen on \(place): \(error)"
        }
    }

    private static func text(_ address: SocketAddress) -> String {
        let port = address.port ?? 0
        guard let ip = address.ipAddress else { return "?" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
