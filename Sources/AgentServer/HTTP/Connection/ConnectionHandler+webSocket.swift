import HTTPTypes
import NIOCore
import NIOHTTPTypes

extension ConnectionHandler {
    /// Agrees to a handshake, and gives the connection to a WebSocket.
    func switchToWebSocket(_ reply: Reply, _ offer: WebSocketOffer) {
        guard let context else { return }
        // Has its result at once.
        WebSocketHandshake.agreement(to: offer.key, on: context.channel).assumeIsolated().whenComplete {
            [self] result in
            guard let context = self.context, case .http1(let handlers) = transport else { return }
            do {
                var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
                for (name, value) in try result.get() {
                    if let name = HTTPField.Name(name) { head.headerFields.append(HTTPField(name: name, value: value)) }
                }
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
                let connection = WebSocketConnection(
                    offer, limits: limits, executor: executor, loop: context.eventLoop, isDraining: state.isDraining
                )
                try handlers.give(context.channel, to: connection, from: self)
            } catch {
                context.close(promise: nil)
            }
        }
    }
}
