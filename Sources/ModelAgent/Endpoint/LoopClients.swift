import NIOCore
import NIOPosix
import Synchronization
import WebClient

/// A client for each event loop, so that a call's pieces change no thread on their way from the model to the client whose
/// connection is on that loop.
final class LoopClients: Sendable {
    private let clients = Mutex<[ObjectIdentifier: WebClient]>([:])
    private let configuration: WebClient.Configuration

    init(_ configuration: WebClient.Configuration) {
        self.configuration = configuration
    }

    /// The client of the current thread's event loop; outside of one, that of any.
    func current() throws(ModelFailure) -> WebClient {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
        do {
            return try clients.withLock { clients in
                if let client = clients[ObjectIdentifier(loop)] { return client }
                let client = try WebClient(configuration, on: loop)
                clients[ObjectIdentifier(loop)] = client
                return client
            }
        } catch {
            throw ModelFailure(.unreachable, "no TLS: \(error)")
        }
    }
}
