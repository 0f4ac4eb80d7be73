import AgentMetrics
import HTTPTypes
import NIOCore

extension ServerMetrics {
    /// `GET /metrics`. It asks for a key like any other route, and tells nothing of what users say.
    var route: Router.Route {
        Router.Route(.get, "/metrics") { [self] _ in
            // Not on the connection's event loop: there may be files to read, and thousands of lines to write.
            let text = await withTaskExecutorPreference(globalConcurrentExecutor) {
                await (crew?.gather() ?? snapshot)?.text
            }
            guard let text else {
                return .detail("Metrics go where this program sends all of its metrics", status: 404)
            }
            return Reply(
                status: .ok, headers: [.contentType: MetricsSnapshot.mediaType],
                body: .whole(ByteBuffer(string: text))
            )
        }
    }
}
