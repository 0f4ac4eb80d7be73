import HTTPTypes
import NIOCore
import NIOHTTP1

/// What a forwarded request is at, and what the next event means: a pure state machine.
///
/// An answer is sent as it arrives. One of a known and small size is held until it is whole, or for a moment: it goes out
/// as one write then, and if the app breaks off, the client can still be told so with a status.
struct RelayState {
    /// What is to be done about an event.
    enum Action {
        case nothing
        /// Begin the answer, with what has come of its body.
        case begin(HTTPResponseHead, ByteBuffer?)
        case send(ByteBuffer)
        /// End the answer.
        case end(HTTPHeaders?)
        /// Send an answer whole.
        case whole(HTTPResponseHead, ByteBuffer)
        /// Change the protocol, as the app has agreed to.
        case switchProtocol(HTTPResponseHead)
        /// Ask again on a new connection.
        case again
        /// Answer with an error.
        case fail(ProxyFailure)
        /// Break the answer off.
        case breakOff
    }

    private enum Answer {
        case awaited
        case held(HTTPResponseHead, ByteBuffer)
        case streaming
        case switching(HTTPResponseHead)
        case over
    }

    /// Bytes of a body that is held.
    static let heldBytes = 64 * 1024

    private let isHead: Bool
    private let wantsSwitch: Bool
    private let isRepeatable: Bool
    private var answer = Answer.awaited
    private var isKeptAlive = false
    /// How long the app keeps the connection open when it is idle, less a second; `nil` where it does not say.
    private(set) var keptFor: TimeAmount?
    private var wasRepeated = false
    private var hasBody = false
    /// Whether the request has been sent whole.
    private(set) var isRequestSent = false

    /// - Parameters:
    ///   - method: The request's method.
    ///   - wantsSwitch: Whether the client asks for another protocol.
    init(method: HTTPMethod, wantsSwitch: Bool) {
        isHead = method == .HEAD
        self.wantsSwitch = wantsSwitch
        isRepeatable = [.GET, .HEAD, .OPTIONS, .PUT, .DELETE].contains(method)
    }

    /// Whether the answer is held, so that somebody must see to its end.
    var isHolding: Bool {
        if case .held = answer { true } else { false }
    }

    /// Whether the exchange is over on both sides, and the connection can carry another.
    var leavesConnectionOpen: Bool {
        if case .over = answer { isKeptAlive && isRequestSent } else { false }
    }

    // MARK: The request

    mutating func sentBody() { hasBody = true }

    mutating func sentEnd() { isRequestSent = true }

    // MARK: The answer

    mutating func receive(_ head: HTTPResponseHead) -> Action {
        guard case .awaited = answer else { return .nothing }
        if head.status == .switchingProtocols {
            guard wantsSwitch else { return fail(.garbage) }
            answer = .switching(head)
            return .nothing
        }
        let facts = AnswerFacts(head)
        isKeptAlive = facts.isKeptAlive
        keptFor = facts.keptFor
        let hasNoBody = isHead || head.status == .noContent || head.status == .notModified
        if let length = hasNoBody ? 0 : facts.length, length <= Self.heldBytes {
            answer = .held(head, ByteBuffer())
            return .nothing
        }
        answer = .streaming
        return .begin(head, nil)
    }

    mutating func receive(_ piece: ByteBuffer) -> Action {
        switch answer {
        case .held(let head, var body):
            // Taken out of the state, or else appending would copy.
            answer = .awaited
            if body.readableBytes == 0 { body = piece } else { body.writeImmutableBuffer(piece) }
            answer = .held(head, body)
            return .nothing
        case .streaming:
            return .send(piece)
        case .awaited, .switching, .over:
            return .nothing
        }
    }

    mutating func receiveEnd(_ trailers: HTTPHeaders?) -> Action {
        defer { answer = .over }
        return switch answer {
        case .held(let head, let body): .whole(head, body)
        case .streaming: .end(trailers)
        case .switching(let head): .switchProtocol(head)
        case .awaited, .over: .nothing
        }
    }

    /// A held answer has been held for long enough.
    mutating func letGo() -> Action {
        guard case .held(let head, let body) = answer else { return .nothing }
        answer = .streaming
        return .begin(head, body)
    }

    // MARK: Failures

    /// The connection to the app is of no use any more.
    ///
    /// - Parameters:
    ///   - failure: Why.
    ///   - isReused: Whether it had carried another exchange before. The app may have closed it when the request was
    ///     already on its way, and never have seen that.
    mutating func lose(_ failure: ProxyFailure, isReused: Bool) -> Action {
        switch answer {
        case .awaited:
            if isReused, failure.isClosing, isRepeatable, !hasBody, !wasRepeated {
                wasRepeated = true
                isRequestSent = false
                return .again
            }
            return fail(failure)
        case .held, .switching:
            return fail(failure)
        case .streaming:
            answer = .over
            isKeptAlive = false
            return .breakOff
        case .over:
            return .nothing
        }
    }

    private mutating func fail(_ failure: ProxyFailure) -> Action {
        answer = .over
        isKeptAlive = false
        return .fail(failure)
    }
}

/// Why the chat app did not answer.
enum ProxyFailure: Equatable {
    /// Nobody listens at its port.
    case down
    /// It closed the connection.
    case closed
    /// What it sent is no HTTP.
    case garbage
    /// It took too long.
    case slow(Duration)
    /// Too many requests are being forwarded.
    case busy
    /// A transfer coding other than chunked.
    case unknownCoding

    /// Whether the connection broke before anything came of it.
    var isClosing: Bool { self == .closed }

    /// What the client reads; the first two as MLflow says it.
    var reply: Reply {
        switch self {
        case .down:
            return .text("Service unavailable", status: 503)
        case .closed:
            return .text("Proxy error: the chat app closed the connection before its answer was whole", status: 502)
        case .garbage:
            return .text("Proxy error: the chat app's answer is no HTTP", status: 502)
        case .slow(let time):
            return .text("Proxy error: the chat app did not go on for \(time.components.seconds) seconds", status: 502)
        case .busy:
            var reply = Reply.text("The server is busy", status: 503)
            reply.headers[.retryAfter] = "1"
            return reply
        case .unknownCoding:
            return .text("Proxy error: unknown transfer coding", status: 501)
        }
    }
}
