import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What a connection is at, and what the next event means: a pure state machine.
///
/// One request at a time, and then the next one. Most are taken whole, and answered then; one that is relayed is handed
/// on part by part, and may be answered before it is complete.
struct ConnectionState {
    /// A request, complete.
    struct Received {
        var head: HTTPRequest
        var body: [UInt8]
    }

    /// An answer that is given below the application.
    struct Refusal: Equatable {
        var status: HTTPResponse.Status
        var text: String
    }

    /// What is to be done about a part of a request.
    enum Action {
        case nothing
        /// Tell the client to send its body.
        case invite
        case answer(Received)
        /// Hand this part of the request on.
        case relay(HTTPRequestPart)
        /// Refuse the request that is being received; the connection ends with that.
        case refuse(Refusal)
        case close
    }

    private enum Phase {
        /// Between two requests.
        case idle
        case receiving(Received, announced: Int)
        /// The agent's turn.
        case answering
        /// Handed on part by part.
        case relaying(Relaying)
        /// Refused while the client was still sending. What it sends is read and dropped for a while: a connection
        /// closed with bytes unread is reset, and the refusal is lost with it.
        case dropping(left: Int)
        case ended
    }

    /// How far a relayed request and its answer are.
    private struct Relaying {
        var isComplete = false
        var isAnswered = false
    }

    /// How much of a request is read and dropped behind its answer.
    private static let dropLimit = 64 * 1024 * 1024

    private let bodyLimit: Int
    private var phase = Phase.idle
    /// Whether the connection ends with the answer that is under way.
    private(set) var isLast = false
    /// Whether the server takes no more of the connection.
    private(set) var isDraining = false
    /// Whether nothing may be read any more: the parser stops for good after a request to change the protocol, granted
    /// or not, and would keep what comes.
    private(set) var isDeaf = false

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    /// Whether a complete request is being answered, so that parts of the next one must wait.
    var isAnswering: Bool {
        switch phase {
        case .answering: true
        case .relaying(let relaying): relaying.isComplete
        case .idle, .receiving, .dropping, .ended: false
        }
    }

    /// Whether a request is being handed on, and more of it is to come.
    var isRelayingBody: Bool {
        if case .relaying(let relaying) = phase { !relaying.isComplete } else { false }
    }

    /// Whether neither a request nor an answer is under way.
    var isIdle: Bool {
        if case .idle = phase { true } else { false }
    }

    // MARK: What the client sends

    /// A part of a request has come.
    ///
    /// - Parameters:
    ///   - part: The part.
    ///   - isLegacy: Whether the client speaks HTTP/1.0.
    ///   - isRelayed: Asked of a head: whether the request is handed on part by part.
    mutating func receive(
        _ part: HTTPRequestPart, isLegacy: Bool, isRelayed: (HTTPRequest) -> Bool = { _ in false }
    ) -> Action {
        switch part {
        case .head(let head): receive(head, isLegacy: isLegacy, isRelayed: isRelayed)
        case .body(let buffer): receive(buffer)
        case .end(let trailers): receiveEnd(trailers)
        }
    }

    private mutating func receive(
        _ head: HTTPRequest, isLegacy: Bool, isRelayed: (HTTPRequest) -> Bool
    ) -> Action {
        guard case .idle = phase else { return .nothing }
        let fields = head.headerFields
        isDeaf = fields.contains(.upgrade) || head.method == .connect
        isLast = isLast || isLegacy || isDeaf || fields.has("close", in: .connection)
        if isRelayed(head) {
            phase = .relaying(Relaying())
            return .relay(.head(head))
        }
        let announced = fields.first(of: .contentLength).flatMap { Int($0) } ?? 0
        guard announced <= bodyLimit else { return refuseBody() }
        phase = .receiving(Received(head: head, body: []), announced: announced)
        return !isLegacy && fields.expectsInvitation ? .invite : .nothing
    }

    private mutating func receive(_ buffer: ByteBuffer) -> Action {
        switch phase {
        case .receiving(var received, let announced):
            guard received.body.count + buffer.readableBytes <= bodyLimit else { return refuseBody() }
            // Taken out of the state, or else appending would copy what has come so far.
            phase = .ended
            if received.body.isEmpty {
                // Not all at once: a length is easily said.
                received.body.reserveCapacity(min(max(announced, buffer.readableBytes), 1 << 20))
            }
            received.body.append(contentsOf: buffer.readableBytesView)
            phase = .receiving(received, announced: announced)
            return .nothing
        case .dropping(let left):
            phase = .dropping(left: left - buffer.readableBytes)
            return left < buffer.readableBytes ? .close : .nothing
        case .relaying:
            return .relay(.body(buffer))
        case .idle, .answering, .ended:
            return .nothing
        }
    }

    private mutating func receiveEnd(_ trailers: HTTPFields?) -> Action {
        switch phase {
        case .receiving(let received, _):
            phase = .answering
            return .answer(received)
        case .relaying(var relaying):
            relaying.isComplete = true
            phase = .relaying(relaying)
            return .relay(.end(trailers))
        case .dropping:
            phase = .ended
            return .close
        case .idle, .answering, .ended:
            return .nothing
        }
    }

    private mutating func refuseBody() -> Action {
        phase = .dropping(left: Self.dropLimit)
        isLast = true
        return .refuse(Refusal(status: .contentTooLarge, text: "The request body is larger than \(bodyLimit) bytes"))
    }

    // MARK: Other events

    /// What the client sent is no HTTP, or its request does not arrive.
    mutating func fail(_ refusal: Refusal) -> Action {
        switch phase {
        case .idle, .receiving:
            phase = .ended
            isLast = true
            return .refuse(refusal)
        case .answering:
            // There is no place for a second answer: the connection ends with the one under way.
            isLast = true
            return .nothing
        case .relaying(let relaying):
            if relaying.isComplete {
                isLast = true
                return .nothing
            }
            phase = .ended
            isLast = true
            return relaying.isAnswered ? .close : .refuse(refusal)
        case .dropping, .ended:
            phase = .ended
            return .close
        }
    }

    /// The server takes no more of the connection.
    mutating func drain(_ drain: ConnectionDrain) -> Action {
        isLast = true
        isDraining = true
        guard case .idle = phase, case .stopping = drain else { return .nothing }
        phase = .ended
        return .close
    }

    /// The answer to a relayed request begins.
    ///
    /// - Parameter isWhole: Whether it is all there. If the request is not, the connection ends with it.
    mutating func answerBegan(isWhole: Bool = false) {
        guard case .relaying(var relaying) = phase else { return }
        if isWhole, !relaying.isComplete { isLast = true }
        relaying.isAnswered = true
        phase = .relaying(relaying)
    }

    /// The last byte of the answer has gone out. Whether the connection ends.
    mutating func answered() -> Bool {
        switch phase {
        case .relaying(let relaying) where !relaying.isComplete:
            // Answered early. The client learns of it when it has sent its request, or a good part of it.
            isLast = true
            phase = .dropping(left: Self.dropLimit)
            return false
        case .answering, .relaying:
            phase = isLast ? .ended : .idle
            return isLast
        case .idle, .receiving, .dropping, .ended:
            return false
        }
    }
}

extension HTTPFields {
    /// Whether the client waits for a word before it sends its body.
    var expectsInvitation: Bool { first(of: .expect)?.lowercased() == "100-continue" }

    /// Whether a header that lists tokens has this one.
    func has(_ token: String, in name: HTTPField.Name) -> Bool {
        for field in self where field.name == name {
            for part in field.value.lowercased().split(separator: ",") where part.filter({ $0 != " " }) == token {
                return true
            }
        }
        return false
    }
}
