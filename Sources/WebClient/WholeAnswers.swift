import NIOCore
import NIOHTTP1

/// Gathers answers until all of them are whole.
final class WholeAnswers: WebReceiver {
    private let limit: Int
    private let result: EventLoopPromise<[WebAnswer]>
    private var answers: [WebAnswer] = []
    private var answer: WebAnswer?

    /// - Parameter limit: Bytes that the body of each may have.
    init(limit: Int, result: EventLoopPromise<[WebAnswer]>) {
        self.limit = limit
        self.result = result
    }

    func receive(_ part: HTTPClientResponsePart) throws(WebFailure) {
        switch part {
        case .head(let head):
            answer = WebAnswer(status: Int(head.status.code), headers: head.headers, body: ByteBuffer())
        case .body(let piece):
            guard let size = answer?.body.readableBytes, size + piece.readableBytes <= limit else {
                throw WebFailure(.malformed, "the answer is larger than \(limit) bytes")
            }
            if size == 0 { answer?.body = piece } else { answer?.body.writeImmutableBuffer(piece) }
        case .end:
            if let answer { answers.append(answer) }
            answer = nil
        }
    }

    func finish() { result.succeed(answers) }

    func fail(_ failure: WebFailure) { result.fail(WebBreak(failure: failure, answers: answers)) }
}

/// Not all requests of an exchange were answered.
struct WebBreak: Error {
    var failure: WebFailure
    var answers: [WebAnswer]
}
