import NIOCore
import NIOHTTP1
import Synchronization
package import WebClient

/// Sends requests until they are answered, refused, or tried often enough.
package struct Delivery: Sendable {
    /// How often and how long it is tried.
    package struct Patience: Sendable {
        /// How long one request may take.
        package var requestTime: Duration = .seconds(120)
        /// How long a request is repeated.
        package var totalTime: Duration = .seconds(500)
        /// How often a request is sent before what it carries is put back, or taken apart.
        package var tries = 3
        /// The first pause; each further one is twice as long.
        package var firstPause: Duration = .milliseconds(500)
        /// The longest pause.
        package var longestPause: Duration = .seconds(30)
        /// How long it takes until a server that has refused to say where traces go is asked again.
        package var refusalPause: Duration = .seconds(60)
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
        /// It was not answered as often as it was tried. Later it may be.
        case gaveUp(Trouble)
    }

    let client: WebClient
    let patience: Patience
    /// Open where requests may be sent without waiting for the answers of those before.
    private let pipelining = Gate()
    private let hurry = Hurry()

    package init(client: WebClient, patience: Patience) {
        self.client = client
        self.patience = patience
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - tries: How often at most.
    ///   - onTrouble: Learns why a request will be repeated.
    func send(_ request: WebRequest, tries: Int = .max, onTrouble: (String) -> Void) async -> Outcome {
        let deadline = ContinuousClock.now + patience.totalTime
        var backoff = Backoff(patience)
        var left = tries
        while true {
            let trouble: Trouble
            do {
                let answer = try await client.send(request, timeout: patience.requestTime)
                guard let found = Trouble(answer) else { return Self.outcome(of: answer) }
                trouble = found
            } catch {
                if error.kind == .refused { return .refused(status: 0, text: error.reason) }
                trouble = Trouble(error)
            }
            // At the end there is no time to wait for what the server fails at.
            if trouble.kind == .failure, hurry.isOn { left = min(left, patience.tries) }
            left -= 1
            let pause = backoff.next(atLeast: trouble.pause)
            guard !Task.isCancelled, left > 0, ContinuousClock.now + pause < deadline else { return .gaveUp(trouble) }
            onTrouble(trouble.reason)
            await self.pause(pause)
        }
    }

    /// Sends requests to one server, all at once where there are many: what it does not answer then is sent once more, alone.
    ///
    /// Where nobody is there any more, or nothing is answered well, the rest are not tried.
    func send(_ requests: [WebRequest], tries: Int = .max, onTrouble: (String) -> Void) async -> [Outcome] {
        var outcomes: [Outcome] = []
        if requests.count > 1, pipelining.isOpen {
            let (answers, failure) = await client.send(
                requests, timeout: patience.requestTime, pause: min(patience.requestTime, patience.answerPause)
            )
            if failure != nil { pipelining.close(for: patience.lonePause) }
            for answer in answers {
                // What is to be repeated is repeated alone.
                guard Trouble(answer) == nil else { break }
                outcomes.append(Self.outcome(of: answer))
            }
        }
        var failures = 0
        for request in requests.dropFirst(outcomes.count) {
            let outcome = await send(request, tries: tries, onTrouble: onTrouble)
            outcomes.append(outcome)
            guard case .gaveUp(var trouble) = outcome else {
                failures = 0
                continue
            }
            failures += 1
            guard trouble.kind != .failure || failures == Self.manyFailures else { continue }
            trouble.kind = .absence
            outcomes += Array(repeating: .gaveUp(trouble), count: requests.count - outcomes.count)
            break
        }
        return outcomes
    }

    /// Requests failing in a row that mean that the server fails at all of them.
    static let manyFailures = 16

    /// Waits before the next try: for about so long, or less once it is urgent.
    func pause(_ time: Duration) async {
        // Not all at the same time after a server's restart.
        let time = time * Double.random(in: 0.75...1.25)
        if hurry.isOn {
            try? await Task.sleep(for: min(time, patience.firstPause))
        } else {
            await hurry.alarm.sleep(for: time) { hurry.isOn }
        }
    }

    /// Ends pauses, and keeps further ones short: the process is about to end.
    func makeHaste() {
        hurry.begin()
    }

    private static func outcome(of answer: WebAnswer) -> Outcome {
        (200..<300).contains(answer.status)
            ? .delivered(answer) : .refused(status: answer.status, text: text(of: answer))
    }

    /// The beginning of an answer's body, for the log.
    private static func text(of answer: WebAnswer) -> String {
        let text = String(decoding: answer.body.readableBytesView.prefix(300), as: UTF8.self)
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}

/// Pauses that grow.
struct Backoff {
    private var pause: Duration
    private let longest: Duration

    init(_ patience: Delivery.Patience) {
        // Never none at all: what fails at once would be tried without end.
        pause = max(patience.firstPause, .milliseconds(1))
        longest = patience.longestPause
    }

    /// The next pause.
    ///
    /// - Parameter least: What the server asks for.
    mutating func next(atLeast least: Duration) -> Duration {
        defer { pause = min(pause * 2, longest) }
        return min(max(pause, least), longest)
    }
}

/// What may be done, unless it has just failed.
private final class Gate: Sendable {
    private let opening = Mutex<ContinuousClock.Instant?>(nil)

    var isOpen: Bool { opening.withLock { $0.map { $0 <= .now } ?? true } }

    func close(for time: Duration) { opening.withLock { $0 = .now + time } }
}

/// Whether it is urgent.
private final class Hurry: Sendable {
    let alarm = Alarm()
    private let flag = Atomic(false)

    var isOn: Bool { flag.load(ordering: .sequentiallyConsistent) }

    func begin() {
        flag.store(true, ordering: .sequentiallyConsistent)
        alarm.ring()
    }
}
