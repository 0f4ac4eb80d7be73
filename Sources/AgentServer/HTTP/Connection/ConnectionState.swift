import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What a connection is at, and what the next event means: a pure state machine.
///
/// One request at a time: it is taken whole, then answered whole, then comes the next one.
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
        /// Refused while the client was still sending. What it sends is read and dropped for a while: a connection
        /// closed with bytes unread is reset, and the refusal is lost with it.
        case dropping(left: Int)
        case ended
    }

    private let bodyLimit: Int
    private var phase = Phase.idle
    /// Whether the connection ends with the answer that is under way.
    private(set) var isLast = false
    /// Whether nothing may be read any more: the parser stops for good after a request to change the protocol, granted
    /// or not, and would keep what comes.
    private(set) var isDeaf = false

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    /// Whether a request is being answered, so that parts of the next one must wait.
    var isAnswering: Bool {
        if case .answering = phase { true } else { false }
    }

    /// Whether neither a request nor an answer is under way.
    var isIdle: Bool {
        if case .idle = phase { true } else { false }
    }

    // MARK: What the client sends

    mutating func receive(_ part: HTTPRequestPart, isLegacy: Bool) -> Action {
        switch part {
        case .head(let head): receive(head, isLegacy: isLegacy)
        case .body(let buffer): receive(buffer)
        case .end: receiveEnd()
        }
    }

    private mutating func receive(_ head: HTTPRequest, isLegacy: Bool) -> Action {
        guard case .idle = phase else { return .nothing }
        let fields = head.headerFields
        isDeaf = fields.contains(.upgrade) || head.method == .connect
        isLast = isLast || isLegacy || isDeaf || fields.has("close", in: .connection)
        let announced = fields.first(of: .contentLength).flatMap { Int($0) } ?? 0
        guard announced <= bodyLimit else { return refuseBody() }
        phase = .receiving(Received(head: head, body: []), announced: announced)
        return !isLegacy && fields.first(of: .expect)?.lowercased() == "100-continue" ? .invite : .nothing
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
        case .idle, .answering, .ended:
            return .nothing
        }
    }

    private mutating func receiveEnd() -> Action {
        switch phase {
        case .receiving(let received, _):
            phase = .answering
            return .answer(received)
        case .dropping:
            phase = .ended
            return .close
        case .idle, .answering, .ended:
            return .nothing
        }
    }

    private mutating func refuseBody() -> Action {
        phase = .dropping(left: 64 * 1024 * 1024)
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
        case .dropping, .ended:
            phase = .ended
            return .close
        }
    }

    /// The server stops.
    mutating func quiesce() -> Action {
        isLast = true
        guard case .idle = phase else { return .nothing }
        phase = .ended
        return .close
    }

    /// The last byte of the answer has gone out. Whether the connection ends.
    mutating func answered() -> Bool {
        guard case .answering = phase else { return false }
        phase = isLast ? .ended : .idle
        return isLast
    }
}

extension HTTPFields {
    /// Whether a header that lists tokens has this one.
    fileprivate func has(_ token: String, in name: HTTPField.Name) -> Bool {
        for field in self where field.name == name {
            for part in field.value.lowercased().split(separator: ",") where part.filter({ $0 != " " }) == token {
                return true
            }
        }
        return false
    }
}
