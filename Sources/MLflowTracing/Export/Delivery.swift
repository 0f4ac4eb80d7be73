import NIOCore
import NIOHTTP1
import Synchronization
package import WebClient

/// Sends requests until they are answered, refused, or too old.
package struct Delivery: Sendable {
    /// How often and how long it is tried.
    package struct Patience: Sendable {
        /// How long one request may take.
        package var requestTime: Duration = .seconds(120)
        /// How long a request is repeated.
        package var totalTime: Duration = .seconds(500)
        /// The first pause; each further one is twice as long.
        package var firstPause: Duration = .milliseconds(500)
        /// The longest pause.
        package var longestPause: Duration = .seconds(30)
        /// How long, where requests are sent all at once, one answer may take after the one before it. A server that takes
        /// only one request at a time gives none.
        package var answerPause: Duration = .seconds(10)
        /// How long requests are sent alone after not all were answered.
        package var lonePause: Duration = .seconds(300)

        package init() {}
    }

    /// What became of a request.
    package enum Outcome: Sendable {
        case delivered(WebAnswer)
        /// Sending it again would change nothing.
        case refused(status: Int, text: String)
        /// Nobody answered as long as it was tried.
        case gaveUp(reason: String)
    }

    let client: WebClient
    let patience: Patience
    /// Open where requests may be sent without waiting for the answers of those before.
    private let pipelining = Gate()

    package init(client: WebClient, patience: Patience) {
        self.client = client
        self.patience = patience
    }

    /// The statuses that MLflow's client repeats a request for.
    private static let repeatedStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// Sends a request.
    ///
    /// - Parameter onTrouble: Learns why a request will be repeated.
    func send(_ request: WebRequest, onTrouble: (String) -> Void) async -> Outcome {
        let deadline = ContinuousClock.now + patience.totalTime
        var pause = patience.firstPause
        while true {
            var reason: String
            do {
                let answer = try await client.send(request, timeout: patience.requestTime)
                if let outcome = Self.outcome(of: answer) { return outcome }
                reason = "status \(answer.status)"
                if let seconds = answer.headers.first(name: "retry-after").flatMap(Int.init), seconds > 0 {
                    pause = max(pause, .seconds(seconds))
                }
            } catch {
                reason = error.reason
                if error.kind == .refused { return .refused(status: 0, text: reason) }
            }
            pause = min(pause, patience.longestPause)
            guard !Task.isCancelled, ContinuousClock.now + pause < deadline else { return .gaveUp(reason: reason) }
            onTrouble(reason)
            // Not all at the same time after a server's restart.
            try? await Task.sleep(for: pause * Double.random(in: 0.75...1.25))
            pause *= 2
        }
    }

    /// Sends requests to one server, all at once where there are many: what it does not answer then is sent once more, alone.
    func send(_ requests: [WebRequest], onTrouble: (String) -> Void) async -> [Outcome] {
        var outcomes: [Outcome] = []
        if requests.count > 1, pipelining.isOpen {
            let (answers, failure) = await client.send(
                requests, timeout: patience.requestTime, pause: min(patience.requestTime, patience.answerPause)
            )
            if failure != nil { pipelining.close(for: patience.lonePause) }
            for answer in answers {
                // What is to be repeated is repeated alone.
                guard let outcome = Self.outcome(of: answer) else { break }
                outcomes.append(outcome)
            }
        }
        for request in requests.dropFirst(outcomes.count) {
            outcomes.append(await send(request, onTrouble: onTrouble))
        }
        return outcomes
    }

    /// What an answer means; `nil` where the request is to be repeated.
    private static func outcome(of answer: WebAnswer) -> Outcome? {
        if (200..<300).contains(answer.status) { return .delivered(answer) }
        if repeatedStatuses.contains(answer.status) { return nil }
        return .refused(status: answer.status, text: text(of: answer))
    }

    /// The beginning of an answer's body, for the log.
    private static func text(of answer: WebAnswer) -> String {
        let text = String(decoding: answer.body.readableBytesView.prefix(300), as: UTF8.self)
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}

/// What may be done, unless it has just failed.
private final class Gate: Sendable {
    private let opening = Mutex<ContinuousClock.Instant?>(nil)

    var isOpen: Bool { opening.withLock { $0.map { $0 <= .now } ?? true } }

    func close(for time: Duration) { opening.withLock { $0 = .now + time } }
}

/// Lets one line a minute pass for each kind of trouble.
final class QuietLog: Sendable {
    private struct Kind {
        var next: ContinuousClock.Instant
        var held = 0
    }

    private let kinds = Mutex<[String: Kind]>([:])

    /// - Parameter write: Writes the line; it learns how many were held back before.
    func write(_ kind: String, _ write: (Int) -> Void) {
        let now = ContinuousClock.now
        let held: Int? = kinds.withLock { kinds in
            guard var entry = kinds[kind] else {
                kinds[kind] = Kind(next: now + .seconds(60))
                return 0
            }
            guard now >= entry.next else {
                entry.held += 1
                kinds[kind] = entry
                return nil
            }
            kinds[kind] = Kind(next: now + .seconds(60))
            return entry.held
        }
        if let held { write(held) }
    }
}
