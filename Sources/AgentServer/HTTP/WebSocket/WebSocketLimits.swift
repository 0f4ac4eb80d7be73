/// Bounds of a WebSocket, beside those that it shares with requests: of a message, that of a body, and of the time in
/// which nothing is read, that of an answer.
package struct WebSocketLimits: Sendable {
    /// Messages that may wait until the handler receives them; then the client is not read any more.
    package var waitingMessages = 16
    /// Their bytes, likewise. The last of them may go beyond.
    package var waitingBytes = 1024 * 1024
    /// Bytes that are on their way to the client, above which a handler that sends must wait.
    package var sendingBytes = 64 * 1024
    /// After how much silence the client is asked for a sign of life.
    package var pingInterval: Duration = .seconds(30)
    /// How long a client may be silent before it is taken for gone.
    package var silenceTime: Duration = .seconds(60)
    /// How long a client may take to answer a goodbye.
    package var closeTime: Duration = .seconds(5)

    package init() {}
}
