import NIOCore
import NIOHTTP1

/// Takes the answers to an exchange, on the event loop of its client.
protocol WebReceiver: AnyObject {
    /// A part of an answer has come.
    ///
    /// - Throws: Why no more is wanted; ``fail(_:)`` follows.
    func receive(_ part: HTTPClientResponsePart) throws(WebFailure)

    /// All answers have come whole.
    func finish()

    /// There will be no more.
    func fail(_ failure: WebFailure)
}

/// Requests that one connection carries one behind the other, and their answers; one request as a rule. On the event loop of its
/// client.
final class WebExchange {
    let address: WebAddress
    let message: WebMessage
    /// Whether all of it may be sent again where nobody knows whether it arrived.
    let isRepeatable: Bool
    private let methods: [HTTPMethod]
    /// Until the end: what it holds may hold this.
    private var receiver: (any WebReceiver)?
    private let clock: WebClock
    private weak var connection: WebConnection?
    private(set) var isOver = false
    /// Whether anything of an answer has come.
    private(set) var hasAnswer = false
    private var answered = 0
    /// Whether it has been sent again on a new connection.
    var isRestarted = false

    /// - Parameter requests: One at least; all of them to the same server.
    init(_ requests: [WebRequest], message: WebMessage, receiver: any WebReceiver, clock: WebClock) {
        address = requests[0].address
        isRepeatable = requests.allSatisfy(\.isRepeatable)
        methods = requests.map(\.method)
        self.message = message
        self.receiver = receiver
        self.clock = clock
        clock.start { [weak self] in self?.fail(WebFailure(.timeout, "no answer in time")) }
    }

    /// Whether the answer that comes next has no body, whatever its head says.
    var expectsHead: Bool { answered < methods.count && methods[answered] == .HEAD }

    func begin(on connection: WebConnection) { self.connection = connection }

    /// Takes a part of the answer.
    func receive(_ part: HTTPClientResponsePart) {
        guard !isOver else { return }
        hasAnswer = true
        clock.note(part)
        do throws(WebFailure) { try receiver?.receive(part) } catch { return fail(error) }
        guard case .end = part else { return }
        answered += 1
        guard answered == methods.count else { return }
        end { $0.finish() }
    }

    /// Ends it before its answers are whole.
    func fail(_ failure: WebFailure) {
        guard !isOver else { return }
        end { $0.fail(failure) }
        connection?.close()
    }

    private func end(_ tell: (any WebReceiver) -> Void) {
        isOver = true
        clock.stop()
        if let receiver { tell(receiver) }
        receiver = nil
    }

    /// Changes how long nothing may come.
    func setPause(_ pause: TimeAmount, until end: NIODeadline?) {
        if !isOver { clock.setPause(pause, until: end) }
    }

    /// Has no more of the answer read for now, or goes on. Time does not run in between.
    func setReading(_ isReading: Bool) {
        guard !isOver else { return }
        clock.isRunning = isReading
        connection?.setReading(isReading)
    }
}

/// The bytes of requests.
struct WebMessage: Sendable {
    /// What is written one after the other.
    private(set) var pieces: [ByteBuffer] = []

    /// Bytes up to which a body is copied behind its head: one piece to send costs less than two.
    private static let copied = 64 * 1024

    /// - Returns: `nil` where a header would break a message.
    init?(_ requests: [WebRequest]) {
        var buffer = ByteBuffer()
        let bodies = requests.reduce(0) { $0 + min($1.body?.readableBytes ?? 0, Self.copied) }
        buffer.reserveCapacity(512 * requests.count + bodies)
        for request in requests {
            guard request.writeHead(to: &buffer) else { return nil }
            guard let body = request.body else { continue }
            if body.readableBytes <= Self.copied {
                buffer.writeImmutableBuffer(body)
            } else {
                pieces += [buffer, body]
                buffer = ByteBuffer()
            }
        }
        if buffer.readableBytes > 0 { pieces.append(buffer) }
    }
}
