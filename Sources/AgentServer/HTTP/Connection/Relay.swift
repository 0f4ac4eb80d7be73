import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers one request somewhere else: gets it part by part as it arrives, and sends the answer as it comes.
///
/// Everything happens on the event loop of the connection.
protocol Relay: AnyObject {
    /// Whether more of the request's body may be read.
    var wantsBody: Bool { get }

    /// A part of the request, after its head, has come.
    func receive(_ part: HTTPRequestPart)

    /// No more parts come for now: what was received may go out.
    func receivedBatch()

    /// The client takes more of the answer.
    func clientHasRoom()

    /// The client has gone, or the connection ends for another reason.
    func cancel()
}

/// The client of a relayed request, as the relay sees it.
protocol RelayClient: AnyObject {
    /// Whether more of the answer may be sent; ``Relay/clientHasRoom()`` tells when it changes.
    var hasRoom: Bool { get }

    /// The relay takes more of the request's body again.
    func relayWantsBody()

    /// Sends an answer whole.
    ///
    /// - Parameters:
    ///   - head: The head that the other side has sent. Headers of its connection are taken out here.
    ///   - body: The body.
    func relay(_ head: HTTPResponseHead, whole body: ByteBuffer)

    /// Begins an answer.
    ///
    /// - Parameter head: The head that the other side has sent; as above. Without a content length the body is as long as it gets.
    func relay(_ head: HTTPResponseHead)

    /// A piece of the answer's body; goes out with ``flushRelay()`` at the latest.
    func relay(_ piece: ByteBuffer)

    func flushRelay()

    /// Ends the answer.
    func endRelay(_ trailers: HTTPFields?)

    /// Answers with an error, in place of an answer that has not begun.
    func failRelay(_ reply: Reply)

    /// Breaks an answer off that has begun, so that the client sees it is not whole.
    func breakRelayOff()

    /// Changes the protocol of the connection: sends the head of the answer, and gives all bytes that follow to a tunnel.
    func switchProtocol(_ head: HTTPResponseHead, to tunnel: Tunnel)
}
