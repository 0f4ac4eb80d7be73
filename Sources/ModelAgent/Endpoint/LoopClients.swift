import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import WebClient

/// A client for each event loop, so that a call's pieces change no thread on their way from the model to the client whose
/// connection is on that loop.
final class LoopClients: Sendable {
    private let clients = Mutex<[ObjectIdentifier: WebClient]>([:])
    private let configuration: WebClient.Configuration
    private let tls: NIOSSLContext?

    /// - Parameter isSecure: Whether the endpoint is asked over HTTPS. Reading the system's certificates takes a while, and is
    ///   done here once.
    init(_ configuration: WebClient.Configuration, isSecure: Bool) throws(ModelSetupError) {
        self.configuration = configuration
        do {
            tls = isSecure ? try configuration.tlsContext() : nil
        } catch {
            throw ModelSetupError("The certificates by which the model's endpoint is known cannot be read: \(error)")
        }
    }

    /// The client of the current thread's event loop; outside of one, that of any.
    func current() -> WebClient {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
        return clients.withLock { clients in
            if let client = clients[ObjectIdentifier(loop)] { return client }
            let client = WebClient(configuration, tls: tls, on: loop)
            clients[ObjectIdentifier(loop)] = client
            return client
        }
    }
}
