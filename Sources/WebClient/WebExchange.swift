import NIOCore
import NIOHTTP1

/// Requests that one connection carries one behind the other, and their answers; one request as a rule. On the event loop of its
/// client.
final class WebExchange {
    let address: WebAddress
    let message: WebMessage
    /// Whether all of it may be sent again where nobody knows whether it arrived.
    let isRepeatable: Bool
    private let methods: [HTTPMethod]
    private let limit: Int
    private let result: EventLoopPromise<[WebAnswer]>
    private weak var connection: WebConnection?
    private(set) var isOver = false
    private var answers: [WebAnswer] = []
    private var answer: WebAnswer?
    /// Whether it has been sent again on a new connection.
    var isRestarted = false

    /// - Parameter requests: One at least; all of them to the same server.
    init(_ requests: [WebRequest], message: WebMessage, limit: Int, result: EventLoopPromise<[WebAnswer]>) {
        address = requests[0].address
        isRepeatable = requests.allSatisfy(\.isRepeatable)
        methods = requests.map(\.method)
        self.message = message
        self.limit = limit
        self.result = result
    }

    /// Whether anything of an answer has come.
    var hasAnswer: Bool { answer != nil || !answers.isEmpty }

    /// How many answers are there.
    var answerCount: Int { answers.count }

    /// Whether the answer that comes next has no body, whatever its head says.
    var expectsHead: Bool { answers.count < methods.count && methods[answers.count] == .HEAD }

    func begin(on connection: WebConnection) { self.connection = connection }

    /// Takes a part of the answer.
    func receive(_ part: HTTPClientResponsePart) {
        guard !isOver else { return }
        switch part {
        case .head(let head):
            answer = WebAnswer(status: Int(head.status.code), headers: head.headers, body: ByteBuffer())
        case .body(let piece):
            guard let size = answer?.body.readableBytes, size + piece.readableBytes <= limit else {
                return fail(WebFailure(.malformed, "the answer is larger than \(limit) bytes"))
            }
            if size == 0 { answer?.body = piece } else { answer?.body.writeImmutableBuffer(piece) }
        case .end:
            guard let answer else { return }
            answers.append(answer)
            self.answer = nil
            guard answers.count == methods.count else { return }
            isOver = true
            result.succeed(answers)
        }
    }

    func fail(_ failure: WebFailure) {
        // The promise's end abandons the rest.
        result.fail(WebBreak(failure: failure, answers: answers))
    }

    /// Nobody waits for the answers any more.
    func abandon() {
        guard !isOver else { return }
        isOver = true
        connection?.close()
    }
}

/// Not all requests of an exchange were answered.
struct WebBreak: Error {
    var failure: WebFailure
    var answers: [WebAnswer] = []
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
