/// What answers at the end of a path that speaks WebSocket.
package struct WebSocketEndpoint: Sendable {
    /// The subprotocol that is agreed on with clients that offer it; `nil` agrees on none.
    var subprotocol: String?
    var handler: WebSocketHandler
}

/// A handshake that was accepted, and has not been answered.
package struct WebSocketOffer: Sendable {
    var exchange: Exchange
    /// The client's key.
    var key: String
    var handler: WebSocketHandler
}
